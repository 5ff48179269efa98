// Where the texts of a cycle come from: the model, and visibly the grammar where it does not
// deliver.
#include "mime/message.h"
#include "tests/warmup/warmup_world.h"
#include "warmup/text_rules.h"

namespace {

using tests::EmailRow;
using tests::ScriptedModel;
using tests::WarmupWorld;

std::map<std::string, int> by_origin(WarmupWorld& world) {
    std::map<std::string, int> counts;
    for (const warmup::Template& one : world.templates()) ++counts[one.generated_via];
    return counts;
}

std::string text_of(const sandbox::Delivered& mail) { return mime::read_message(mail.raw).text; }

// Delivered openings by recipient; fails where one text went twice to the same one.
void expect_no_text_twice_to_one_seed(WarmupWorld& world) {
    std::set<std::string> openings;
    for (const EmailRow& row : world.openings()) openings.insert(row.message_id);
    std::set<std::pair<std::string, std::string>> seen;
    for (const sandbox::Delivered& mail : world.world.delivered())
        if (openings.contains(mail.message_id))
            EXPECT_TRUE(seen.insert({mail.to.str(), text_of(mail)}).second) << text_of(mail);
}

}  // namespace

TEST(WarmupTexts, ADaysTemplatesAreMadeOnceByTheModel) {
    WarmupWorld world;
    for (int cycle = 0; cycle < 3; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"groq", 5}}));
    EXPECT_EQ(world.model.questions_about("warmup_templates").size(), 1U);
    world.pass(std::chrono::hours(24));
    world.cycle();
    EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"groq", 10}}));
    EXPECT_EQ(world.warnings("local grammar"), 0);
}

TEST(WarmupTexts, TodayIsADayOfTheConfiguredZone) {
    WarmupWorld world;  // 08:00 UTC is 17:00 in Tokyo
    world.settings.zone = base::TimeZone::find("Asia/Tokyo").value();
    world.cycle();
    world.pass(std::chrono::hours(8));  // 16:00 UTC, 01:00 of the next day there
    world.cycle();
    EXPECT_EQ(world.templates().size(), 10U);
}

TEST(WarmupTexts, WhateverTheModelDoesTheCycleGoesOnWithTheGrammarAndSaysSo) {
    struct Case {
        ScriptedModel::Mood mood;
        const char* reason;
    };
    for (const Case& one :
         {Case{ScriptedModel::Mood::refuses, "the model refused"},
          Case{ScriptedModel::Mood::times_out, "no answer in 120 s"},
          Case{ScriptedModel::Mood::talks_nonsense, "nonsense"},
          Case{ScriptedModel::Mood::not_configured, "GROQ_API_KEY is not set"}}) {
        SCOPED_TRACE(one.reason);
        WarmupWorld world;
        world.model.mood = one.mood;
        const warmup::CycleResult result = world.cycle();
        EXPECT_EQ(result.sent, 3);
        EXPECT_EQ(result.replies, 3);
        EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"fallback", 5}}));
        EXPECT_GT(world.warnings("templates come from the local grammar"), 0);
        EXPECT_GT(world.warnings("a reply comes from the local grammar"), 0);
        EXPECT_GT(world.warnings(one.reason), 0);
        for (const warmup::Template& text : world.templates())
            EXPECT_EQ(warmup::advertising_problem(text.subject + "\n" + text.body), std::nullopt);

        // The next cycle asks again.
        world.model.mood = ScriptedModel::Mood::writes;
        world.pass(std::chrono::hours(4));
        world.cycle();
        EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"fallback", 5}, {"groq", 5}}));
        expect_no_text_twice_to_one_seed(world);
    }
}

TEST(WarmupTexts, FallbackTextsAreNotPiledUpWhileTheModelIsAway) {
    WarmupWorld world;
    world.model.mood = ScriptedModel::Mood::refuses;
    for (int cycle = 0; cycle < 3; ++cycle) {
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"fallback", 5}}));
    EXPECT_EQ(world.model.questions_about("warmup_templates").size(), 3U);
}

