// The functions that existing users know by name, one by one, errors included.
#include "mime/message.h"
#include "tests/warmup/warmup_world.h"

namespace {

using base::ErrorCode;
using delivery::Ending;
using tests::address;
using tests::EmailRow;
using tests::WarmupWorld;

const std::string kBody = "Hello,\n\nhow did the workshop of last week go?\n\nBest wishes";

// A mail that was sent and lies in its seed mailbox, found or not.
struct Sent {
    explicit Sent(WarmupWorld& world) {
        world.send();
        world.pass(std::chrono::minutes(15));
        row = world.openings().at(0);
        id = base::MessageId::parse(row.message_id).value();
    }
    EmailRow row;
    base::MessageId id;
};

class Functions : public testing::Test {
  protected:
    base::Result<delivery::Report> send_mail(
        const std::string& from,
        const std::string& to,
        const std::string& subject,
        const std::string& body
    ) {
        warmup::Warmup warmup(world.context());
        return world.run(warmup.send_warmup_email(address(from), address(to), subject, body));
    }
    base::Result<delivery::Report> reply(
        const std::string& from,
        const std::string& to,
        const base::MessageId& id,
        const std::string& body
    ) {
        warmup::Warmup warmup(world.context());
        return world.run(warmup.send_reply_email(address(from), address(to), id, body));
    }
    WarmupWorld world;
};

}  // namespace

TEST_F(Functions, GenerateWarmupTemplatesReturnsWhatItStored) {
    warmup::Warmup warmup(world.context());
    const auto made = world.run(warmup.generate_warmup_templates());
    ASSERT_EQ(made.size(), 5U);
    const auto stored = world.templates();
    ASSERT_EQ(stored.size(), 5U);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        EXPECT_EQ(made[i].id, stored[i].id);
        EXPECT_EQ(made[i].body, stored[i].body);
        EXPECT_EQ(made[i].generated_via, "groq");
    }
    EXPECT_EQ(world.run(warmup.generate_warmup_templates(13)).size(), 13U);
    EXPECT_EQ(world.templates().size(), 18U);
    world.model.mood = tests::ScriptedModel::Mood::refuses;
    const auto fallback = world.run(warmup.generate_warmup_templates(2));
    ASSERT_EQ(fallback.size(), 2U);
    EXPECT_EQ(fallback[0].generated_via, "fallback");
    EXPECT_TRUE(world.run(warmup.generate_warmup_templates(0)).empty());
}

TEST_F(Functions, FetchAndSendInitialEmailsSendsAndDoesNotWatch) {
    const warmup::CycleResult result = world.send();
    EXPECT_EQ(result.sent, 3);
    EXPECT_EQ(result.replies, 0);
    EXPECT_EQ(result.pending, 3);
    EXPECT_TRUE(world.dialer.written("imap.").empty());
}

TEST_F(Functions, CheckAndReplyToEmailsWatchesOnceAndSendsNoOpenings) {
    world.send();
    world.pass(std::chrono::minutes(15));
    const warmup::CycleResult result = world.look();
    EXPECT_EQ(result.sent, 0);
    EXPECT_EQ(result.replies, 3);
    EXPECT_EQ(world.openings().size(), 3U);
}

TEST_F(Functions, SendWarmupEmailSendsOneOpening) {
    const auto report = send_mail(world.senders[0], world.seeds[0], "The workshop", kBody);
    ASSERT_TRUE(report);
    EXPECT_EQ(report->ending, Ending::accepted);
    const EmailRow row = world.openings().at(0);
    EXPECT_EQ(row.id, report->email_id);
    EXPECT_EQ(row.status, "accepted");
    EXPECT_EQ(row.subject, "The workshop");
    const mime::Message sent = mime::read_message(world.world.delivered().at(0).raw);
    EXPECT_NE(sent.text.find("how did the workshop of last week go?"), std::string::npos);
    // Twice is two mails: the caller asked for both.
    ASSERT_TRUE(send_mail(world.senders[0], world.seeds[0], "The workshop", kBody));
    EXPECT_EQ(world.world.delivered().size(), 2U);
}

TEST_F(Functions, SendWarmupEmailRemembersTheTemplateItsTextCameFrom) {
    warmup::Warmup warmup(world.context());
    const warmup::Template text = world.run(warmup.generate_warmup_templates(1)).at(0);
    ASSERT_TRUE(send_mail(world.senders[0], world.seeds[0], text.subject, text.body));
    EXPECT_EQ(world.openings().at(0).template_id, text.id);
    world.pass(std::chrono::minutes(15));
    EXPECT_EQ(world.look().replies, 1);
}

TEST_F(Functions, SendWarmupEmailTakesAnHtmlBody) {
    warmup::Warmup warmup(world.context());
    const auto report = world.run(warmup.send_warmup_email(
        address(world.senders[0]),
        address(world.seeds[0]),
        "The workshop",
        kBody,
        "<p><b>Hello</b></p>"
    ));
    ASSERT_TRUE(report);
    const mime::Message sent = mime::read_message(world.world.delivered().at(0).raw);
    EXPECT_NE(sent.html.find("<b>Hello</b>"), std::string::npos);
}

