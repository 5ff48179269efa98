#include "cli/lead_report.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text.h"
#include "cli/campaign_lookup.h"
#include "cli/document_writer.h"

namespace cli {

namespace {

constexpr std::size_t kShownMax = 10;
constexpr std::size_t kJsonMax = 1000;

std::string delimiter_words(char delimiter) {
    if (delimiter == '\t') return "tab";
    return delimiter == ';' ? "semicolon" : "comma";
}

std::string merge_fields(const campaign::LeadColumns& columns) {
    std::vector<std::string> names;
    for (const auto& [field, column] : columns.own) names.push_back("{{" + field + "}}");
    return base::join(names, " ");
}

std::string refused_text(const ImportShown& shown, const std::string& report_path) {
    if (shown.totals.refused_count() == 0) return {};
    std::string text = fmt::format("  {:>9} refused:\n", with_commas(shown.totals.refused_count()));
    for (const auto& [refusal, count] : shown.totals.refused)
        text += fmt::format("  {:>9}   {}\n", with_commas(count), campaign::to_string(refusal));
    for (std::size_t i = 0; i < std::min(shown.report.first().size(), kShownMax); ++i) {
        const campaign::RefusedRow& row = shown.report.first()[i];
        text += fmt::format(
            "    line {}: {}: {}\n",
            row.line,
            base::printable(row.email, 80),
            base::printable(row.refused.why, 200)
        );
    }
    if (shown.totals.refused_count() > static_cast<std::int64_t>(kShownMax))
        text += report_path.empty() ? "    … (all of them with --report FILE)\n" : "    …\n";
    if (!report_path.empty()) text += "  every refused row stands in " + report_path + "\n";
    return text;
}

}  // namespace

void LeadReport::add(const std::vector<campaign::RefusedRow>& rows) {
    for (const campaign::RefusedRow& row : rows) {
        rows_ += fmt::format(
            "{},{},{},{}\n",
            row.line,
            csv_field(row.email),
            campaign::to_string(row.refused.refusal),
            csv_field(row.refused.why)
        );
        if (first_.size() < kJsonMax && row.refused.refusal != campaign::Refusal::known)
            first_.push_back(row);
    }
}

std::string import_json(const ImportShown& shown) {
    const campaign::ImportTotals& totals = shown.totals;
    const campaign::LeadColumns& columns = shown.source.columns();
    boost::json::object refused;
    for (const auto& [refusal, count] : totals.refused)
        refused[campaign::to_string(refusal)] = count;
    boost::json::array rows;
    for (const campaign::RefusedRow& row : shown.report.first())
        rows.push_back(
            {{"line", row.line},
             {"email", row.email},
             {"reason", campaign::to_string(row.refused.refusal)},
             {"why", row.refused.why}}
        );
    boost::json::object meaning;
    for (const auto& [field, places] : columns.meaning) {
        boost::json::array names;
        for (const std::size_t place : places)
            names.emplace_back(
                columns.heading ? shown.source.heading()[place] : fmt::format("{}", place + 1)
            );
        meaning[field] = std::move(names);
    }
    boost::json::array fields;
    for (const auto& [field, column] : columns.own) fields.emplace_back(field);
    const boost::json::object document = {
        {"campaign", shown.campaign},
        {"dry_run", shown.dry_run},
        {"encoding", campaign::to_string(shown.source.encoding())},
        {"delimiter", std::string(1, shown.source.delimiter())},
        {"preset", columns.preset},
        {"columns", meaning},
        {"merge_fields", fields},
        {"rows", totals.rows},
        {"added", totals.added()},
        {"ready", totals.ready},
        {"needs_basis", totals.needs_basis},
        {"unanswered", totals.unanswered},
        {"known", totals.known},
        {"refused", totals.refused_count()},
        {"refused_by_reason", refused},
        {"refused_rows", rows}
    };
    return boost::json::serialize(document) + "\n";
}

std::string import_text(const ImportShown& shown, const std::string& report_path) {
    const campaign::ImportTotals& totals = shown.totals;
    std::string text = fmt::format(
        "{} rows ({}, cut by {}, columns as {}){}\n",
        with_commas(totals.rows),
        campaign::to_string(shown.source.encoding()),
        delimiter_words(shown.source.delimiter()),
        shown.source.columns().preset,
        shown.dry_run ? "; nothing was added (--dry-run)" : ""
    );
    text += fmt::format(
        "  {:>9} {} '{}'\n",
        with_commas(totals.added()),
        shown.dry_run ? "would come into" : "came into",
        shown.campaign
    );
    const auto part = [&](std::int64_t count, const char* words) {
        if (count > 0) text += fmt::format("  {:>9}   {}\n", with_commas(count), words);
    };
    part(totals.ready, "ready");
    part(totals.needs_basis, "wait for a basis (campaign basis)");
    part(
        totals.unanswered,
        "wait for an answer about their domain, or of the verifier (campaign leads)"
    );
    for (const auto& [reason, count] : totals.needs_basis_by_reason)
        text += fmt::format("  {:>9}     {}\n", with_commas(count), base::printable(reason, 160));
    if (totals.known > 0)
        text += fmt::format("  {:>9} were there before\n", with_commas(totals.known));
    text += refused_text(shown, report_path);
    const std::string fields = merge_fields(shown.source.columns());
    if (!fields.empty())
        text += "Merge fields of their own: " + base::printable(fields, 800) + "\n";
    return text;
}

}  // namespace cli
