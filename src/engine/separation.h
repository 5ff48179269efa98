// Proves that the two pools are apart: by counting, by trying, and by looking at the model that
// warmup has constructed. `pilotlight verify` and `pilotlight demo` print it.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "llm/chat_model.h"
#include "store/database.h"

namespace engine {

// One attempt of a role to touch the other side's table, on its real connection. Nothing is changed
// by it, whatever the database allows.
struct PoolProbe {
    std::string role;
    std::string table;
    std::string action;  // "read", "insert", "update", "delete"; of budgets in words
    bool refused = false;
    std::string words;  // the database's own
};

// Warmup's model as constructed under one value of LLM_PROVIDER.
struct ModelProbe {
    std::string llm_provider;  // empty: unset
    std::string provider;      // of the model warmup got; empty: it could not be made
    std::string base_url;
    bool configured = false;
};

struct SeparationReport {
    std::int64_t campaign_drafts = 0;
    std::int64_t warmup_templates = 0;
    std::vector<std::string> draft_fields;
    std::vector<std::string> template_fields;
    std::int64_t warmup_in_campaign = 0;
    std::int64_t campaign_in_warmup = 0;
    std::int64_t senders = 0;
    std::int64_t seeds = 0;
    std::string llm_provider;  // campaigns'
    std::vector<PoolProbe> probes;
    // Attempts to use what the other side's budgets (of models, of mailboxes) are counted by.
    std::vector<PoolProbe> budget_probes;
    std::vector<ModelProbe> models;

    bool pools_apart() const;       // nothing of one pool in the other, every attempt refused
    bool warmup_uses_groq() const;  // whatever LLM_PROVIDER says
    bool drafts_untouchable(
    ) const;  // warmup's role can't reach the campaign side, and left nothing there
    bool budgets_apart() const;
    bool groq_configured() const;
    bool verified() const {
        return pools_apart() && warmup_uses_groq() && drafts_untouchable() && budgets_apart();
    }
    std::vector<std::string> warnings() const;  // such as a base_url that is not Groq's
};

// Makes warmup's model as the program does, with LLM_PROVIDER set to this value ("" for unset).
using ModelFactory =
    std::function<std::unique_ptr<llm::ChatModel>(const std::string& llm_provider)>;

base::Task<SeparationReport> check_separation(
    store::Database& db, ModelFactory warmup_model, std::string campaign_llm_provider
);

// The report as people read it, ending with the four ✅ lines, or with ❌ and the evidence.
std::string in_words(const SeparationReport& report);

}  // namespace engine
