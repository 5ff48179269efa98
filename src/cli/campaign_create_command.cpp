// `pilotlight campaign create`: a campaign from its file, and its file's changes.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "campaign/verification.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "config/campaign_file.h"

namespace cli {

namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kNameBytesMax = 100;

struct Plan {
    std::string name;
    campaign::Settings settings;
    std::vector<campaign::NewText> texts;
};

struct Made {
    std::int64_t id = 0;
    bool created = false;
    campaign::TextChanges texts;
};

std::unexpected<base::Error> refuse(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign create", std::move(words));
}

base::Result<Plan> read_plan(const Invocation& invocation) {
    Plan plan;
    plan.name = std::string(base::trim(invocation.positional("NAME")));
    if (plan.name.empty()) return refuse("give the campaign a NAME");
    if (plan.name.size() > kNameBytesMax || base::printable(plan.name, 1000) != plan.name)
        return refuse(fmt::format("the NAME is one line of at most {} bytes", kNameBytesMax));
    const std::string file = invocation.text("--file");
    if (file.empty()) return refuse("say what it is with --file campaign.toml (see --example)");
    const auto text =
        file == "-" ? read_standard_input(kFileBytesMax) : read_file(file, kFileBytesMax);
    if (!text) return base::pass_on(text);
    auto read = config::read_campaign_file(*text, file);
    if (!read) return base::pass_on(read);
    auto settings = campaign::settings_from_json(read->settings_json);
    if (!settings) return base::pass_on(settings);
    plan.settings = std::move(*settings);
    for (config::CampaignText& one : read->texts)
        plan.texts.push_back(
            {one.step,
             std::move(one.variant),
             one.share,
             std::move(one.subject),
             std::move(one.body),
             std::move(one.html_body)}
        );
    return plan;
}

base::Result<Made> write(engine::Runtime& runtime, const Plan& plan) {
    const base::Timestamp now = runtime.clock().now();
    return runtime.job(
        store::Role::campaign,
        [plan, now](store::Connection& connection) -> base::Result<Made> {
            Made made;
            if (const auto known = campaign::find_campaign(connection, plan.name)) {
                const auto changes = campaign::update_campaign(
                    connection, known->id, plan.settings, plan.texts, now
                );
                if (!changes) return base::pass_on(changes);
                made.id = known->id;
                made.texts = *changes;
                return made;
            }
            const auto id =
                campaign::create_campaign(connection, plan.name, plan.settings, plan.texts, now);
            if (!id) return base::pass_on(id);
            made.id = *id;
            made.created = true;
            made.texts.added = static_cast<int>(plan.texts.size());
            return made;
        }
    );
}

// What it lacks before it may start; a draft may lack it.
std::vector<std::string> lacking(const Plan& plan) {
    std::vector<std::string> out;
    if (plan.settings.sender_name.empty()) out.emplace_back("[sender] name");
    if (plan.settings.sender_company.empty()) out.emplace_back("[sender] company");
    if (plan.settings.postal_address.empty()) out.emplace_back("[sender] postal_address");
    return out;
}

// A verifier that is new in the file: nobody is written to before its word.
void hold_unverified(engine::Runtime& runtime, std::int64_t id) {
    std::int64_t after = 0;
    do {
        after = runtime.job(store::Role::campaign, [id, after](store::Connection& connection) {
            return campaign::hold_unverified(connection, id, after);
        });
    } while (after != 0);
}

void print_json(const Plan& plan, const Made& made) {
    const std::vector<std::string> missing = lacking(plan);
    const boost::json::object document = {
        {"id", made.id},
        {"name", plan.name},
        {"created", made.created},
        {"steps", plan.settings.steps.size()},
        {"texts",
         {{"kept", made.texts.kept}, {"added", made.texts.added}, {"retired", made.texts.retired}}},
        {"lacking", boost::json::array(missing.begin(), missing.end())}
    };
    print(boost::json::serialize(document) + "\n");
}

void print_text(const Plan& plan, const Made& made) {
    std::string text = fmt::format(
        "{} campaign '{}' (number {}): {} mails, texts: {} new, {} as before, {} retired\n",
        made.created ? "made" : "changed",
        plan.name,
        made.id,
        plan.settings.steps.size(),
        made.texts.added,
        made.texts.kept,
        made.texts.retired
    );
    const std::vector<std::string> missing = lacking(plan);
    if (!missing.empty())
        text += "It cannot start before its file says: " + base::join(missing, ", ") + "\n";
    print(text + "\nNext: pilotlight campaign import-leads '" + plan.name + "' leads.csv\n");
}

base::Result<int> run(const Invocation& invocation) {
    if (invocation.flag("--example")) {
        const std::string example = config::campaign_file_example();
        print(
            invocation.json
                ? boost::json::serialize(boost::json::object{{"example", example}}) + "\n"
                : example
        );
        return 0;
    }
    const auto plan = read_plan(invocation);
    if (!plan) return base::pass_on(plan);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const auto made = write(**runtime, *plan);
    if (!made) return base::pass_on(made);
    if (!made->created && !plan->settings.verifier.empty()) hold_unverified(**runtime, made->id);
    if (invocation.json)
        print_json(*plan, *made);
    else
        print_text(*plan, *made);
    return 0;
}

}  // namespace

Command campaign_create_command() {
    return {
        .path = "campaign create",
        .summary = "make a campaign from its file, or take over the file's changes",
        .help =
            "The file says who writes, what the mails say, and when they leave; --example prints "
            "a\n"
            "complete one to start from. Everything is checked first, and every wrong key is "
            "named.\n"
            "\n"
            "A campaign starts as a draft: nothing is sent before `campaign start`. Run the same "
            "again\n"
            "after a change of the file, while the campaign is a draft or paused; texts that "
            "drafts "
            "were\n"
            "written from are kept as retired.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign create --example > shops.toml\n"
            "  pilotlight campaign create shops --file shops.toml\n",
        .positionals = {{.name = "NAME", .help = "what it is called", .required = false}},
        .options =
            {{.name = "--file", .value = "FILE", .help = "the campaign file; - is standard input"},
             {.name = "--example", .value = "", .help = "print a complete file, do nothing else"}},
        .run = run,
    };
}

}  // namespace cli
