#include "campaign/review_gate.h"

#include <map>
#include <set>

#include "base/check.h"
#include "base/text.h"
#include "campaign/draft_store.h"
#include "campaign/test_drafts.h"
#include "campaign/test_store.h"

namespace campaign {
namespace {

using testing::HasSubstr;

constexpr int kDrafts = 1000;

struct Case {
    Lead lead;
    Settings settings;
    test::GoodDraft draft;
    std::optional<std::string> html_body = std::nullopt;
    const Lead* other = nullptr;  // another lead of the same campaign
};

std::string first_of(const Lead& lead) { return first_name_of(lead.name); }

bool share_a_word(const Lead& left, const Lead& right) {
    const std::string words = left.name + " " + left.company;
    for (const std::string& word : base::split(right.name + " " + right.company, ' '))
        if (words.find(word) != std::string::npos) return true;
    return false;
}

void replace(std::string& text, std::string_view from, std::string_view to) {
    text = base::replace_all(std::move(text), from, to);
}

// Before the closing: where a sentence more would stand.
void say(Case& one, const std::string& sentence) {
    const std::size_t at = one.draft.body.find("\n\n");
    one.draft.body.insert(at, "\n\n" + sentence);
}

using Mutation = std::pair<const char*, std::function<void(Case&)>>;

const std::vector<Mutation>& mutations() {
    static const std::vector<Mutation> all = {
        {"a field was not filled",
         [](Case& c) { replace(c.draft.body, c.lead.company, "{{company}}"); }},
        {"half a field", [](Case& c) { say(c, "We know {{company."); }},
        {"half a variation", [](Case& c) { say(c, "{Hi|Hello you."); }},
        {"a stray brace", [](Case& c) { c.draft.subject += " }"; }},
        {"another tool's field", [](Case& c) { say(c, "We know *|COMPANY|* well."); }},
        {"a percent field", [](Case& c) { replace(c.draft.body, c.lead.company, "%COMPANY%"); }},
        {"no first name",
         [](Case& c) {
             const std::size_t at = c.draft.body.find(",\n");
             c.draft.body = "Hi " + c.draft.body.substr(at);
         }},
        {"no company", [](Case& c) { replace(c.draft.body, c.lead.company, ""); }},
        {"null", [](Case& c) { say(c, "We like undefined a lot."); }},
        {"greets another lead",
         [](Case& c) {
             const std::size_t at = c.draft.body.find(",\n");
             c.draft.body = "Hi " + first_of(*c.other) + c.draft.body.substr(at);
         }},
        {"greets a stranger",
         [](Case& c) {
             const std::size_t at = c.draft.body.find(",\n");
             c.draft.body = "Hallo Wolfgang" + c.draft.body.substr(at);
         }},
        {"calls a stranger", [](Case& c) { say(c, "Wolfgang, what do you think of it?"); }},
        {"another lead's company",
         [](Case& c) {
             replace(c.draft.body, c.lead.company, c.other->company);
             say(c, "We wrote to " + c.other->company + " before.");
         }},
        {"another lead's company in the subject",
         [](Case& c) { c.draft.subject = c.other->company; }},
        {"another lead's name", [](Case& c) { say(c, "We met " + c.other->name + " there."); }},
        {"an invented company", [](Case& c) { say(c, "So does Initech GmbH since long."); }},
        {"signed by another",
         [](Case& c) { replace(c.draft.body, "\nEva Lindner\nPapierlos\n", "\nJohn Miller\n"); }},
        {"too short", [](Case& c) { c.draft.body = append_footer("Hi.", c.settings).value_or(""); }
        },
        {"too long", [](Case& c) { say(c, std::string(2600, 'a')); }},
        {"no subject", [](Case& c) { c.draft.subject = " "; }},
        {"a header in the subject", [](Case& c) { c.draft.subject += "\r\nBcc: a@b.test"; }},
        {"a banned phrase", [](Case& c) { say(c, "Act now!"); }},
        {"the campaign's banned phrase", [](Case& c) { say(c, "This is no Cold Outreach."); }},
        {"a foreign link", [](Case& c) { say(c, "See https://evil.example/x now"); }},
        {"a bare foreign domain", [](Case& c) { say(c, "See evil.com now"); }},
        {"a link changed by a letter", [](Case& c) { say(c, "See https://papierlos.example/demp"); }
        },
        {"too many links",
         [](Case& c) { say(c, "See https://papierlos.example/demo and papierlos.example/demo"); }},
        {"an invented number", [](Case& c) { say(c, "It saves 38 % of all costs."); }},
        {"a changed number", [](Case& c) { say(c, "It saves 8 hours."); }},
        {"no way out",
         [](Case& c) {
             replace(c.draft.body, opt_out_sentence(c.settings.language).value_or("?"), "");
         }},
        {"a way out in another language",
         [](Case& c) {
             const bool swedish = c.settings.language == "sv";
             replace(
                 c.draft.body,
                 opt_out_sentence(c.settings.language).value_or("?"),
                 opt_out_sentence(swedish ? "da" : "sv").value_or("")
             );
         }},
        {"no address", [](Case& c) { replace(c.draft.body, c.settings.postal_address, ""); }},
        {"another address",
         [](Case& c) { replace(c.draft.body, "Hauptstraße 12", "Hauptstraße 13"); }},
        {"a false Re:", [](Case& c) { c.draft.subject = "Re: " + c.draft.subject; }},
        {"a false AW:", [](Case& c) { c.draft.subject = "AW: " + c.draft.subject; }},
        {"a model speaks", [](Case& c) { say(c, "As an AI language model I can't know."); }},
        {"a model's placeholder",
         [](Case& c) { replace(c.draft.body, "Eva Lindner", "[Your Name]"); }},
        {"a control character",
         [](Case& c) { c.draft.body.insert(c.draft.body.find('\n'), "\x07"); }},
        {"a hidden character",
         [](Case& c) { c.draft.body.insert(c.draft.body.find('\n'), "\u200b"); }},
        {"text turned around", [](Case& c) { say(c, "See \u202egpj.exe now"); }},
        {"a letter of another alphabet", [](Case& c) { say(c, "We like P\u0430pier a lot."); }},
        {"a tracking pixel",
         [](Case& c) {
             c.html_body = append_html_footer(
                               "<p>Hi</p><img src=\"https://papierlos.example/p.gif\">", c.settings
             )
                               .value_or("");
         }},
    };
    return all;
}

class ReviewGateTest : public test::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        for (const test::LanguageTexts& texts : test::language_texts())
            campaigns_.push_back(add_campaign(texts.language, test::good_settings(texts.language)));
        for (int i = 0; i < kDrafts; ++i) {
            Lead lead = test::good_lead(i + 1, random_);
            lead.campaign_id = campaigns_[static_cast<std::size_t>(i) % campaigns_.size()];
            lead.id = put_lead(lead);
            leads_.push_back(lead);
        }
    }