TEST(WarmupTexts, ASilentModelIsNotWaitedForByEveryReply) {
    WarmupWorld world({.senders = 8, .gmail = 1, .outlook = 0});
    world.model.mood = ScriptedModel::Mood::times_out;
    const base::MonotonicTime begun = world.loop.monotonic();
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.replies, 8);
    EXPECT_LT(world.loop.monotonic() - begun, std::chrono::minutes(10));
    EXPECT_EQ(world.model.questions_about("warmup_reply").size(), 1U);
}

TEST(WarmupTexts, NonsenseToOneQuestionDoesNotSilenceTheModel) {
    WarmupWorld world({.senders = 4, .gmail = 1, .outlook = 0});
    world.cycle();
    world.model.mood = ScriptedModel::Mood::talks_nonsense;
    world.pass(std::chrono::hours(4));
    world.cycle();
    EXPECT_EQ(world.model.questions_about("warmup_reply").size(), 8U);
}

TEST(WarmupTexts, MalformedTemplatesAreNeverStored) {
    WarmupWorld world;
    world.model.answer = [](const llm::Question& question) -> std::string {
        if (question.schema_name == "warmup_reply") return R"({"body":"That suits me well."})";
        return R"({"templates":[
            {"subject":"","body":"Hello, this one has no subject at all."},
            {"subject":"Hi {{name}}","body":"Hello, how was the trip of last week?"},
            {"subject":"A list","body":"Hello [Your Name], how was the trip of last week?"},
            {"subject":"A link","body":"Hello, have you seen https://example.com by now?"},
            {"subject":"Short","body":"Hello"},
            {"body":"Hello, this one has no subject field either."},
            7,
            {"subject":"The trip","body":"Hello, how was the trip of last week? Best wishes"},
            {"subject":"The trip","body":" Hello, how was the trip of last week? Best wishes\n"},
            {"subject":"The garden","body":"Hello, is the garden as green as it was? Best wishes"}
        ]})";
    };
    world.cycle();
    EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"groq", 2}, {"fallback", 3}}));
    for (const warmup::Template& one : world.templates())
        EXPECT_EQ(warmup::template_problem(one.subject, one.body, ""), std::nullopt) << one.body;
    EXPECT_EQ(world.warnings("3 templates come from the local grammar"), 1);
}

TEST(WarmupTexts, MoreThanFiveAreMadeWhenTheDayNeedsMore) {
    WarmupWorld world({.senders = 12, .gmail = 1, .outlook = 0});
    const warmup::CycleResult result = world.cycle();
    EXPECT_EQ(result.sent, 12);
    EXPECT_EQ(by_origin(world), (std::map<std::string, int>{{"groq", 12}}));
    expect_no_text_twice_to_one_seed(world);
    // Later cycles of the day need fresh ones: the only seed has had all of these.
    world.pass(std::chrono::hours(4));
    EXPECT_EQ(world.cycle().sent, 12);
    EXPECT_EQ(world.templates().size(), 24U);
    expect_no_text_twice_to_one_seed(world);
}

TEST(WarmupTexts, NeverTheSameTextTwiceToOneSeedOverManyCycles) {
    WarmupWorld world({.senders = 4, .gmail = 1, .outlook = 1});
    // The model writes well, but has only so much to say, and every third day nothing.
    int asked = 0;
    world.model.answer = [&](const llm::Question& question) -> std::string {
        if (question.schema_name == "warmup_reply") return R"({"body":"That suits me well."})";
        std::string list;
        for (int i = 0; i < 10; ++i)
            list += fmt::format(
                R"({}{{"subject":"The walk","body":"Hello, shall we walk {} miles again? Cheers"}})",
                i == 0 ? "" : ",",
                (asked++ * 7) % 40
            );
        return R"({"templates":[)" + list + "]}";
    };
    for (int cycle = 0; cycle < 36; ++cycle) {
        world.model.mood =
            (cycle / 6) % 3 == 2 ? ScriptedModel::Mood::refuses : ScriptedModel::Mood::writes;
        world.cycle();
        world.pass(std::chrono::hours(4));
    }
    EXPECT_EQ(world.openings().size(), 36U * 4U);
    expect_no_text_twice_to_one_seed(world);
    std::set<std::string> bodies;
    for (const warmup::Template& one : world.templates())
        EXPECT_TRUE(bodies.insert(one.body).second) << one.body;
}

