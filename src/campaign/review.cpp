#include "campaign/review.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/crypto.h"
#include "base/text.h"
#include "campaign/merge_fields.h"
#include "campaign/opt_out_words.h"
#include "campaign/review_rules.h"
#include "inbound/fold.h"
#include "inbound/phrases.h"
#include "mime/html_text.h"

namespace campaign {

namespace {

constexpr int kScoreHardMax = 40;  // what a draft with a broken hard rule gets at most
constexpr std::size_t kTextBytesMax = 64 * 1024;

std::string text_of_lead(const Lead& lead) {
    std::string text = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n", lead.name, lead.company, lead.title, lead.country, lead.email
    );
    for (const auto& [key, value] : own_fields(lead)) text += value + "\n";
    return text;
}

std::string text_of_campaign(const ReviewSubject& subject) {
    const Settings& settings = subject.settings;
    std::string text = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}\n",
        settings.sender_name,
        settings.sender_company,
        settings.postal_address,
        settings.offer,
        settings.call_to_action,
        subject.campaign_text
    );
    for (const std::string& fact : settings.facts) text += fact + "\n";
    for (const std::string& link : settings.links) text += link + "\n";
    return text;
}

void check_opinion(const ReviewSubject& subject, Findings& findings) {
    if (!subject.opinion) return;
    const Opinion& opinion = *subject.opinion;
    if (opinion.text_hash != opinion_hash(subject.subject, subject.body)) return;
    const int points = std::clamp(100 - opinion.score, 0, 100);
    if (points == 0) return;
    findings.push_back(
        {"second_opinion",
         "the model says: " + base::printable(base::join(opinion.reasons, "; "), 500),
         points,
         false}
    );
}

}  // namespace

Reading::Reading(const ReviewSubject& reviewed)
    : of(reviewed),
      own(without_footer(reviewed.body, reviewed.settings)),
      html_text(reviewed.html_body ? mime::html_to_text(*reviewed.html_body) : std::string()),
      lead_text(text_of_lead(reviewed.lead)),
      campaign_text(text_of_campaign(reviewed)) {}

std::vector<Part> Reading::parts() const {
    std::vector<Part> all = {{"subject", of.subject}, {"body", own}};
    if (of.html_body) all.push_back({"html body", html_text});
    return all;
}

WordRow::WordRow(std::string_view text)
    : folded_(inbound::fold(text)), words_(inbound::words_of(folded_)) {}

bool WordRow::has(std::string_view part) const {
    const std::string folded = inbound::fold(part);
    const auto wanted = inbound::words_of(folded);
    return !wanted.empty() && !std::ranges::search(words_, wanted).empty();
}

bool has_words(std::string_view text, std::string_view part) { return WordRow(text).has(part); }

std::string opinion_hash(std::string_view subject, std::string_view body) {
    return base::hex_encode(base::sha256(std::string(subject) + "\n" + std::string(body)));
}

Review review(const ReviewSubject& subject) {
    Review verdict;
    Findings& findings = verdict.findings;
    if (subject.body.size() + subject.subject.size() > kTextBytesMax) {
        findings.push_back({"too_long", "it is longer than 64 KiB", 100, true});
        return verdict;
    }
    if (!base::is_utf8(subject.subject) || !base::is_utf8(subject.body) ||
        !base::is_utf8(subject.html_body.value_or(""))) {
        findings.push_back({"foreign_characters", "it is not UTF-8", 100, true});
        return verdict;
    }
    const Reading reading(subject);
    for (const auto rule :
         {check_template_marks,
          check_empty_fields,
          check_characters,
          check_phrases,
          check_greeting,
          check_other_names,
          check_companies,
          check_signature,
          check_links,
          check_numbers,
          check_length,
          check_footer,
          check_thread,
          check_html,
          check_style})
        rule(reading, findings);
    check_opinion(subject, findings);
    int score = 100;
    for (const Finding& finding : findings) score -= finding.points;
    const bool hard = std::ranges::any_of(findings, &Finding::hard);
    verdict.score = std::clamp(score, 0, hard ? kScoreHardMax : 100);
    verdict.passed = !hard && verdict.score >= kScorePassed;
    return verdict;
}

std::string findings_json(const std::vector<Finding>& findings) {
    boost::json::array list;
    for (const Finding& finding : findings)
        list.push_back(
            {{"rule", finding.rule},
             {"words", finding.words},
             {"points", finding.points},
             {"hard", finding.hard}}
        );
    return boost::json::serialize(list);
}

std::vector<Finding> findings_from_json(std::string_view json) {
    boost::system::error_code problem;
    const boost::json::value value = boost::json::parse(json, problem);
    std::vector<Finding> findings;
    if (problem || !value.is_array()) return findings;
    for (const boost::json::value& entry : value.get_array()) {
        const auto* object = entry.if_object();
        if (object == nullptr) continue;
        Finding finding;
        const auto* rule = object->if_contains("rule");
        const auto* words = object->if_contains("words");
        const auto* points = object->if_contains("points");
        const auto* hard = object->if_contains("hard");
        if (rule != nullptr && rule->is_string()) finding.rule = rule->get_string();
        if (words != nullptr && words->is_string()) finding.words = words->get_string();
        if (points != nullptr && points->is_int64())
            finding.points = static_cast<int>(points->get_int64());
        finding.hard = hard != nullptr && hard->is_bool() && hard->get_bool();
        findings.push_back(std::move(finding));
    }
    return findings;
}

std::string findings_in_words(const std::vector<Finding>& findings) {
    std::vector<std::string> words;
    for (const Finding& finding : findings) words.push_back(finding.rule + ": " + finding.words);
    return base::join(words, "; ");
}

}  // namespace campaign
