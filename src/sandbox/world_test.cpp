#include "sandbox/world.h"

#include "mime/message.h"
#include "sandbox/test_wire.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;
using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::TestWorld;
using test::Wire;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// folder:message-id of all that a mailbox holds.
std::vector<std::string> contents(const World& world, const base::Email& account) {
    std::vector<std::string> out;
    for (const StoredMessage& message : world.messages(account))
        out.push_back(message.folder + ":" + message.message_id);
    return out;
}

TEST(World, CarriesAMailFromSubmissionToAFolder) {
    TestWorld test;
    EXPECT_EQ(test.send(kGmail, "one@co-one.test"), "250 Message received\r\n");
    ASSERT_EQ(test.world.delivered().size(), 1u);
    EXPECT_FALSE(test.world.delivered()[0].filed_at) << "it takes a while";
    EXPECT_THAT(contents(test.world, kSender), ElementsAre("Sent:one@co-one.test"));
    test.loop.advance(10min);
    const Delivered& mail = test.world.delivered()[0];
    ASSERT_TRUE(mail.filed_at);
    EXPECT_GE(*mail.filed_at - mail.accepted_at, 1s);
    EXPECT_LE(*mail.filed_at - mail.accepted_at, 5min);
    const std::vector<StoredMessage> held = test.world.messages(kGmail);
    ASSERT_FALSE(held.empty());
    EXPECT_EQ(held[0].folder, mail.folder);
    EXPECT_EQ(held[0].internal_date, *mail.filed_at);
    EXPECT_TRUE(held[0].flags.empty());
    EXPECT_TRUE(held[0].raw.ends_with(mail.raw));
}

TEST(World, PutsOnTopWhatProvidersPutOnTop) {
    TestWorld test;
    test.send(kGmail, "one@co-one.test");
    test.send(kOutlook, "two@co-one.test");
    test.loop.advance(10min);
    const mime::Message gmail = mime::read_headers(test.world.messages(kGmail).at(0).raw);
    EXPECT_EQ(gmail.header("Return-Path"), "<anna@co-one.test>");
    EXPECT_EQ(gmail.header("Delivered-To"), kGmail.str());
    EXPECT_THAT(std::string(gmail.header("Received")), HasSubstr("by mx.gmail-like.test"));
    const std::string results(gmail.header("Authentication-Results"));
    EXPECT_THAT(results, StartsWith("mx.gmail-like.test;"));
    EXPECT_THAT(results, HasSubstr("spf=pass"));
    EXPECT_THAT(results, HasSubstr("dmarc=pass"));
    EXPECT_EQ(gmail.message_id->str(), "one@co-one.test");
    const mime::Message outlook = mime::read_headers(test.world.messages(kOutlook).at(0).raw);
    EXPECT_THAT(std::string(outlook.header("Authentication-Results")), StartsWith("spf=pass "));
}

TEST(World, ShowsAMailOverImap) {
    TestWorld test;
    test.world.deliver_from_outside(kGmail, "Subject: from a stranger\r\n\r\nhello\r\n", "INBOX");
    Wire imap(test.world, test.loop, imap_endpoint("gmail"));
    EXPECT_THAT(imap.received, StartsWith("* OK Gimap-like"));
    EXPECT_THAT(imap.say("a LOGIN seed.one@gmail-like.test \"app password\""), HasSubstr("a OK "));
    EXPECT_THAT(imap.say("b SELECT INBOX"), HasSubstr("* 1 EXISTS"));
    EXPECT_THAT(imap.say("c UID FETCH 1 BODY.PEEK[TEXT]"), HasSubstr("{7}\r\nhello\r\n)"));
    imap.say("d LOGOUT");
    EXPECT_TRUE(imap.closed);
    const auto held = test.world.messages(kGmail);
    EXPECT_THAT(contents(test.world, kGmail), ElementsAre("INBOX:", "[Gmail]/All Mail:"));
    EXPECT_TRUE(held[0].flags.empty()) << "nobody touched it";
    EXPECT_TRUE(test.world.delivered().empty()) << "it is no mail of a client";
}

TEST(World, KnowsNoOtherHosts) {
    TestWorld test;
    const auto error_of = [&](net::Endpoint endpoint) {
        return Wire(test.world, test.loop, endpoint).error->code;
    };
    EXPECT_EQ(error_of({"smtp.example.com", 465, net::Tls::implicit}), base::ErrorCode::network);
    EXPECT_EQ(error_of({"smtp.gmail-like.test", 25, net::Tls::starttls}), base::ErrorCode::network);
    EXPECT_EQ(error_of({"smtp.gmail-like.test", 465, net::Tls::starttls}), base::ErrorCode::tls);
    test.world.set_fault("gmail", {.refuse_connections = true});
    EXPECT_EQ(error_of(imap_endpoint("gmail")), base::ErrorCode::network);
    test.world.set_fault("gmail", {});
    EXPECT_FALSE(Wire(test.world, test.loop, imap_endpoint("gmail")).error);
}

