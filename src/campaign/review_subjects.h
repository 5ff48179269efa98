// A draft that review lets pass, to be changed by the tests of its rules.
#pragma once
#include "campaign/opt_out_words.h"
#include "campaign/review.h"
#include "campaign/test_drafts.h"

namespace campaign::test {

inline ReviewSubject good() {
    ReviewSubject subject;
    subject.settings = good_settings("en");
    subject.lead.id = 1;
    subject.lead.campaign_id = 1;
    subject.lead.name = "Anna Schmidt";
    subject.lead.company = "Acme Systems Inc.";
    subject.lead.email = "anna@acme.test";
    subject.lead.fields = R"({"city": "Berlin"})";
    subject.subject = "A question for Acme";
    subject.body =
        "Hi Anna,\n\nI saw that Acme Systems is growing in Berlin. Our tool saves 7 hours "
        "a week.\n\nWould a short call make sense?\n\nBest regards,\nEva Lindner";
    return subject;
}

inline ReviewSubject with_footer(ReviewSubject subject) {
    subject.body = append_footer(subject.body, subject.settings).value_or("");
    return subject;
}

inline std::vector<std::string> rules_of(const ReviewSubject& subject) {
    std::vector<std::string> rules;
    for (const Finding& finding : review(with_footer(subject)).findings)
        rules.push_back(finding.rule);
    return rules;
}

inline ReviewSubject saying(std::string sentence) {
    ReviewSubject subject = good();
    const std::size_t at = subject.body.find("Would");
    subject.body.insert(at, sentence + "\n\n");
    return subject;
}

}  // namespace campaign::test
