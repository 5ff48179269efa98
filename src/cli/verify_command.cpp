#include <boost/json.hpp>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/warmup_json.h"
#include "config/load.h"
#include "engine/runtime.h"
#include "llm/warmup_model.h"

namespace cli {

namespace {

base::Result<int> run(const Invocation& invocation) {
    auto settings = invocation.settings();
    if (!settings) return base::pass_on(settings);
    const std::string file = settings->file;
    const std::string campaign_provider = settings->llm_campaign.provider;
    auto opened = engine::Runtime::open(std::move(*settings));
    if (!opened) return base::pass_on(opened);
    engine::Runtime& runtime = **opened;
    // The configuration is read again under each value, and the model made as the program makes it.
    engine::ModelFactory factory = [&](const std::string& llm_provider
                                   ) -> std::unique_ptr<llm::ChatModel> {
        config::Environment environment = invocation.environment;
        environment.erase("LLM_PROVIDER");
        if (!llm_provider.empty()) environment["LLM_PROVIDER"] = llm_provider;
        const auto changed = config::load(file, environment);
        if (!changed) return nullptr;
        return llm::make_warmup_model(
            *changed, runtime.http(), runtime.clock(), runtime.random(), &runtime.db()
        );
    };
    const engine::SeparationReport report =
        runtime.run(engine::check_separation(runtime.db(), std::move(factory), campaign_provider));
    print(
        invocation.json ? boost::json::serialize(to_json(report)) + "\n" : engine::in_words(report)
    );
    return report.verified() ? 0 : 1;
}

}  // namespace

Command verify_command() {
    return {
        "verify",
        "prove that warmup and campaigns are separate",
        "Counts documents that lie in the wrong pool, tries on real connections of each role to "
        "read and\n"
        "write the other's tables, and looks at the model that warmup is given under every "
        "LLM_PROVIDER.\n"
        "Exit 0 when the separation holds, 1 with the evidence when not.\n\n"
        "Example:\n"
        "  pilotlight verify",
        {},
        {},
        run
    };
}

}  // namespace cli