    Case good_case(std::size_t i) {
        const auto& texts = test::language_texts()[i % campaigns_.size()];
        Case one{leads_[i], test::good_settings(texts.language), {}};
        one.draft = test::good_draft(one.lead, texts, one.settings, random_);
        for (std::size_t j = i + campaigns_.size();; j += campaigns_.size()) {
            one.other = &leads_[j % leads_.size()];
            if (!share_a_word(one.lead, *one.other)) break;
        }
        return one;
    }

    std::int64_t put(const Case& one) {
        NewDraft draft;
        draft.lead_id = one.lead.id;
        draft.campaign_id = *one.lead.campaign_id;
        draft.to_email = one.lead.email;
        draft.to_name = one.lead.name;
        draft.subject = one.draft.subject;
        draft.body = one.draft.body;
        draft.html_body = one.html_body;
        draft.written_by = "model";
        return run([draft, at = now()](store::Connection& connection) {
            return insert_draft(connection, draft, at);
        });
    }
    base::Result<Released> release(std::int64_t id, const Release& how = {}) {
        return run([id, how, at = now()](store::Connection& connection) {
            return review_and_release(connection, id, how, at);
        });
    }
    std::string status(std::int64_t id) {
        return text(
            "SELECT status FROM email_drafts WHERE id = :id ORDER BY id", store::values(id)
        );
    }

    base::SeededRandom random_{4711};
    std::vector<std::int64_t> campaigns_;
    std::vector<Lead> leads_;
};

TEST_F(ReviewGateTest, LetsGoodDraftsThrough) {
    int passed = 0;
    for (std::size_t i = 0; i < kDrafts; ++i) {
        const Case one = good_case(i);
        const auto released = release(put(one));
        ASSERT_TRUE(released);
        if (released->status == "ready_to_send")
            ++passed;
        else
            ADD_FAILURE() << one.draft.subject << "\n"
                          << one.draft.body << "\n"
                          << findings_in_words(released->review.findings);
    }
    EXPECT_GE(passed, kDrafts * 99 / 100);
    EXPECT_EQ(
        integer(
            "SELECT COUNT(*) FROM email_drafts WHERE status = 'ready_to_send' AND review_passed = 1"
        ),
        passed
    );
}

TEST_F(ReviewGateTest, LetsNoMutatedDraftThrough) {
    std::map<std::string, int> tried;
    for (std::size_t i = 0; i < kDrafts; ++i) {
        const auto& [name, mutate] = mutations()[i % mutations().size()];
        Case one = good_case(i);
        const std::string before = one.draft.subject + one.draft.body;
        mutate(one);
        ASSERT_TRUE(one.html_body || one.draft.subject + one.draft.body != before) << name;
        const std::int64_t id = put(one);
        const auto released = release(id);
        ASSERT_TRUE(released);
        EXPECT_EQ(status(id), "rejected") << name << "\n"
                                          << one.draft.subject << "\n"
                                          << one.draft.body;
        ++tried[name];
    }
    for (const auto& [name, mutate] : mutations()) EXPECT_GE(tried[name], 20) << name;
    EXPECT_EQ(integer("SELECT COUNT(*) FROM email_drafts WHERE status = 'ready_to_send'"), 0);
}