TEST(World, SpeaksImapStartTlsOnItsOldPort) {
    TestWorld test;
    Wire imap(test.world, test.loop, {"imap.zoho-like.test", 143, net::Tls::starttls});
    EXPECT_THAT(imap.say("a LOGIN anna@co-one.test secret"), StartsWith("a NO [PRIVACYREQUIRED]"));
    EXPECT_THAT(imap.say("b STARTTLS"), StartsWith("b OK"));
    EXPECT_TRUE(imap.start_tls());
    EXPECT_THAT(imap.say("c LOGIN anna@co-one.test secret"), StartsWith("c OK"));
}

TEST(World, HangsAfterTheGreetingWhereAskedTo) {
    TestWorld test;
    test.world.set_fault("gmail", {.hang_after_greeting = true});
    Wire imap(test.world, test.loop, imap_endpoint("gmail"));
    EXPECT_THAT(imap.received, StartsWith("* OK "));
    EXPECT_EQ(imap.say("a NOOP"), "");
    test.loop.advance(48h);
    EXPECT_FALSE(imap.closed);
}

TEST(World, HangsAtTheLoginOfOneAccount) {
    TestWorld test;
    test.world.set_fault(kGmail, {.hang = true});
    Wire imap(test.world, test.loop, imap_endpoint("gmail"));
    EXPECT_EQ(imap.say("a LOGIN seed.one@gmail-like.test \"app password\""), "");
    EXPECT_EQ(imap.say("b NOOP"), "");
    Wire other(test.world, test.loop, imap_endpoint("gmail"));
    EXPECT_THAT(other.say("a LOGIN seed.de@gmail-like.test \"app password\""), HasSubstr("a OK"));
}

TEST(World, DropsTheConnectionAroundTheDot) {
    TestWorld test;
    test.world.set_fault(kSender, {.drop_after_dot = 1});
    EXPECT_EQ(test.send(kGmail, "after@co-one.test"), "");
    test.world.set_fault(kSender, {.drop_before_dot = 1});
    EXPECT_EQ(test.send(kGmail, "before@co-one.test"), "");
    EXPECT_THAT(test.send(kGmail, "fine@co-one.test"), StartsWith("250 "));
    ASSERT_EQ(test.world.delivered().size(), 2u);
    EXPECT_EQ(test.world.delivered()[0].message_id, "after@co-one.test");
    EXPECT_EQ(test.world.delivered()[1].message_id, "fine@co-one.test");
    test.loop.advance(10min);
    EXPECT_TRUE(test.world.delivered()[0].filed_at) << "accepted is accepted";
}

TEST(World, EndsSilentSessionsWithTheProvidersWords) {
    TestWorld test;
    Wire imap(test.world, test.loop, imap_endpoint("zoho"));
    Wire smtp(test.world, test.loop, smtp_endpoint("zoho"));
    test.loop.advance(31min);
    EXPECT_THAT(imap.received, HasSubstr("* BYE"));
    EXPECT_TRUE(imap.closed);
    EXPECT_THAT(smtp.received, HasSubstr("421 4.4.2"));
}

TEST(World, FreesTheSessionOfAClientThatHangsUp) {
    TestWorld test;
    for (int i = 0; i < 10; ++i) {
        Wire imap(test.world, test.loop, imap_endpoint("zoho"));
        EXPECT_THAT(imap.say("a LOGIN anna@co-one.test secret"), StartsWith("a OK ")) << i;
    }
}

TEST(World, MayEndWithConversationsOpenAndMailOnItsWay) {
    VirtualLoop loop(test::kStart);
    std::unique_ptr<net::Stream> open;
    {
        World world({1, "kind", test::kStart}, loop);
        for (AccountSpec& spec : test::accounts()) world.add_account(std::move(spec));
        open = std::move(
            *base::run_to_end(loop, world.dialer().dial(imap_endpoint("gmail"), loop.in(1s)))
        );
    }
    std::vector<char> buffer(100);
    const auto greeting = base::run_to_end(loop, open->read_some(buffer, loop.in(1s)));
    EXPECT_TRUE(greeting.has_value());
    const auto end = base::run_to_end(loop, open->read_some(buffer, loop.in(1s)));
    EXPECT_EQ(end.value_or(1), 0u) << "the world's end is an orderly close";
}

TEST(World, RepeatsItselfByteForByte) {
    const auto story = [](std::uint64_t seed) {
        TestWorld test(seed);
        for (int i = 0; i < 30; ++i) {
            test.send(i % 2 == 0 ? kGmail : kOutlook, "m" + std::to_string(i) + "@co-one.test");
            test.loop.advance(3h);
        }
        std::string all = test.world.smtp_digest() + std::to_string(test.world.smtp_bytes());
        for (const base::Email& account : {kSender, kGmail, kOutlook})
            for (const StoredMessage& message : test.world.messages(account))
                all += message.folder + std::to_string(message.uid) + message.raw;
        for (const Delivered& mail : test.world.delivered())
            all += mail.folder + std::to_string(mail.filed_at.value_or(base::Timestamp{}).micros);
        return std::pair(test.world.smtp_digest(), all);
    };
    const auto first = story(7);
    EXPECT_EQ(first, story(7));
    EXPECT_EQ(first.first, story(8).first)
        << "what clients write does not depend on the world's chance";
    EXPECT_NE(first.second, story(8).second);
    EXPECT_EQ(first.first.size(), 64u);
}