TEST(WarmupTexts, AnOldTextIsNotStoredAgainHoweverOldItIs) {
    WarmupWorld world;
    world.change(
        "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
        "VALUES ('The walk', 'Hello, shall we walk again some day? Cheers', 1, 'groq')"
    );
    for (int i = 0; i < 300; ++i)
        world.change(fmt::format(
            "INSERT INTO warmup_email_drafts (subject, body, created_at, generated_via) "
            "VALUES ('Item', 'This is an old text of number {}', 2, 'groq')",
            i
        ));
    world.model.answer = [](const llm::Question& question) -> std::string {
        if (question.schema_name == "warmup_reply") return R"({"body":"That suits me well."})";
        return R"({"templates":[)"
               R"({"subject":"The walk","body":"Hello, shall we walk again some day? Cheers"}]})";
    };
    world.cycle();
    EXPECT_EQ(
        world.count("SELECT COUNT(*) FROM warmup_email_drafts "
                    "WHERE body = 'Hello, shall we walk again some day? Cheers'"),
        1
    );
}

TEST(WarmupReplies, TheRepliesThatAreSentAreTheModels) {
    WarmupWorld world;
    world.cycle();
    std::set<std::string> replies;
    for (const EmailRow& row : world.replies()) replies.insert(row.message_id);
    for (const sandbox::Delivered& mail : world.world.delivered())
        if (replies.contains(mail.message_id))
            EXPECT_TRUE(text_of(mail).starts_with("Thanks, that suits me well.")) << text_of(mail);
}

TEST(WarmupReplies, TheReceivedTextIsDataBetweenTwoLinesDrawnByChance) {
    WarmupWorld world;
    world.cycle();
    std::map<std::string, std::string> bodies;  // by subject
    for (const warmup::Template& one : world.templates()) bodies[one.subject] = one.body;
    const auto questions = world.model.questions_about("warmup_reply");
    ASSERT_EQ(questions.size(), 3U);
    std::set<std::string> boundaries;
    for (const llm::Question& question : questions) {
        const std::string boundary = question.user.substr(0, question.user.find('\n'));
        EXPECT_GE(boundary.size(), 20U);
        EXPECT_TRUE(boundaries.insert(boundary).second);
        EXPECT_NE(question.system.find(boundary), std::string::npos);
        const std::size_t end = question.user.find("\n" + boundary + "\n", boundary.size());
        ASSERT_NE(end, std::string::npos);
        const std::string data = question.user.substr(boundary.size(), end - boundary.size());
        const std::size_t subject = data.find("Subject: ") + 9;
        const std::string body = bodies[data.substr(subject, data.find('\n', subject) - subject)];
        EXPECT_FALSE(body.empty());
        EXPECT_TRUE(warmup::holds_text(data, body)) << data;
    }
}

