#include "engine/separation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "llm/warmup_model.h"

namespace engine {

namespace {

constexpr std::array<const char*, 6> kCampaignTables = {
    "email_drafts", "leads", "campaigns", "suppressions", "emails_campaign", "emails_campaign_raw"
};
constexpr std::array<const char*, 6> kWarmupTables = {
    "warmup_email_drafts",
    "warmup_threads",
    "warmup_filings",
    "warmup_cycles",
    "emails_warmup",
    "emails_warmup_raw"
};
constexpr std::array<const char*, 4> kProviders = {"", "ollama", "groq", "openai"};

// Thrown by a probe that was let through, so that its job is rolled back.
struct LetThrough : std::runtime_error {
    LetThrough() : std::runtime_error("allowed") {}
};

// Statements that touch no row; the database judges the right to run them all the same. Changing is
// tried column by column, without reading any: the right may be given for one column, and without
// the right to read. Adding needs no more than one, since no row goes in without its time.
std::vector<std::string> statements(
    const std::string& action, const std::string& table, const std::vector<std::string>& columns
) {
    if (action == "read") return {"SELECT COUNT(*) FROM " + table};
    if (action == "insert") {
        const char* column = table == "warmup_cycles"  ? "started_at"
                             : table.ends_with("_raw") ? "email_id"
                                                       : "created_at";
        return {fmt::format("INSERT INTO {} ({}) SELECT 0 WHERE 1 = 0", table, column)};
    }
    if (action == "delete") return {"DELETE FROM " + table + " WHERE 1 = 0"};
    std::vector<std::string> updates;
    for (const std::string& column : columns)
        updates.push_back(fmt::format("UPDATE {} SET \"{}\" = NULL WHERE 1 = 0", table, column));
    return updates;
}

struct Attempt {
    bool refused = false;
    std::string words;
};

base::Task<Attempt> attempt(store::Database& db, store::Role role, std::string sql) {
    Attempt attempt;
    try {
        co_await db.run(role, [sql](store::Connection& connection) {
            if (sql.starts_with("SELECT"))
                connection.integer(sql);
            else
                connection.execute(sql);
            throw LetThrough();
        });
    } catch (const LetThrough& allowed) {
        attempt.words = allowed.what();
    } catch (const store::StoreError& error) {
        attempt.refused = error.kind == store::StoreError::Kind::permission;
        attempt.words = error.what();
    }
    co_return attempt;
}

// Refused only where every statement is.
base::Task<PoolProbe> probe(
    store::Database& db, store::Role role, std::string table, std::string action
) {
    PoolProbe probe{std::string(store::to_string(role)), table, action, false, {}};
    const auto columns =
        co_await db.read(store::Role::operator_, [table](store::Connection& connection) {
            return connection.column_names(table);
        });
    for (const std::string& sql : statements(action, table, columns)) {
        const Attempt result = co_await attempt(db, role, sql);
        probe.refused = result.refused;
        probe.words = result.words;
        if (!result.refused) break;
    }
    co_return probe;
}

// The definitions of a document in the wrong pool: docs/separation.md.
constexpr const char* kWarmupInCampaign =
    "SELECT COUNT(*) FROM email_drafts d WHERE (d.lead_id IS NULL AND d.campaign_id IS NULL) OR "
    "EXISTS "
    "(SELECT 1 FROM warmup_email_drafts t WHERE t.subject = d.subject AND t.body = d.body)";
constexpr const char* kCampaignInWarmup =
    "SELECT COUNT(*) FROM warmup_email_drafts t WHERE t.generated_via NOT IN ('groq', 'fallback') "
    "OR EXISTS "
    "(SELECT 1 FROM email_drafts d WHERE t.subject = d.subject AND t.body = d.body)";

SeparationReport count_all(store::Connection& connection) {
    SeparationReport report;
    report.campaign_drafts = connection.integer("SELECT COUNT(*) FROM email_drafts");
    report.warmup_templates = connection.integer("SELECT COUNT(*) FROM warmup_email_drafts");
    report.warmup_in_campaign = connection.integer(kWarmupInCampaign);
    report.campaign_in_warmup = connection.integer(kCampaignInWarmup);
    const auto accounts = [&](const char* role) {
        return connection.integer(
            "SELECT COUNT(*) FROM mailboxes WHERE role = :role AND status <> 'removed'",
            store::values(role)
        );
    };
    report.senders = accounts("sender");
    report.seeds = accounts("seed");
    return report;
}

std::string mark(bool good) { return good ? "✓" : "❌"; }

std::string evidence(const SeparationReport& report) {
    std::string out;
    if (report.warmup_in_campaign > 0)
        out +=
            fmt::format("   {} warmup documents lie in email_drafts\n", report.warmup_in_campaign);
    if (report.campaign_in_warmup > 0)
        out += fmt::format(
            "   {} campaign documents lie in warmup_email_drafts\n", report.campaign_in_warmup
        );
    for (const PoolProbe& probe : report.probes)
        if (!probe.refused)
            out += fmt::format(
                "   the {} role was not refused to {} {}: {}\n",
                probe.role,
                probe.action,
                probe.table,
                base::printable(probe.words, 200)
            );
    for (const ModelProbe& model : report.models)
        if (model.provider != "groq")
            out += fmt::format(
                "   with LLM_PROVIDER={} warmup's model is {}\n",
                model.llm_provider.empty() ? "(unset)" : model.llm_provider,
                model.provider.empty() ? "not there" : model.provider
            );
    return out;
}

}  // namespace

bool SeparationReport::pools_apart() const {
    return warmup_in_campaign == 0 && campaign_in_warmup == 0 && !probes.empty() &&
           std::ranges::all_of(probes, &PoolProbe::refused);
}

bool SeparationReport::warmup_uses_groq() const {
    return !models.empty() && std::ranges::all_of(models, [](const ModelProbe& model) {
        return model.provider == "groq";
    });
}

bool SeparationReport::drafts_untouchable() const {
    return warmup_in_campaign == 0 && !probes.empty() &&
           std::ranges::all_of(probes, [](const PoolProbe& probe) {
               return probe.role != "warmup" || probe.refused;
           });
}

bool SeparationReport::groq_configured() const {
    return !models.empty() && models.front().configured;
}

std::vector<std::string> SeparationReport::warnings() const {
    if (models.empty() || llm::is_groq_url(models.front().base_url)) return {};
    return {
        "warmup's model is reached at " + models.front().base_url +
        ", which is not Groq's own address"
    };
}

base::Task<SeparationReport> check_separation(
    store::Database& db, ModelFactory warmup_model, std::string campaign_llm_provider
) {
    SeparationReport report = co_await db.read(store::Role::operator_, count_all);
    const auto fields = co_await db.read(store::Role::operator_, [](store::Connection& connection) {
        return std::pair(
            connection.column_names("email_drafts"), connection.column_names("warmup_email_drafts")
        );
    });
    report.draft_fields = fields.first;
    report.template_fields = fields.second;
    for (const char* action : {"read", "insert", "update", "delete"}) {
        for (const char* table : kCampaignTables) {
            const PoolProbe result = co_await probe(db, store::Role::warmup, table, action);
            report.probes.push_back(result);
        }
        for (const char* table : kWarmupTables) {
            const PoolProbe result = co_await probe(db, store::Role::campaign, table, action);
            report.probes.push_back(result);
        }
    }
    for (const char* provider : kProviders) {
        ModelProbe probe{provider, {}, {}, false};
        if (const std::unique_ptr<llm::ChatModel> model = warmup_model(provider)) {
            probe.provider = model->provider();
            probe.base_url = model->base_url();
            probe.configured = model->configured();
        }
        report.models.push_back(std::move(probe));
    }
    report.llm_provider = std::move(campaign_llm_provider);
    co_return report;
}

std::string in_words(const SeparationReport& report) {
    std::string out;
    out += fmt::format("Campaign Drafts: {} documents in email_drafts\n", report.campaign_drafts);
    out += "   fields: " + base::join(report.draft_fields, ", ") + "\n";
    out += fmt::format(
        "Warmup Templates: {} documents in warmup_email_drafts\n", report.warmup_templates
    );
    out += "   fields: " + base::join(report.template_fields, ", ") + "\n";
    out += fmt::format(
        "Warmup docs in campaign collection: {} {}\n",
        report.warmup_in_campaign,
        mark(report.warmup_in_campaign == 0)
    );
    out += fmt::format(
        "Campaign docs in warmup collection: {} {}\n",
        report.campaign_in_warmup,
        mark(report.campaign_in_warmup == 0)
    );
    out += fmt::format("Zoho Accounts: {}\n", report.senders);
    out += fmt::format("Warmup Accounts: {}\n", report.seeds);
    out += fmt::format("Groq API: {}\n", report.groq_configured() ? "✅ Configured" : "❌");
    out += fmt::format("LLM Provider: {} (campaigns only)\n", report.llm_provider);
    const auto refused = std::ranges::count_if(report.probes, &PoolProbe::refused);
    out += fmt::format(
        "Attempts to touch the other pool: {} of {} refused by the database\n",
        refused,
        report.probes.size()
    );
    for (const std::string& warning : report.warnings()) out += "⚠ " + warning + "\n";
    out += "\n";
    out += report.pools_apart() ? "✅ SEPARATION VERIFIED - WARMUP USES SEPARATE COLLECTION\n"
                                : "❌ SEPARATION BROKEN\n";
    out += report.warmup_uses_groq() ? "✅ WARMUP USES GROQ (explicit, not LLM_PROVIDER)\n"
                                     : "❌ WARMUP DOES NOT USE GROQ\n";
    out += report.drafts_untouchable() ? "✅ CAMPAIGN DRAFTS NEVER TOUCHED BY WARMUP SYSTEM\n"
                                       : "❌ CAMPAIGN DRAFTS CAN BE TOUCHED BY THE WARMUP SYSTEM\n";
    if (!report.verified()) out += evidence(report);
    return out;
}

}  // namespace engine
