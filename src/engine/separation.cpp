#include "engine/separation.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "llm/warmup_model.h"
#include "store/roles.h"

namespace engine {

namespace {

constexpr std::array<const char*, 4> kProviders = {"", "ollama", "groq", "openai"};

// Thrown by a probe that was let through, so that its job is rolled back.
struct LetThrough : std::runtime_error {
    LetThrough() : std::runtime_error("allowed") {}
};

// The tables that the other side must not reach, by the same list that the rights are made from: a
// new table is tried as soon as it is there. What neither side may read is tried by both.
std::vector<std::string> tables_closed_to(store::Role role) {
    std::vector<std::string> tables;
    for (const store::TableRule& rule : store::table_rules()) {
        const store::Rights own = store::rights(role, rule);
        const bool closed = !own.read && !own.insert && !own.update && !own.remove;
        // The operator's own tables hold nothing of either pool.
        const bool operators = !rule.view && !rule.warmup.read && !rule.campaign.read;
        if (closed && !operators) tables.emplace_back(rule.table);
    }
    return tables;
}

bool is_view(std::string_view table) {
    return std::ranges::any_of(store::table_rules(), [&](const store::TableRule& rule) {
        return rule.table == table && rule.view;
    });
}

// A column that no row goes in without, where its name tells; else any may be the one.
std::vector<std::string> needed_columns(const std::vector<std::string>& columns) {
    for (const char* needed : {"created_at", "started_at", "email_id", "collection"})
        if (std::ranges::find(columns, needed) != columns.end()) return {needed};
    return columns;
}

// Statements that touch no row; the database judges the right to run them all the same. Changing is
// tried column by column, without reading any: the right may be given for one column, and without
// the right to read.
std::vector<std::string> statements(
    const std::string& action, const std::string& table, const std::vector<std::string>& columns
) {
    if (action == "read") return {"SELECT COUNT(*) FROM " + table};
    if (action == "delete") return {"DELETE FROM " + table + " WHERE 1 = 0"};
    std::vector<std::string> all;
    if (action == "insert")
        for (const std::string& column : needed_columns(columns))
            all.push_back(
                fmt::format("INSERT INTO {} (\"{}\") SELECT NULL WHERE 1 = 0", table, column)
            );
    else
        for (const std::string& column : columns)
            all.push_back(fmt::format("UPDATE {} SET \"{}\" = NULL WHERE 1 = 0", table, column));
    return all;
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

// What one side may not do with the counts that the other's budget stands on: add one, or make one
// of its own into the other's. In the order of the statements; the last one is judged, all are
// undone.
struct BudgetProbeCase {
    const char* action;
    std::vector<std::string> statements;
};
std::vector<BudgetProbeCase> budget_cases(const std::string& own, const std::string& other) {
    const auto insert = [](const std::string& purpose) {
        return fmt::format(
            "INSERT INTO llm_usage (day, purpose, model, requests) VALUES ('probe', '{}', 'probe', "
            "1)",
            purpose
        );
    };
    const auto usage = [](const std::string& side) {
        return fmt::format(
            "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (-1, -1, '{}', 1)",
            side
        );
    };
    return {
        {"add to the model budget of the other side in", {insert(other)}},
        {"turn its use into the other side's in",
         {insert(own), fmt::format("UPDATE llm_usage SET purpose = '{}' WHERE day = 'probe'", other)
         }},
        {"count mail for the other side in", {usage(other)}},
    };
}

base::Task<PoolProbe> probe_budget(store::Database& db, store::Role role, BudgetProbeCase what) {
    PoolProbe probe{std::string(store::to_string(role)), "llm_usage", what.action, false, {}};
    if (what.statements.back().starts_with("INSERT INTO mailbox_usage"))
        probe.table = "mailbox_usage";
    try {
        co_await db.run(role, [what](store::Connection& connection) {
            for (const std::string& sql : what.statements) connection.execute(sql);
            throw LetThrough();
        });
    } catch (const LetThrough& allowed) {
        probe.words = allowed.what();
    } catch (const store::StoreError& error) {
        probe.refused = error.kind == store::StoreError::Kind::permission;
        probe.words = error.what();
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
    for (const PoolProbe& probe : report.budget_probes)
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

bool SeparationReport::budgets_apart() const {
    return !budget_probes.empty() && std::ranges::all_of(budget_probes, &PoolProbe::refused);
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

namespace {

base::Task<std::vector<PoolProbe>> probe_pools(store::Database& db) {
    std::vector<PoolProbe> probes;
    for (const char* action : {"read", "insert", "update", "delete"})
        for (const store::Role role : {store::Role::warmup, store::Role::campaign})
            for (const std::string& table : tables_closed_to(role)) {
                if (is_view(table) && std::string_view(action) != "read") continue;
                const PoolProbe result = co_await probe(db, role, table, action);
                probes.push_back(result);
            }
    co_return probes;
}

base::Task<std::vector<PoolProbe>> probe_budgets(store::Database& db) {
    std::vector<PoolProbe> probes;
    for (const store::Role role : {store::Role::warmup, store::Role::campaign}) {
        const std::string own(store::to_string(role));
        const std::string other = role == store::Role::warmup ? "campaign" : "warmup";
        for (BudgetProbeCase& one : budget_cases(own, other)) {
            const PoolProbe result = co_await probe_budget(db, role, std::move(one));
            probes.push_back(result);
        }
    }
    co_return probes;
}

}  // namespace

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
    report.probes = co_await probe_pools(db);
    report.budget_probes = co_await probe_budgets(db);
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
    out += fmt::format(
        "Attempts to use the other side's budgets: {} of {} refused by the database\n",
        std::ranges::count_if(report.budget_probes, &PoolProbe::refused),
        report.budget_probes.size()
    );
    for (const std::string& warning : report.warnings()) out += "⚠ " + warning + "\n";
    out += "\n";
    out += report.pools_apart() ? "✅ SEPARATION VERIFIED - WARMUP USES SEPARATE COLLECTION\n"
                                : "❌ SEPARATION BROKEN\n";
    out += report.warmup_uses_groq() ? "✅ WARMUP USES GROQ (explicit, not LLM_PROVIDER)\n"
                                     : "❌ WARMUP DOES NOT USE GROQ\n";
    out += report.drafts_untouchable() ? "✅ CAMPAIGN DRAFTS NEVER TOUCHED BY WARMUP SYSTEM\n"
                                       : "❌ CAMPAIGN DRAFTS CAN BE TOUCHED BY THE WARMUP SYSTEM\n";
    out += report.budgets_apart() ? "✅ EACH SIDE HAS ITS OWN BUDGETS\n"
                                  : "❌ ONE SIDE CAN USE THE OTHER'S BUDGETS\n";
    if (!report.verified()) out += evidence(report);
    return out;
}

}  // namespace engine
