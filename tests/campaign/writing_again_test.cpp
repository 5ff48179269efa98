// Drafts whose writing was held up: taken over, overtaken by a person, by an erased lead, or by a
// campaign or lead that can't be written to.
#include "campaign/lead_store.h"
#include "campaign/pregenerate.h"
#include "campaign/writing_plan.h"
#include "tests/campaign/writing_world.h"

namespace tests {
namespace {

using campaign::DraftWriter;
using testing::ElementsAre;
using testing::HasSubstr;

class WritingAgainTest : public WritingTest {
  protected:
    campaign::Pregenerated fill(int capacity) {
        return world.run(campaign::pregenerate(world.context(), {.capacity = capacity}));
    }
    // What a worker read before it asked the model.
    campaign::WritingPlan plan_of(std::int64_t lead) {
        const campaign::Limits limits = world.limits;
        const base::Timestamp now = world.loop.now();
        const auto plan = world.as(store::Role::campaign, [=](store::Connection& connection) {
            return campaign::plan_writing(connection, lead, 0, limits, now);
        });
        EXPECT_TRUE(plan) << plan.error().describe();
        return plan.value_or(campaign::WritingPlan());
    }
    // What it does with the answer.
    base::Result<campaign::StoredDraft> store_late(
        const campaign::WritingPlan& plan,
        const campaign::WrittenDraft& written =
            {{"A late subject", "Hi Anna,\n\nthis comes late, does it not?", std::nullopt},
             "model",
             {}}
    ) {
        const base::Timestamp now = world.loop.now();
        return world.as(store::Role::campaign, [=](store::Connection& connection) {
            return campaign::store_draft(connection, plan, written, std::nullopt, true, now);
        });
    }
    // A draft whose first try was refused and whose second never came.
    std::int64_t begun_draft(std::int64_t lead) {
        write_by_model();
        world.model.mood = ScriptedModel::Mood::writes;
        world.model.answer = [this](const llm::Question&) {
            world.model.mood = ScriptedModel::Mood::times_out;
            return mail("A question", "Hi Peter,\n\nwe know each other since long, do we not?");
        };
        EXPECT_EQ(write(lead).error().code, base::ErrorCode::timed_out);
        world.model.mood = ScriptedModel::Mood::writes;
        world.model.answer = good_mail;
        EXPECT_EQ(world.drafts().back().status, "generating");
        return world.drafts().back().id;
    }
};

TEST_F(WritingAgainTest, AModelThatFallsSilentLeavesADraftThatIsTakenOver) {
    const std::int64_t begun = begun_draft(first);
    const auto done = fill(1);
    EXPECT_EQ(done.ready, 1) << done.stopped;
    ASSERT_EQ(world.drafts().size(), 1U);
    EXPECT_EQ(draft(begun).status, "ready_to_send");
    EXPECT_EQ(draft(begun).rewrites, 1);
    world.look();
    EXPECT_EQ(world.pass().sent, 1);
    EXPECT_EQ(draft(begun).status, "sent");
}

TEST_F(WritingAgainTest, ADraftThatWasBegunTakesNoPlaceInTheStock) {
    begun_draft(world.leads().back().id);
    EXPECT_EQ(fill(3).ready, 3);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM email_drafts WHERE status = 'ready_to_send'"), 3);
}

TEST_F(WritingAgainTest, APersonsWordStandsAgainstALateText) {
    DraftWriter writer(world.context());
    const std::int64_t rejected = begun_draft(first);
    const campaign::WritingPlan late = plan_of(first);
    ASSERT_TRUE(world.run(writer.reject(rejected, "not our customer", "Eva")));
    auto stored = store_late(late);
    ASSERT_TRUE(stored) << stored.error().describe();
    EXPECT_EQ(stored->status, "rejected");
    EXPECT_EQ(draft(rejected).status, "rejected");
    EXPECT_THAT(draft(rejected).error_message.value_or(""), HasSubstr("not our customer"));

    const std::int64_t edited = begun_draft(first + 1);
    const campaign::WritingPlan later = plan_of(first + 1);
    const campaign::DraftText text{"By hand", "Hi Anna,\n\nthis is by my own hand.", std::nullopt};
    ASSERT_EQ(world.run(writer.edit(edited, text, "Eva"))->status, "ready_to_send");
    ASSERT_TRUE(store_late(later));
    EXPECT_EQ(draft(edited).subject, "By hand");
    EXPECT_EQ(draft(edited).written_by, "person");
    campaign::WrittenDraft impossible;
    impossible.impossible = "{{company}} is empty";
    ASSERT_TRUE(store_late(later, impossible));
    EXPECT_EQ(draft(edited).status, "ready_to_send");
}

TEST_F(WritingAgainTest, OfTwoWorkersThatTakeOverOneStores) {
    const std::int64_t begun = begun_draft(first);
    const campaign::WritingPlan slow = plan_of(first);
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::campaign, [=](store::Connection& connection) {
        return campaign::edit_draft(connection, begun, {"s", "b", std::nullopt}, "model", "", now);
    });
    EXPECT_EQ(store_late(slow).error().code, base::ErrorCode::conflict);
    EXPECT_EQ(draft(begun).subject, "s");
    world.change("DELETE FROM email_drafts");
    EXPECT_EQ(store_late(slow).error().code, base::ErrorCode::conflict);
    EXPECT_TRUE(world.drafts().empty());
}

TEST_F(WritingAgainTest, NothingIsStoredOfALeadThatLeftMeanwhile) {
    write_by_model();
    for (const std::string change :
         {"status = 'erased', email = '', name = ''",
          "status = 'unsubscribed'",
          "email = 'other@x.test'"}) {
        world.change("UPDATE leads SET status = 'ready', email = 'anna@x.test'");
        const campaign::WritingPlan plan = plan_of(first);
        world.change("UPDATE leads SET " + change);
        const auto stored = store_late(plan);
        EXPECT_FALSE(stored) << change;
        if (!stored) EXPECT_EQ(stored.error().code, base::ErrorCode::conflict) << change;
        EXPECT_TRUE(world.drafts().empty()) << change;
    }
}

TEST_F(WritingAgainTest, NobodyIsAskedAboutAMailThatCannotBeWritten) {
    campaign::Settings settings = world.settings;
    settings.model_review = true;
    world.set_settings(settings);
    add_text(0, "A question for {{company}}", kBody);
    world.change("UPDATE leads SET company = '' WHERE id = " + std::to_string(first));
    const auto id = write(first);
    ASSERT_TRUE(id);
    EXPECT_EQ(draft(*id).status, "rejected");
    EXPECT_TRUE(world.model.questions.empty());
}

TEST_F(WritingAgainTest, AnEditLeavesARejectedDraftAloneWhereAnotherLives) {
    add_text(0, "A question for {{company}}", kBody);
    DraftWriter writer(world.context());
    const std::int64_t old = write(first).value_or(0);
    ASSERT_TRUE(world.run(writer.reject(old, "too stiff", "Eva")));
    const std::int64_t living = write(first).value_or(0);
    ASSERT_NE(living, old);
    const campaign::DraftText text{"By hand", "Hi Anna,\n\nthis is by my own hand.", std::nullopt};
    EXPECT_EQ(world.run(writer.edit(old, text, "Eva")).error().code, base::ErrorCode::conflict);
    EXPECT_EQ(draft(old).status, "rejected");
    EXPECT_EQ(draft(living).status, "ready_to_send");
}

TEST_F(WritingAgainTest, AThreadWhoseFirstSubjectBeginsWithReGoesOn) {
    add_text(0, "A question for {{company}}", kBody);
    add_text(
        1,
        "",
        "Hi {{first_name}},\n\njust in case my first mail got lost.\n\n"
        "Best regards,\n{{sender_name}}"
    );
    ASSERT_TRUE(write(first));
    world.look();
    ASSERT_EQ(world.pass().sent, 1);
    // As an import brings it: nobody can tell what it answered.
    world.change("UPDATE emails_campaign SET subject = 'Re: our talk'");
    world.look();
    const auto id = write(first, 1);
    ASSERT_TRUE(id) << id.error().describe();
    EXPECT_EQ(draft(*id).subject, "Re: Re: our talk");
    EXPECT_EQ(draft(*id).status, "ready_to_send") << draft(*id).review;
}

TEST_F(WritingAgainTest, ACampaignWithoutTextsHoldsNoOtherUp) {
    add_text(0, "A question for {{company}}", kBody);
    const campaign::Settings settings = world.settings;
    const base::Timestamp now = world.loop.now();
    world.as(store::Role::campaign, [=](store::Connection& connection) {
        for (const char* name : {"No text", "No address"}) {
            campaign::Settings own = settings;
            if (std::string(name) == "No address") own.postal_address = "";
            const auto id = campaign::create_campaign(connection, name, own, {}, now);
            campaign::set_campaign_status(connection, *id, "active", "", now);
            campaign::Lead lead;
            lead.campaign_id = *id;
            lead.email = lead.email_key = std::string(name, 5) + "@x.test";
            lead.status = "ready";
            lead.created_at = now;
            campaign::add_lead(connection, lead);
        }
    });
    const auto done = fill(100);
    EXPECT_EQ(done.ready, 4);
    EXPECT_EQ(done.left_out, 0);
    EXPECT_NE(done.stopped, "");
}

TEST_F(WritingAgainTest, ALeadWhoseQuestionIsRefusedStandsBack) {
    write_by_model();
    const std::string company = world.leads().front().company;
    world.model.answer = [&](const llm::Question& question) {
        return question.user.find(company) == std::string::npos ? good_mail(question)
                                                                : std::string("{}");
    };
    auto done = fill(1);
    EXPECT_EQ(done.left_out, 1);
    EXPECT_EQ(done.stopped, "");
    done = fill(1);
    EXPECT_EQ(done.ready, 1);
    EXPECT_EQ(fill(100).ready, 2);
    EXPECT_EQ(fill(100).left_out, 0);
    const std::size_t asked = world.model.questions.size();
    EXPECT_EQ(asked, 4U);
    world.go_on(std::chrono::hours(2));
    EXPECT_EQ(fill(100).left_out, 1);
    // A person who asks gets another try at once, after the others.
    campaign::Pregeneration what;
    what.only = world.campaign_id;
    what.count = 5;
    EXPECT_EQ(world.run(campaign::pregenerate(world.context(), what)).left_out, 1);
}

TEST_F(WritingAgainTest, AModelThatRefusesEverythingEndsTheRound) {
    for (int i = 0; i < 4; ++i) {
        const std::int64_t lead =
            world.add_lead("more" + std::to_string(i) + "@more.test", "", false);
        world.change(
            "UPDATE leads SET name = 'Anna More', company = 'Firm Molm' WHERE id = " +
            std::to_string(lead)
        );
    }
    write_by_model();
    world.model.mood = ScriptedModel::Mood::refuses;
    const auto done = fill(100);
    EXPECT_EQ(done.left_out, 5);
    EXPECT_EQ(world.model.questions.size(), 5U);
    EXPECT_THAT(done.stopped, HasSubstr("refused"));
}

}  // namespace
}  // namespace tests
