// `pilotlight inspect`: what message files are, one JSON line each; needs no configuration.
#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "mime/inspect.h"
#include "mime/utf8.h"

namespace cli {

namespace {

// Larger than any provider takes; a file beyond it is no message.
constexpr std::size_t kFileBytesMax = 128 << 20;

std::string text_json(const std::string& name, const std::string& bytes) {
    const std::string text = base::replace_all(mime::repair_utf8(bytes), "\r\n", "\n");
    const boost::json::object line = {{"file", mime::one_line(name)}, {"reply_text", text}};
    return boost::json::serialize(line);
}

base::Result<int> run(const Invocation& invocation) {
    const bool bare_text = invocation.flag("--text");
    int status = 0;
    for (const std::string& name : invocation.positionals.at("FILE")) {
        const auto bytes =
            name == "-" ? read_standard_input(kFileBytesMax) : read_file(name, kFileBytesMax);
        if (!bytes) {
            print_error(bytes.error(), false);
            status = 1;
            continue;
        }
        print((bare_text ? text_json(name, *bytes) : mime::inspect_json(name, *bytes)) + "\n");
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
            "sender,\n"
            "recipients, subject, ids, the content type of every part, readable text, what SPF, "
            "DKIM and\n"
            "DMARC said, and what is malformed. Needs no configuration and no network. A file that "
            "can't\n"
            "be read is named on standard error, the others go on, and the exit status is 1.\n"
            "\n"
            "Examples:\n"
            "  pilotlight inspect mail.eml | jq .subject\n"
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