TEST(WarmupReplies, AnAnswerThatBreaksTheRulesIsNotSent) {
    const auto canary_of = [](const llm::Question& question) {
        const std::size_t at = question.system.rfind(": ") + 2;
        return question.system.substr(at, 16);
    };
    const auto boundary_of = [](const llm::Question& question) {
        return question.user.substr(0, question.user.find('\n'));
    };
    const std::vector<std::function<std::string(const llm::Question&)>> bad = {
        [&](const llm::Question& question) { return "My mark is " + canary_of(question); },
        [&](const llm::Question& question) { return "It began with " + boundary_of(question); },
        [](const llm::Question&) { return "Have a look at https://example.com/offer, please."; },
        [](const llm::Question&) { return "Have a look at cheap-offers.com, please."; },
        [](const llm::Question&) { return "Dear {{first_name}}, that suits me well."; },
        [](const llm::Question&) { return "That suits me well. [Your name]"; },
        [](const llm::Question&) { return "As an AI language model I have no garden."; },
        [](const llm::Question&) { return std::string(3000, 'x'); },
        [](const llm::Question&) { return ""; },
    };
    for (std::size_t i = 0; i < bad.size(); ++i) {
        SCOPED_TRACE(i);
        WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
        world.send();
        world.pass(std::chrono::minutes(15));
        std::string said;
        world.model.answer = [&](const llm::Question& question) {
            said = bad[i](question);
            return R"({"body":")" + said + R"("})";
        };
        EXPECT_EQ(world.look().replies, 1);
        EXPECT_EQ(world.warnings("a reply comes from the local grammar"), 1);
        const sandbox::Delivered& reply = world.world.delivered().back();
        EXPECT_EQ(reply.message_id, world.replies().at(0).message_id);
        if (!said.empty()) EXPECT_FALSE(warmup::holds_text(text_of(reply), said));
        EXPECT_EQ(warmup::reply_problem(text_of(reply), ""), std::nullopt);
    }
}

TEST(WarmupReplies, TheShareThatIsAnsweredIsTheReplyRate) {
    WarmupWorld world({.senders = 8, .gmail = 3, .outlook = 1});
    world.settings.reply_rate = 0.4;
    world.settings.answer_back_rate = 0.0;
    int found = 0;
    int replies = 0;
    for (int cycle = 0; cycle < 20; ++cycle) {
        const warmup::CycleResult result = world.cycle();
        found += result.placement.inbox + result.placement.spam + result.placement.elsewhere;
        replies += result.replies;
        world.pass(std::chrono::hours(4));
    }
    ASSERT_GT(found, 150);
    const double share = static_cast<double>(replies) / found;
    EXPECT_NEAR(share, 0.4, 0.12);
    int left = 0;
    for (const tests::ThreadRow& thread : world.opening_threads())
        left += thread.reply_decision == "not in the share that is answered";
    EXPECT_EQ(left, found - replies);
}

TEST(WarmupReplies, ARateOfZeroAnswersNothing) {
    WarmupWorld world;
    world.settings.reply_rate = 0.0;
    EXPECT_EQ(world.cycle().replies, 0);
    EXPECT_TRUE(world.model.questions_about("warmup_reply").empty());
}

TEST(WarmupReplies, AtMostTwoAPairAndDay) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.settings.sends_per_cycle = 4;
    EXPECT_EQ(world.cycle().sent, 4);
    EXPECT_EQ(world.replies().size(), 2U);
    std::map<std::string, int> decisions;
    for (const tests::ThreadRow& thread : world.opening_threads())
        ++decisions[thread.reply_decision];
    EXPECT_EQ(
        decisions,
        (std::map<std::string, int>{{"replied", 2}, {"2 replies to this sender today", 2}})
    );
    world.pass(std::chrono::hours(4));
    EXPECT_EQ(world.cycle().replies, 0);
    EXPECT_EQ(world.replies().size(), 2U);
    world.pass(std::chrono::hours(20));
    EXPECT_EQ(world.cycle().replies, 2);
}

TEST(WarmupReplies, MarkAutomatedAddsTheHeaderToReplies) {
    WarmupWorld world({.senders = 1, .gmail = 1, .outlook = 0});
    world.settings.mark_automated = true;
    world.cycle();
    ASSERT_EQ(world.world.delivered().size(), 2U);
    const auto header = [&](std::size_t i) {
        const mime::Message message = mime::read_message(world.world.delivered()[i].raw);
        return std::string(message.header("Auto-Submitted"));
    };
    EXPECT_EQ(header(0), "");
    EXPECT_EQ(header(1), "auto-replied");
}