TEST(World, CountsTheBytesThatClientsWrite) {
    TestWorld test;
    EXPECT_EQ(test.world.smtp_bytes(), 0u);
    Wire smtp(test.world, test.loop, smtp_endpoint("gmail"));
    smtp.say("NOOP");
    Wire imap(test.world, test.loop, imap_endpoint("gmail"));
    imap.say("a NOOP");
    EXPECT_EQ(test.world.smtp_bytes(), 6u);
    EXPECT_EQ(
        test.world.smtp_digest(), "b5baec143c273bcae00c197ff059608830cc585807ecf3c403c5a4a7f2926988"
    );
}

// ---- A week through the post office, answers included.

class WorldWeek {
  public:
    WorldWeek(std::uint64_t seed, const std::string& kind)
        : office_({seed, kind, test::kStart}, loop_), random_(seed) {
        for (int i = 1; i <= 8; ++i)
            senders_.push_back(
                add("s" + std::to_string(i) + "@co-" + std::to_string(i) + ".test", "zoho")
            );
        for (int i = 1; i <= 3; ++i)
            seeds_.push_back(add("g" + std::to_string(i) + "@gmail-like.test", "gmail"));
        for (int i = 1; i <= 2; ++i)
            seeds_.push_back(add("o" + std::to_string(i) + "@outlook-like.test", "outlook"));
    }

    void run() {
        for (int cycle = 0; cycle < 42; ++cycle) {
            for (Account* sender : senders_) {
                const Account* seed = random_.pick(seeds_);
                const std::string text =
                    "text " + std::to_string(cycle / 6) + std::to_string(random_.below(5));
                send(*sender, seed->spec.email, "", text);
            }
            loop_.advance(10min);
            answer_all();
            loop_.advance(4h - 10min);
        }
    }

    // Share of spam among the openings that were sent on these days (from 1) and filed.
    double spam_rate(int first_day, int last_day) const {
        double spam = 0;
        double filed = 0;
        for (const Delivered& mail : office_.delivered()) {
            const auto day = (mail.accepted_at - test::kStart) / 24h + 1;
            if (day < first_day || day > last_day || mail.to.domain().starts_with("co-") ||
                !mail.filed_at)
                continue;
            filed += 1;
            if (mail.spam) spam += 1;
        }
        return spam / filed;
    }
    const PostOffice& office() const { return office_; }

  private:
    Account* add(const std::string& address, const std::string& provider) {
        office_.add_account({test::mailbox(address), "secret", provider, test::kStart});
        return office_.find(test::mailbox(address));
    }

    void send(
        Account& from, const base::Email& to, const std::string& answering, const std::string& text
    ) {
        const std::string id =
            "m" + std::to_string(++last_id_) + "@" + std::string(from.spec.email.domain());
        const std::string more = answering.empty() ? "" : "In-Reply-To: <" + answering + ">\r\n";
        office_.accept(
            from, {to}, test::message(from.spec.email, to, id, more) + text + "\r\n", "[127.0.0.1]"
        );
    }

    void answer_all() {
        for (; answered_ < office_.delivered().size(); ++answered_) {
            const Delivered mail = office_.delivered()[answered_];
            if (!mail.filed_at || mail.to.domain().starts_with("co-")) continue;
            send(
                *office_.find(mail.to),
                mail.from,
                mail.message_id,
                "Yes. " + std::to_string(answered_)
            );
        }
    }

    VirtualLoop loop_{test::kStart};
    PostOffice office_;
    base::SeededRandom random_;
    std::vector<Account*> senders_;
    std::vector<Account*> seeds_;
    int last_id_ = 0;
    std::size_t answered_ = 0;
};

TEST(WorldWeek, EndsWellInTheKindWorld) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        WorldWeek week(seed, "kind");
        week.run();
        EXPECT_GT(week.spam_rate(1, 1), 0.12) << seed;
        EXPECT_LT(week.spam_rate(6, 7), 0.09) << seed;
        for (const Delivered& mail : week.office().delivered())
            EXPECT_TRUE(mail.filed_at || mail.vanished) << mail.message_id;
    }
}

TEST(WorldWeek, EndsBadlyInTheHarshWorld) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        WorldWeek week(seed, "harsh");
        week.run();
        EXPECT_GT(week.spam_rate(6, 7), 0.15) << seed;
    }
}

TEST(WorldWeek, FilesTheAnswersInTheInbox) {
    WorldWeek week(3, "kind");
    week.run();
    double answers = 0;
    double spam = 0;
    for (const Delivered& mail : week.office().delivered()) {
        if (!mail.to.domain().starts_with("co-")) continue;
        answers += 1;
        if (mail.spam) spam += 1;
    }
    EXPECT_GT(answers, 300);
    EXPECT_LT(spam / answers, 0.02);
}

}  // namespace
}  // namespace sandbox
