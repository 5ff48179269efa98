// `pilotlight inspect`: what message files are, one JSON line each; needs no configuration.
#include <optional>

#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "engine/runtime.h"
#include "inbound/inspect.h"

namespace cli {

namespace {

// Larger than any provider takes; a file beyond it is no message.
constexpr std::size_t kFileBytesMax = 128 << 20;

// The test for our own warmup mail: by the key and the store of a configuration that was named.
// Without one every message is judged by its content alone.
inbound::WarmupTest warmup_test(const engine::Runtime* runtime) {
    if (runtime == nullptr) return {};
    return [runtime](const mime::Message& message) {
        const auto claim = runtime->mint().check(message.header(runtime->token_header()));
        return claim && claim->side == delivery::Side::warmup;
    };
}

base::Result<int> run(const Invocation& invocation) {
    const bool bare_text = invocation.flag("--text");
    std::unique_ptr<engine::Runtime> runtime;
    if (!invocation.config_path.empty()) {
        const auto settings = invocation.settings();
        if (!settings) return base::pass_on(settings);
        auto opened = engine::Runtime::open(*settings);
        if (!opened) return base::pass_on(opened);
        runtime = std::move(*opened);
    }
    const inbound::WarmupTest is_warmup = warmup_test(runtime.get());
    int status = 0;
    for (const std::string& name : invocation.positionals.at("FILE")) {
        const auto bytes =
            name == "-" ? read_standard_input(kFileBytesMax) : read_file(name, kFileBytesMax);
        if (!bytes) {
            print_error(bytes.error(), false);
            status = 1;
            continue;
        }
        const std::string line = bare_text ? inbound::inspect_text_json(name, *bytes)
                                           : inbound::inspect_json(name, *bytes, is_warmup);
        print(line + "\n");
    }
    return status;
}

}  // namespace

Command inspect_command() {
    return {
        .path = "inspect",
        .summary = "say what message files are, one JSON line each",
        .help =
            "Reads message files as a mailbox holds them and prints for each one line of JSON: "
            "what "
            "it is\n"
            "(reply, bounce, auto_reply, complaint, unsubscribe, warmup, other), sender, "
            "recipients, "
            "subject,\n"
            "ids, the content type of every part, readable text, what a person wrote in it, whom a "
            "bounce is\n"
            "about and why, what SPF, DKIM and DMARC said, and what is malformed. Needs no "
            "configuration and\n"
            "no network; with --config our own warmup mail is told apart by its token. A file that "
            "can't be\n"
            "read is named on standard error, the others go on, and the exit status is 1.\n"
            "\n"
            "Examples:\n"
            "  pilotlight inspect mail.eml | jq .subject\n"
            "  pilotlight inspect bounces/* | jq -c '.bounces[] | [.address, .reason, .hard]'\n"
            "  pilotlight inspect Maildir/cur/* > lines.json\n"
            "  pilotlight inspect - < mail.eml\n"
            "  pilotlight inspect --text body.txt\n",
        .positionals = {{.name = "FILE", .help = "message files; - is standard input", .many = true}
        },
        .options =
            {{.name = "--text",
              .value = "",
              .help = "the files are bare body text; gives file and reply_text only"}},
        .run = run,
    };
}

}  // namespace cli
