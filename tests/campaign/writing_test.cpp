// The way of a draft in the world of the sandbox: written by template or model, reviewed, written
// again, released or rejected; kept in stock; a person's word; canary copies.
#include "campaign/canary.h"
#include "campaign/canary_sender.h"
#include "campaign/opt_out_words.h"
#include "campaign/pregenerate.h"
#include "tests/campaign/writing_world.h"

namespace tests {
namespace {

using campaign::DraftWriter;
using testing::HasSubstr;
using testing::Not;

TEST_F(WritingTest, ATemplateBecomesADraftThatIsReady) {
    add_text(0, "A question for {{company}}", kBody);
    const auto id = write(first);
    ASSERT_TRUE(id) << id.error().describe();
    const campaign::Draft made = draft(*id);
    EXPECT_EQ(made.status, "ready_to_send") << made.review;
    EXPECT_EQ(made.written_by, "template");
    EXPECT_EQ(made.quality_score, 100.0);
    EXPECT_TRUE(made.review_passed);
    EXPECT_EQ(made.variant, "a");
    EXPECT_THAT(made.subject, HasSubstr("Firm "));
    EXPECT_THAT(made.body, HasSubstr(*campaign::opt_out_sentence("en")));
    EXPECT_THAT(made.body, HasSubstr("1 Main Street"));
    EXPECT_EQ(write(first).value_or(0), *id);  // written once
    EXPECT_EQ(world.drafts().size(), 1U);
}

TEST_F(WritingTest, ALeadWithoutAValueGetsARejectedDraftThatSaysSo) {
    add_text(0, "A question for {{company}}", kBody);
    world.change("UPDATE leads SET company = 'n/a' WHERE id = " + std::to_string(first));
    const auto id = write(first);
    ASSERT_TRUE(id);
    EXPECT_EQ(draft(*id).status, "rejected");
    EXPECT_THAT(draft(*id).error_message.value_or(""), HasSubstr("{{company}}"));
    EXPECT_THAT(draft(*id).body, Not(HasSubstr("growing at")));
}

TEST_F(WritingTest, ABrokenTemplateOrCampaignIsAnErrorForAll) {
    const std::int64_t text = add_text(0, "A {question", kBody);
    EXPECT_THAT(write(first).error().message, HasSubstr("step 0, variant a, subject"));
    world.change("DELETE FROM campaign_texts WHERE id = " + std::to_string(text));
    EXPECT_EQ(write(first).error().code, base::ErrorCode::not_found);
    add_text(0, "A question for {{company}}", kBody);
    campaign::Settings settings = world.settings;
    settings.postal_address = "";
    world.set_settings(settings);
    EXPECT_THAT(write(first).error().message, HasSubstr("postal_address"));
    world.change("UPDATE leads SET status = 'replied' WHERE id = " + std::to_string(first));
    EXPECT_EQ(write(first).error().code, base::ErrorCode::conflict);
    EXPECT_TRUE(world.drafts().empty());
}

TEST_F(WritingTest, TheModelWritesFromAllowedFields) {
    write_by_model();
    world.model.answer = good_mail;
    const auto id = write(first);
    ASSERT_TRUE(id);
    const campaign::Draft made = draft(*id);
    EXPECT_EQ(made.status, "ready_to_send") << made.review;
    EXPECT_EQ(made.written_by, "model");
    EXPECT_THAT(made.body, HasSubstr("Best regards,\nAda Sender\n"));
    ASSERT_EQ(world.model.questions.size(), 1U);
    EXPECT_THAT(world.model.questions[0].user, Not(HasSubstr(world.leads().front().email)));
}

TEST_F(WritingTest, ARefusedDraftIsWrittenAgainWithTheReasonsAtMostTwice) {
    write_by_model();
    int asked = 0;
    world.model.answer = [&](const llm::Question& question) {
        if (++asked == 3) return good_mail(question);
        return mail("A question", "Hi Peter,\n\nwe can save you 90 % of all costs, believe me.");
    };
    auto id = write(first);
    ASSERT_TRUE(id);
    EXPECT_EQ(asked, 3);
    EXPECT_EQ(draft(*id).status, "ready_to_send");
    EXPECT_EQ(draft(*id).rewrites, 2);
    EXPECT_THAT(world.model.questions[1].user, HasSubstr("wrong_name"));
    EXPECT_THAT(world.model.questions[1].user, HasSubstr("unknown_number"));
    asked = -100;
    id = write(first + 1);
    ASSERT_TRUE(id);
    EXPECT_EQ(asked, -97);
    EXPECT_EQ(draft(*id).status, "rejected");
    EXPECT_THAT(draft(*id).error_message.value_or(""), HasSubstr("wrong_name"));
}

TEST_F(WritingTest, ASecondOpinionCountsWhereItIsAskedFor) {
    campaign::Settings settings = world.settings;
    settings.model_review = true;
    world.set_settings(settings);
    add_text(0, "A question for {{company}}", kBody);
    world.model.answer = [](const llm::Question& question) {
        EXPECT_EQ(question.schema_name, "campaign_opinion");
        return std::string(R"({"score":55,"reasons":["nobody would care"]})");
    };
    const auto low = write(first);
    ASSERT_TRUE(low);
    EXPECT_EQ(draft(*low).status, "rejected");
    EXPECT_THAT(draft(*low).error_message.value_or(""), HasSubstr("nobody would care"));
    world.model.mood = ScriptedModel::Mood::not_configured;  // holds nothing up
    const auto without = write(first + 1);
    ASSERT_TRUE(without);
    EXPECT_EQ(draft(*without).status, "ready_to_send");
}

TEST_F(WritingTest, FollowUpsGoOnInTheThreadAndKnowWhatWasSaid) {
    add_text(0, "A question for {{company}}", kBody);
    ASSERT_TRUE(write(first));
    world.look();
    ASSERT_EQ(world.pass().sent, 1);
    world.look();
    write_by_model();
    world.model.answer = [](const llm::Question& question) {
        EXPECT_THAT(question.user, HasSubstr("Our tool takes invoices off your team"));
        EXPECT_THAT(question.user, Not(HasSubstr("unsubscribe")));
        return mail(
            "ignored",
            "Hi Anna,\n\njust in case my first mail got lost: is it of any use to "
            "you?\n\nBest regards,"
        );
    };
    const auto id = write(first, 1);
    ASSERT_TRUE(id) << id.error().describe();
    const campaign::Draft made = draft(*id);
    EXPECT_EQ(made.status, "ready_to_send") << made.review;
    EXPECT_EQ(made.subject, "Re: " + world.mails()[0].subject);
    EXPECT_EQ(made.in_reply_to.value_or(""), "<" + world.mails()[0].message_id + ">");
    EXPECT_EQ(made.from_account.value_or(""), world.mails()[0].from_);
    EXPECT_EQ(made.followup_number, 1);
}

TEST_F(WritingTest, APersonApprovesEditsAndRejects) {
    add_text(0, "A question for {{company}}", kBody);
    DraftWriter writer(world.context());
    const std::int64_t id = write(first).value_or(0);
    ASSERT_TRUE(world.run(writer.reject(id, "too stiff", "Eva")));
    EXPECT_EQ(draft(id).status, "rejected");
    EXPECT_THAT(draft(id).error_message.value_or(""), HasSubstr("too stiff"));
    const auto bad = world.run(writer.edit(
        id, {"Subject", "Hi Peter,\n\nthis is for you and you alone.", std::nullopt}, "Eva"
    ));
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->status, "rejected");
    const auto good = world.run(writer.edit(
        id, {"Subject", "Hi Anna,\n\nthis is for you and you alone.  \n", std::nullopt}, "Eva"
    ));
    ASSERT_TRUE(good);
    EXPECT_EQ(good->status, "ready_to_send") << draft(id).review;
    EXPECT_EQ(draft(id).written_by, "person");
    EXPECT_THAT(draft(id).body, HasSubstr("1 Main Street"));
    world.change("UPDATE email_drafts SET status = 'sent'");
    EXPECT_FALSE(world.run(writer.approve(id, "Eva")));
    EXPECT_FALSE(world.run(writer.reject(id, "late", "Eva")));
}

// As a step of the same thread has none, the draft was rejected for its missing subject.
TEST_F(WritingTest, AStepWhoseThreadStaysUnknownGetsTheFirstSubject) {
    add_text(0, "A question for {{company}}", kBody);
    add_text(
        1, "", "Hi {{first_name}},\n\ndid you find the time?\n\nBest regards,\n{{sender_name}}"
    );
    ASSERT_TRUE(write(first));
    ASSERT_EQ(world.pass().sent, 1);
    world.go_on(std::chrono::hours(24 * 5));
    world.change("UPDATE emails_campaign SET provider_message_id = NULL");
    const auto id = write(first, 1);
    ASSERT_TRUE(id) << id.error().describe();
    const campaign::Draft made = draft(*id);
    EXPECT_EQ(made.status, "ready_to_send") << made.review;
    EXPECT_EQ(made.subject, world.mails()[0].subject);
    EXPECT_EQ(made.in_reply_to.value_or(""), "");
}

TEST_F(WritingTest, OldDraftsAreReviewedAgain) {
    add_text(0, "A question for {{company}}", kBody);
    const std::int64_t id = write(first).value_or(0);
    DraftWriter writer(world.context());
    EXPECT_EQ(world.run(writer.review_again(10)), 0);
    world.go_on(campaign::kReviewValid + std::chrono::hours(1));
    world.change("UPDATE leads SET name = 'Otto Zett' WHERE id = " + std::to_string(first));
    EXPECT_EQ(world.run(writer.review_again(10)), 1);
    EXPECT_EQ(draft(id).status, "rejected");
    EXPECT_EQ(world.run(writer.review_again(10)), 0);
}

TEST_F(WritingTest, TheStockIsFilledForWhatCanBeSent) {
    add_text(0, "A question for {{company}}", kBody);
    auto done = world.run(campaign::pregenerate(world.context(), {.capacity = 3}));
    EXPECT_EQ(done.ready, 3);
    EXPECT_EQ(done.stopped, "");
    done = world.run(campaign::pregenerate(world.context(), {.capacity = 3}));
    EXPECT_EQ(done.ready, 0);
    done = world.run(campaign::pregenerate(world.context(), {.capacity = 100}));
    EXPECT_EQ(done.ready, 1);  // no more leads
}

TEST_F(WritingTest, TheDayHasItsLimitAndTheModelsSilenceEndsARound) {
    write_by_model();
    world.model.answer = good_mail;
    world.limits.drafts_per_day = 2;
    EXPECT_EQ(world.run(campaign::pregenerate(world.context(), {.capacity = 100})).ready, 2);
    const auto full = world.run(campaign::pregenerate(world.context(), {.capacity = 100}));
    EXPECT_EQ(full.ready, 0);
    EXPECT_THAT(full.stopped, HasSubstr("2 new drafts of the day"));
    world.limits.drafts_per_day = 300;
    world.model.mood = ScriptedModel::Mood::not_configured;
    const auto silent = world.run(campaign::pregenerate(world.context(), {.capacity = 100}));
    EXPECT_EQ(silent.ready, 0);
    EXPECT_THAT(silent.stopped, HasSubstr("not set"));
    EXPECT_EQ(world.model.questions.size(), 3U);
}

TEST_F(WritingTest, RejectedLeadsAreWrittenAgainWhenTold) {
    add_text(0, "A question for {{company}}", kBody);
    world.change("UPDATE leads SET company = '' WHERE id = " + std::to_string(first));
    campaign::Pregeneration what;
    what.only = world.campaign_id;
    what.count = 10;
    EXPECT_EQ(world.run(campaign::pregenerate(world.context(), what)).rejected, 1);
    EXPECT_EQ(world.run(campaign::pregenerate(world.context(), what)).rejected, 0);
    world.change("UPDATE leads SET company = 'Firm Xolm' WHERE id = " + std::to_string(first));
    what.again = true;
    EXPECT_EQ(world.run(campaign::pregenerate(world.context(), what)).ready, 1);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM email_drafts WHERE status = 'cancelled'"), 1);
}

TEST_F(WritingTest, NothingLeavesBeforeItsTextWasFoundOutsideSpam) {
    add_text(0, "A question for {{company}}", kBody);
    world.change("UPDATE campaign_texts SET canary = ''");
    world.add_mailbox("seed@gmail-like.test", mailbox::Role::seed);
    ASSERT_TRUE(write(first));
    world.look();
    EXPECT_EQ(world.pass().sent, 0);
    ASSERT_EQ(world.mails().size(), 1U);  // the copy
    EXPECT_EQ(world.mails()[0].to_, "seed@gmail-like.test");
    EXPECT_THAT(world.drafts()[0].wait_reason, HasSubstr("outside spam"));
    const std::int64_t email = world.mails()[0].id;
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::campaign, [=](store::Connection& connection) {
        return campaign::record_canary_placement(connection, email, "inbox", now);
    });
    world.go_on(std::chrono::minutes(30));
    world.look();
    EXPECT_EQ(world.pass().sent, 1);
}