TEST_F(Functions, SendWarmupEmailNamesWhatIsWrong) {
    struct Case {
        std::string from;
        std::string to;
        std::string subject;
        std::string body;
        ErrorCode code;
        std::string words;
    };
    const std::string& sender = world.senders[0];
    const std::string& seed = world.seeds[0];
    const std::vector<Case> cases = {
        {"eve@example.com",
         seed,
         "A",
         kBody,
         ErrorCode::not_found,
         "eve@example.com is no active sender"},
        {seed, seed, "A", kBody, ErrorCode::not_found, "is no active sender"},
        {sender,
         "eve@example.com",
         "A",
         kBody,
         ErrorCode::not_found,
         "eve@example.com is no active seed"},
        {sender, world.senders[1], "A", kBody, ErrorCode::not_found, "is no active seed"},
        {sender, seed, "", kBody, ErrorCode::invalid_input, "subject is empty"},
        {sender, seed, "A", "Hello {{name}}, how are you?", ErrorCode::invalid_input, "placeholder"
        },
        {sender, seed, "A\r\nBcc: eve@example.com", kBody, ErrorCode::invalid_input, "line"},
    };
    for (const Case& one : cases) {
        const auto report = send_mail(one.from, one.to, one.subject, one.body);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, one.code);
        EXPECT_NE(report.error().message.find(one.words), std::string::npos)
            << report.error().message;
    }
    EXPECT_TRUE(world.emails().empty());
    EXPECT_EQ(world.world.smtp_bytes(), 0U);
    world.change("UPDATE mailboxes SET status = 'paused' WHERE id = 1");
    EXPECT_EQ(send_mail(sender, seed, "A", kBody).error().code, ErrorCode::not_found);
}

TEST_F(Functions, CheckMailboxLooksOnceIntoAnyProvidersMailbox) {
    world.send();
    world.pass(std::chrono::minutes(15));
    warmup::Warmup warmup(world.context());
    int found = 0;
    for (const std::string& seed : world.seeds) {
        const inbound::PassResult pass = world.run(warmup.check_gmail_imap(world.mailbox(seed)));
        EXPECT_FALSE(pass.error.has_value());
        EXPECT_EQ(pass.mailbox_id, world.mailbox(seed).id);
        found += pass.found;
        EXPECT_EQ(world.run(warmup.check_mailbox(world.mailbox(seed))).found, 0);
    }
    EXPECT_EQ(found, 3);
    EXPECT_EQ(world.threads().size(), 3U);
    EXPECT_TRUE(world.replies().empty());
}

TEST_F(Functions, CheckMailboxTellsWhyItCouldNotLook) {
    warmup::Warmup warmup(world.context());
    mailbox::Mailbox seed = world.mailbox(world.seeds[0]);
    seed.password = std::nullopt;
    const auto without = world.run(warmup.check_mailbox(seed));
    ASSERT_TRUE(without.error.has_value());
    EXPECT_EQ(without.error->code, ErrorCode::unauthenticated);
    seed.password = "wrong";
    const auto wrong = world.run(warmup.check_mailbox(seed));
    ASSERT_TRUE(wrong.error.has_value());
    EXPECT_EQ(wrong.error->code, ErrorCode::unauthenticated);
    EXPECT_NE(wrong.error->server_words.find("Invalid credentials"), std::string::npos);
}

TEST_F(Functions, SendReplyEmailAnswersAFoundMailOnce) {
    const Sent mail(world);
    const std::string text = "Thank you, it went well.";
    EXPECT_EQ(reply(mail.row.to_, mail.row.from_, mail.id, text).error().code, ErrorCode::conflict);
    warmup::Warmup warmup(world.context());
    world.run(warmup.check_mailbox(world.mailbox(mail.row.to_)));
    const auto report = reply(mail.row.to_, mail.row.from_, mail.id, text);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->ending, Ending::accepted);
    const EmailRow row = world.replies().at(0);
    EXPECT_EQ(row.from_, mail.row.to_);
    EXPECT_EQ(row.in_reply_to, mail.row.message_id);
    EXPECT_EQ(row.subject, "Re: " + mail.row.subject);
    EXPECT_EQ(reply(mail.row.to_, mail.row.from_, mail.id, text).error().code, ErrorCode::conflict);
    EXPECT_EQ(world.replies().size(), 1U);
    // The next look does not answer it again.
    world.look();
    int answers = 0;
    for (const EmailRow& one : world.replies()) answers += one.in_reply_to == mail.row.message_id;
    EXPECT_EQ(answers, 1);
    EXPECT_EQ(world.openings().at(0).outcome, "replied");
}