TEST_F(ReviewGateTest, LetsNoBrokenRuleThroughByApproval) {
    for (std::size_t i = 0; i < mutations().size(); ++i) {
        const auto& [name, mutate] = mutations()[i];
        if (std::string_view(name) == "calls a stranger") continue;  // costs points only
        Case one = good_case(i);
        mutate(one);
        const std::int64_t id = put(one);
        ASSERT_TRUE(release(id));
        ASSERT_TRUE(release(id, {.opinion = {}, .approved_by = "Eva", .reject = true}));
        EXPECT_EQ(status(id), "rejected") << name;
    }
}

TEST_F(ReviewGateTest, APersonLiftsALowScore) {
    Case one = good_case(0);
    say(one, "Wolfgang, what do you think of it?");
    const std::int64_t id = put(one);
    ASSERT_EQ(release(id)->status, "rejected");
    const auto approved = release(id, {.opinion = {}, .approved_by = "Eva", .reject = true});
    EXPECT_EQ(approved->status, "ready_to_send");
    EXPECT_EQ(approved->review.score, kScorePassed);
    EXPECT_EQ(text("SELECT approved_by FROM email_drafts ORDER BY id"), "Eva");
    // The approval stands while the text does, and goes with it.
    ASSERT_EQ(release(id)->status, "ready_to_send");
    const auto edited = run([id, one, at = now()](store::Connection& connection) {
        return edit_draft(
            connection, id, {"Another subject", one.draft.body, std::nullopt}, "person", "Eva", at
        );
    });
    ASSERT_TRUE(edited);
    EXPECT_EQ(status(id), "generating");
    EXPECT_EQ(release(id)->status, "rejected");
}

TEST_F(ReviewGateTest, LeavesOtherStatusesAlone) {
    const std::int64_t id = put(good_case(0));
    for (const char* other : {"claimed", "sent", "failed", "in_doubt", "cancelled"}) {
        execute("UPDATE email_drafts SET status = :s WHERE id = :id", store::values(other, id));
        const auto released = release(id);
        ASSERT_FALSE(released);
        EXPECT_EQ(released.error().code, base::ErrorCode::conflict);
        EXPECT_EQ(status(id), other);
    }
    EXPECT_EQ(release(987654).error().code, base::ErrorCode::not_found);
}

TEST_F(ReviewGateTest, ReleasesOneDraftOfAMail) {
    const std::int64_t first = put(good_case(0));
    ASSERT_TRUE(release(first));
    const std::int64_t second = put(good_case(0));
    EXPECT_FALSE(release(second));
    EXPECT_EQ(status(second), "generating");
}

TEST_F(ReviewGateTest, HoldsBackDraftsWhoseLeadChanged) {
    Case one = good_case(0);
    const std::int64_t id = put(one);
    ASSERT_EQ(release(id)->status, "ready_to_send");
    execute(
        "UPDATE leads SET name = 'Otto Zimmermann', company = 'Zett' WHERE id = :id",
        store::values(one.lead.id)
    );
    EXPECT_EQ(release(id)->status, "rejected");
    execute("UPDATE leads SET email = 'other@x.test' WHERE id = :id", store::values(one.lead.id));
    EXPECT_THAT(findings_in_words(release(id)->review.findings), HasSubstr("another address"));
}

TEST_F(ReviewGateTest, NamesWhatIsDueForReview) {
    const std::int64_t fresh = put(good_case(0));
    ASSERT_TRUE(release(fresh));
    const std::int64_t imported = put(good_case(1));
    execute(
        "UPDATE email_drafts SET status = 'ready_to_send', written_by = 'import' WHERE id = :id",
        store::values(imported)
    );
    const auto due = [&] {
        return run([at = now()](store::Connection& connection) {
            return due_for_review(connection, at, 10);
        });
    };
    EXPECT_THAT(due(), testing::ElementsAre(imported));
    loop_.advance(kReviewValid - std::chrono::hours(1));
    EXPECT_THAT(due(), testing::ElementsAre(imported));
    loop_.advance(std::chrono::hours(2));
    EXPECT_THAT(due(), testing::ElementsAre(fresh, imported));
}

TEST_F(ReviewGateTest, TellsTheLedgerWithoutNames) {
    Case one = good_case(0);
    say(one, "So does Initech GmbH.");
    const std::int64_t id = put(one);
    ASSERT_TRUE(release(id));
    const std::string reason = text(
        "SELECT reason FROM ledger WHERE subject_kind = 'draft' AND decision = 'rejected' ORDER BY "
        "id"
    );
    EXPECT_EQ(reason, "wrong_company");
}

TEST_F(ReviewGateTest, IsTheOnlyDoor) {
    const std::int64_t id = put(good_case(0));
    EXPECT_THROW(
        run([id, at = now()](store::Connection& connection) {
            return set_draft_status(connection, id, "generating", "ready_to_send", "", at);
        }),
        base::BrokenInvariant
    );
    EXPECT_EQ(status(id), "generating");
}

}  // namespace
}  // namespace campaign
