#include "cli/warmup_json.h"

#include <boost/json.hpp>

namespace cli {

namespace {

boost::json::value rate_or_null(const std::optional<double>& rate) {
    return rate ? boost::json::value(*rate) : boost::json::value();
}

boost::json::array texts(const std::vector<std::string>& list) {
    boost::json::array out;
    for (const std::string& text : list) out.emplace_back(text);
    return out;
}

}  // namespace

boost::json::object to_json(const warmup::PlacementCounts& counts) {
    return {
        {"inbox", counts.inbox},
        {"spam", counts.spam},
        {"elsewhere", counts.elsewhere},
        {"spam_rate", rate_or_null(counts.spam_rate())},
    };
}

boost::json::object to_json(const warmup::CycleResult& result) {
    boost::json::object placement = to_json(result.placement);
    placement["pending"] = result.pending;
    boost::json::array failures;
    for (const warmup::Failure& failure : result.failures)
        failures.push_back({
            {"mailbox", failure.mailbox},
            {"stage", failure.error.stage},
            {"code", base::to_string(failure.error.code)},
            {"message", failure.error.message},
            {"server_words", failure.error.server_words},
            {"consequence", mailbox::to_string(failure.verdict.consequence)},
            {"what_it_means", failure.verdict.words},
        });
    boost::json::array skipped;
    for (const warmup::Skipped& one : result.skipped)
        skipped.push_back({{"mailbox", one.mailbox}, {"reason", one.reason}});
    return {
        {"cycle", result.cycle},
        {"sent", result.sent},
        {"replies", result.replies},
        {"placement", placement},
        {"reply_placement", to_json(result.reply_placement)},
        {"filed", result.filed},
        {"rescued", result.rescued},
        {"in_doubt", result.in_doubt},
        {"mailboxes", result.mailboxes},
        {"mailboxes_failed", result.mailboxes_failed},
        {"mailboxes_paused", result.mailboxes_paused},
        {"failures", failures},
        {"skipped", skipped},
        {"note", result.note},
    };
}

boost::json::object to_json(const warmup::Tally& tally) {
    return {
        {"sent", tally.sent},
        {"inbox", tally.inbox},
        {"spam", tally.spam},
        {"elsewhere", tally.elsewhere},
        {"bounced", tally.bounced},
        {"pending", tally.pending},
        {"missing", tally.missing},
        {"unknown", tally.unknown},
        {"spam_rate", rate_or_null(tally.spam_rate())},
        {"missing_rate", rate_or_null(tally.missing_rate())},
    };
}

boost::json::object to_json(const engine::SeparationReport& report) {
    const auto list = [](const std::vector<engine::PoolProbe>& all) {
        boost::json::array probes;
        for (const engine::PoolProbe& probe : all)
            probes.push_back({
                {"role", probe.role},
                {"table", probe.table},
                {"action", probe.action},
                {"refused", probe.refused},
                {"words", probe.words},
            });
        return probes;
    };
    boost::json::array models;
    for (const engine::ModelProbe& model : report.models)
        models.push_back({
            {"llm_provider", model.llm_provider},
            {"provider", model.provider},
            {"base_url", model.base_url},
            {"configured", model.configured},
        });
    return {
        {"verified", report.verified()},
        {"pools_apart", report.pools_apart()},
        {"warmup_uses_groq", report.warmup_uses_groq()},
        {"drafts_untouchable", report.drafts_untouchable()},
        {"email_drafts", report.campaign_drafts},
        {"email_drafts_fields", texts(report.draft_fields)},
        {"warmup_email_drafts", report.warmup_templates},
        {"warmup_email_drafts_fields", texts(report.template_fields)},
        {"warmup_in_campaign", report.warmup_in_campaign},
        {"campaign_in_warmup", report.campaign_in_warmup},
        {"senders", report.senders},
        {"seeds", report.seeds},
        {"groq_configured", report.groq_configured()},
        {"llm_provider", report.llm_provider},
        {"budgets_apart", report.budgets_apart()},
        {"probes", list(report.probes)},
        {"budget_probes", list(report.budget_probes)},
        {"models", models},
        {"warnings", texts(report.warnings())},
    };
}

}  // namespace cli
