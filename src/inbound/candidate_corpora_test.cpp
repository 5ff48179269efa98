// Whether the reports that classify can read are fetched at all: told by no more than the header
// fields that a look asks for. Mail of other projects, $PILOTLIGHT_CORPORA/{bounces,human}.
#include <gtest/gtest.h>

#include "base/text.h"
#include "inbound/candidate.h"
#include "inbound/classify.h"
#include "tests/support/corpora.h"

namespace inbound {
namespace {

namespace fs = std::filesystem;
using support::read_file;
using support::Share;

// The names between the last pair of parentheses but one: "(… BODY.PEEK[HEADER.FIELDS (A B)])".
std::vector<std::string> asked_fields() {
    const std::string items = header_items("X-Abcdefgh", false);
    const std::size_t open = items.rfind('(');
    return base::split(items.substr(open + 1, items.find(')', open) - open - 1), ' ');
}

// What a server answers: the fields asked for, and none of the others.
Candidate looked_at(const mime::Message& message) {
    static const std::vector<std::string> asked = asked_fields();
    imap::Fetched fetched;
    std::string& block = fetched.sections["BODY[HEADER.FIELDS (X)]"];
    for (const auto& [name, value] : message.headers)
        if (std::ranges::any_of(asked, [&](const std::string& field) {
                return base::equals_ignoring_case(field, name);
            }))
            block += name + ": " + value + "\r\n";
    block += "\r\n";
    return candidate_of(headers_of(fetched), fetched, "X-Abcdefgh");
}

class CandidateCorpora : public support::CorporaTest {
  protected:
    CandidateCorpora() : CorporaTest("bounces/sisimai/labels.jsonl") {}

    // Of the mails in `folder`: how many that are reports (or not, as asked) are fetched.
    Share fetched(const char* folder, bool reports) const {
        Share share;
        for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root_ / folder)) {
            const std::string kind = entry.path().extension();
            if (!entry.is_regular_file() || kind == ".jsonl" || entry.path().stem() == "LICENSE")
                continue;
            const mime::Message message = mime::read_message(read_file(entry.path()));
            const Kind read = classify(message).kind;
            if ((read == Kind::bounce || read == Kind::complaint) != reports) continue;
            const bool fetched = looks_like_report(looked_at(message));
            if (fetched != reports)
                std::printf(
                    "  %s: %s\n",
                    fetched ? "fetched" : "a report that is not fetched",
                    entry.path().c_str()
                );
            share.count(fetched);
        }
        return share;
    }
};

TEST_F(CandidateCorpora, FetchesEveryReportThatIsRead) {
    const Share reports = fetched("bounces", true);
    std::printf("reports fetched: %zu of %zu\n", reports.right, reports.all);
    EXPECT_GT(reports.all, 500U);
    EXPECT_EQ(reports.right, reports.all);
}

// A mail too many costs a fetch and nothing else: it is read as what it is.
TEST_F(CandidateCorpora, FetchesFewMailsOfPeople) {
    const Share mails = fetched("human", false);
    std::printf("mails of people fetched as reports: %zu of %zu\n", mails.right, mails.all);
    EXPECT_GT(mails.all, 200U);
    EXPECT_LE(mails.right, mails.all / 100);
}

}  // namespace
}  // namespace inbound
