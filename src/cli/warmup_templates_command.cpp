#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "engine/runtime.h"
#include "warmup/template_pool.h"
#include "warmup/warmup.h"

namespace cli {

namespace {

void show(const std::vector<warmup::Template>& templates, bool json) {
    if (json) {
        boost::json::array list;
        for (const warmup::Template& one : templates)
            list.push_back({
                {"id", one.id},
                {"created_at", base::to_iso(one.created_at)},
                {"generated_via", one.generated_via},
                {"use_count", one.use_count},
                {"subject", one.subject},
                {"body", one.body},
            });
        print(boost::json::serialize(boost::json::object{{"templates", list}}) + "\n");
        return;
    }
    std::vector<std::vector<std::string>> rows = {{"id", "made", "by", "used", "subject"}};
    for (const warmup::Template& one : templates)
        rows.push_back(
            {std::to_string(one.id),
             base::to_iso(one.created_at).substr(0, 16),
             one.generated_via,
             std::to_string(one.use_count),
             base::printable(one.subject, 70)}
        );
    print(
        rows.size() > 1 ? table(rows)
                        : "no templates yet; try `pilotlight warmup templates generate`\n"
    );
}

base::Result<int> list(const Invocation& invocation) {
    const auto count = invocation.integer("--count", 20, 1, 500);
    if (!count) return base::pass_on(count);
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    const int wanted = static_cast<int>(*count);
    show(
        (*runtime)->run((*runtime)->db().read(
            store::Role::warmup,
            [wanted](store::Connection& connection) {
                return warmup::latest_templates(connection, wanted);
            }
        )),
        invocation.json
    );
    return 0;
}

base::Result<int> generate(const Invocation& invocation) {
    const auto count = invocation.integer("--count", 5, 1, 100);
    if (!count) return base::pass_on(count);
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    auto runtime = engine::Runtime::open(std::move(*settings));
    if (!runtime) return base::pass_on(runtime);
    warmup::Warmup warmup((*runtime)->warmup_context());
    show(
        (*runtime)->run(warmup.generate_warmup_templates(static_cast<int>(*count))), invocation.json
    );
    return 0;
}

}  // namespace

Command warmup_templates_list_command() {
    return {
        "warmup templates list",
        "the latest templates of the warmup pool",
        "Shows the texts that warmup writes with, newest first: when they were made, by whom "
        "(groq, or\n"
        "fallback: the local grammar) and how often they were used.\n\n"
        "Example:\n"
        "  pilotlight warmup templates list --count 5",
        {},
        {{"--count", "N", "how many to show (20 unless told)"}},
        list
    };
}

Command warmup_templates_generate_command() {
    return {
        "warmup templates generate",
        "write templates now",
        "Writes templates through Groq and stores them in warmup_email_drafts. What Groq does not "
        "deliver\n"
        "(no GROQ_API_KEY, limits, an outage) comes from the local grammar, marked as fallback, "
        "with a\n"
        "warning that says why.\n\n"
        "Example:\n"
        "  pilotlight warmup templates generate --count 10",
        {},
        {{"--count", "N", "how many to write (5 unless told)"}},
        generate
    };
}

}  // namespace cli