TEST_F(Functions, SendReplyEmailKeepsToTwoAPairAndDay) {
    WarmupWorld one({.senders = 1, .gmail = 1, .outlook = 0});
    one.settings.sends_per_cycle = 3;
    one.settings.reply_rate = 0.0;
    one.send();
    one.pass(std::chrono::minutes(15));
    one.look();
    warmup::Warmup warmup(one.context());
    std::vector<bool> sent;
    for (const EmailRow& row : one.openings()) {
        const auto report = one.run(warmup.send_reply_email(
            address(row.to_),
            address(row.from_),
            *base::MessageId::parse(row.message_id),
            "Thank you!"
        ));
        sent.push_back(report.has_value());
    }
    EXPECT_EQ(sent, (std::vector<bool>{true, true, false}));
}

TEST_F(Functions, SendReplyEmailNamesWhatIsWrong) {
    const Sent mail(world);
    world.run(warmup::Warmup(world.context()).check_mailbox(world.mailbox(mail.row.to_)));
    const std::string text = "Thank you, it went well.";
    const base::MessageId other = base::MessageId::parse("other@example.com").value();
    const std::string wrong_seed = mail.row.to_ == world.seeds[0] ? world.seeds[1] : world.seeds[0];
    const std::string wrong_sender =
        mail.row.from_ == world.senders[0] ? world.senders[1] : world.senders[0];
    using Call = base::Result<delivery::Report>;
    const std::vector<std::pair<Call, ErrorCode>> calls = {
        {reply("eve@example.com", mail.row.from_, mail.id, text), ErrorCode::not_found},
        {reply(mail.row.from_, mail.row.from_, mail.id, text), ErrorCode::not_found},
        {reply(mail.row.to_, "eve@example.com", mail.id, text), ErrorCode::not_found},
        {reply(mail.row.to_, wrong_sender, mail.id, text), ErrorCode::not_found},
        {reply(wrong_seed, mail.row.from_, mail.id, text), ErrorCode::not_found},
        {reply(mail.row.to_, mail.row.from_, other, text), ErrorCode::not_found},
        {reply(mail.row.to_, mail.row.from_, mail.id, ""), ErrorCode::invalid_input},
        {reply(mail.row.to_, mail.row.from_, mail.id, "See https://x.test"),
         ErrorCode::invalid_input},
    };
    for (const auto& [call, code] : calls) {
        ASSERT_FALSE(call);
        EXPECT_EQ(call.error().code, code) << call.error().message;
    }
    EXPECT_TRUE(world.replies().empty());
}

TEST_F(Functions, ProcessIncomingEmailRecordsAMailOnce) {
    world.send();
    const EmailRow row = world.openings().at(0);
    inbound::Incoming incoming;
    incoming.email_id = row.id;
    incoming.mailbox = world.mailbox(row.to_);
    incoming.place = {inbound::FolderKind::spam, "Junk", 7, 42, ""};
    incoming.message = mime::read_message(world.world.delivered().at(0).raw);
    for (const sandbox::Delivered& mail : world.world.delivered())
        if (mail.message_id == row.message_id) incoming.message = mime::read_message(mail.raw);
    incoming.found_at = world.loop.now();
    warmup::Warmup warmup(world.context());
    world.run(warmup.process_incoming_email(incoming));
    world.run(warmup.process_incoming_email(incoming));
    // Seen elsewhere later: the first sighting stands.
    incoming.place = {inbound::FolderKind::inbox, "INBOX", 9, 3, ""};
    world.run(warmup.process_incoming_email(incoming));
    ASSERT_EQ(world.threads().size(), 1U);
    EXPECT_EQ(world.threads()[0].placement, "spam");
    EXPECT_EQ(world.threads()[0].reply_decision, "due");
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM inbound_seen"), 2);
}

TEST_F(Functions, ProcessIncomingEmailLeavesWhatIsNotOursAlone) {
    world.send();
    const EmailRow row = world.openings().at(0);
    inbound::Incoming incoming;
    incoming.email_id = row.id;
    incoming.place = {inbound::FolderKind::inbox, "INBOX", 7, 42, ""};
    for (const sandbox::Delivered& mail : world.world.delivered())
        if (mail.message_id == row.message_id) incoming.message = mime::read_message(mail.raw);
    incoming.found_at = world.loop.now();
    warmup::Warmup warmup(world.context());
    // In another mailbox than it was sent to.
    incoming.mailbox = world.mailbox(row.to_ == world.seeds[0] ? world.seeds[1] : world.seeds[0]);
    world.run(warmup.process_incoming_email(incoming));
    // From someone else.
    incoming.mailbox = world.mailbox(row.to_);
    incoming.message.from = {{"Eve", address("eve@example.com")}};
    world.run(warmup.process_incoming_email(incoming));
    // Of no row at all.
    incoming.email_id = 999;
    incoming.place.uid = 43;
    world.run(warmup.process_incoming_email(incoming));
    EXPECT_TRUE(world.threads().empty());
}