TEST_F(WritingTest, OldDraftsAreReviewedBeforeTheyLeave) {
    add_text(0, "A question for {{company}}", kBody);
    const std::int64_t old = write(first).value_or(0);
    const std::int64_t changed = write(first + 1).value_or(0);
    world.change("UPDATE leads SET name = 'Otto Zett' WHERE id = " + std::to_string(first + 1));
    world.go_on(campaign::kReviewValid + std::chrono::hours(1));
    world.look();
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(draft(old).status, "sent");
    EXPECT_EQ(draft(changed).status, "rejected");
}

TEST_F(WritingTest, CanaryCopiesGoToTheSeedMailboxes) {
    const std::int64_t text = add_text(0, "A question for {{company}}", kBody);
    world.change("UPDATE campaign_texts SET canary = ''");
    world.add_mailbox("seed@gmail-like.test", mailbox::Role::seed);
    const auto unsubscribe =
        [](const base::Email&, const base::Email&, std::string_view, std::int64_t, base::Timestamp
        ) { return std::vector<std::pair<std::string, std::string>>(); };
    const auto sent = world.run(campaign::send_canaries(world.context(), unsubscribe));
    EXPECT_EQ(sent.sent, 1) << (sent.problems.empty() ? "" : sent.problems[0]);
    ASSERT_EQ(world.mails().size(), 1U);
    EXPECT_EQ(world.mails()[0].to_, "seed@gmail-like.test");
    EXPECT_EQ(world.mails()[0].status, "accepted");
    EXPECT_EQ(world.mails()[0].lead_id, 0);
    EXPECT_EQ(world.mails()[0].send_key, campaign::canary_send_key(text, 3));
    EXPECT_EQ(world.run(campaign::send_canaries(world.context(), unsubscribe)).sent, 0);
    const std::int64_t email = world.mails()[0].id;
    const base::Timestamp now = world.loop.now();
    EXPECT_TRUE(world.as(store::Role::campaign, [=](store::Connection& connection) {
        return campaign::record_canary_placement(connection, email, "inbox", now);
    }));
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM campaign_texts WHERE canary = 'clear'"), 1);
}

}  // namespace
}  // namespace tests
