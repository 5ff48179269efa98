// A draft's way to a file and back: `campaign review --show > FILE`, `--edit --file FILE`.
#include <boost/json.hpp>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CampaignReview : public Program {
  protected:
    void SetUp() override {
        must({"init"});
        put("shops.toml", run({"campaign", "create", "--example"}).out);
        must({"campaign", "create", "shops", "--file", "shops.toml"});
        edit_store(
            "INSERT INTO leads (campaign_id, email, email_key, name, status, created_at) VALUES "
            "(1, 'ann@x.example', 'ann@x.example', 'Ann Lee', 'ready', 1)"
        );
        edit_store(
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, status, "
            "created_at, written_by) VALUES (1, 1, 'ann@x.example', 'A question', 'Hi Ann,' || "
            "char(10) || char(10) || '" +
            line_ + "', 'rejected', 1, 'model')"
        );
    }
    std::string body() {
        const auto shown = boost::json::parse(json({"campaign", "review", "shops", "--show", "1"}));
        return std::string(shown.at("body").as_string());
    }
    Outcome edit_as_shown(std::vector<std::string> more = {}) {
        put("draft.txt", run({"campaign", "review", "shops", "--show", "1"}).out);
        std::vector<std::string> all = {
            "campaign", "review", "shops", "--edit", "1", "--file", "draft.txt"
        };
        all.insert(all.end(), more.begin(), more.end());
        return run(all);
    }

    const std::string line_ = "it is long: " + std::string(3000, 'x') + " and ends";
};

TEST_F(CampaignReview, AnUntouchedFileChangesNothing) {
    edit_as_shown();
    const std::string first = body();
    EXPECT_THAT(first, HasSubstr("Hi Ann,\n\n" + line_ + "\n\n"));  // the footer is behind it
    edit_as_shown();
    EXPECT_EQ(body(), first);
}

TEST_F(CampaignReview, AnHtmlBodyIsNotDroppedUnasked) {
    edit_store("UPDATE email_drafts SET html_body = '<p>Hi Ann, all of it</p>'");
    const Outcome shown = run({"campaign", "review", "shops", "--show", "1"});
    EXPECT_THAT(shown.out, Not(HasSubstr("HTML")));
    EXPECT_THAT(shown.err, HasSubstr("It has an HTML body too"));
    const Outcome refused = edit_as_shown();
    EXPECT_EQ(refused.exit_code, 2);
    EXPECT_THAT(refused.err, HasSubstr("--drop-html"));
    EXPECT_THAT(everything(), HasSubstr("<p>Hi Ann, all of it</p>"));
    edit_as_shown({"--drop-html"});
    EXPECT_THAT(everything(), Not(HasSubstr("<p>Hi Ann, all of it</p>")));
    EXPECT_THAT(body(), HasSubstr(line_));
}

}  // namespace
}  // namespace e2e
