// The rules of a review, by what they look at. Each is a pure function; a finding names its rule.
// Hard rules are what must never leave; the rest costs points.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "campaign/review.h"

namespace campaign {

// A part of a mail that a person reads.
struct Part {
    std::string_view name;  // "subject", "body", "html body"
    std::string_view text;
};

// A subject of review, prepared once for all rules. Refers to the subject.
struct Reading {
    explicit Reading(const ReviewSubject& reviewed);

    const ReviewSubject& of;
    std::string own;        // the body without its footer
    std::string html_text;  // what a person reads of html_body
    // What lead and campaign say themselves: each value of the lead, each text of the campaign.
    std::string lead_text;
    std::string campaign_text;
    std::vector<Part> parts() const;
};

using Findings = std::vector<Finding>;

// review_marks.cpp: template syntax left in, traces of empty fields, characters nobody types,
// leftovers of models, banned phrases.
void check_template_marks(const Reading& reading, Findings& findings);
void check_empty_fields(const Reading& reading, Findings& findings);
void check_characters(const Reading& reading, Findings& findings);
void check_phrases(const Reading& reading, Findings& findings);

// review_names.cpp: who is greeted, which company is named, who signs.
void check_greeting(const Reading& reading, Findings& findings);
void check_other_names(const Reading& reading, Findings& findings);
void check_companies(const Reading& reading, Findings& findings);
void check_signature(const Reading& reading, Findings& findings);

// review_facts.cpp: links and numbers that nobody gave.
void check_links(const Reading& reading, Findings& findings);
void check_numbers(const Reading& reading, Findings& findings);

// review_form.cpp: length, subject, footer, thread, HTML, style.
void check_length(const Reading& reading, Findings& findings);
void check_footer(const Reading& reading, Findings& findings);
void check_thread(const Reading& reading, Findings& findings);
void check_html(const Reading& reading, Findings& findings);
void check_style(const Reading& reading, Findings& findings);

// Capitalised runs of one to four words, without the lead's own company and the campaign's words:
// what may be the name or company of another lead. At most 200.
std::vector<std::string> name_candidates(const ReviewSubject& subject);

// What a text links to: URLs, "www.…", bare domains and addresses, in order.
std::vector<std::string> links_in(std::string_view text);
// Numbers as they are compared: "1,000" is 1000, "12,5" is 12.5; a magnitude behind them ("50k")
// belongs to them.
std::vector<std::string> numbers_in(std::string_view text);
// The words of a text, prepared to look for many rows of them.
class WordRow {
  public:
    explicit WordRow(std::string_view text);
    WordRow(const WordRow&) = delete;  // it refers to itself
    WordRow& operator=(const WordRow&) = delete;
    // True where the words of `part` stand there in a row, whatever blanks, case and points are
    // between them.
    bool has(std::string_view part) const;

  private:
    std::string folded_;
    std::vector<std::string_view> words_;
};
bool has_words(std::string_view text, std::string_view part);

}  // namespace campaign
