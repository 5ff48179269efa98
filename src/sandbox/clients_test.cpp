// The world as our own clients see it: a mail out by smtp::Client, found and read by imap::Client.
#include "imap/client.h"
#include "mime/compose.h"
#include "mime/message.h"
#include "sandbox/test_wire.h"
#include "smtp/client.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;
using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::kStart;
using test::TestWorld;

base::Task<base::Result<>> allow() { co_return base::Result<>{}; }

struct ClientWorld : TestWorld {
    base::Result<std::unique_ptr<smtp::Client>> submit(
        const std::string& provider, const base::Email& login, const std::string& password
    ) {
        smtp::SessionSettings settings;
        settings.credentials = smtp::Credentials{login.str(), password};
        return base::run_to_end(
            loop,
            smtp::Client::connect(
                world.dialer(), loop, smtp_endpoint(provider), settings, loop.in(60s)
            )
        );
    }
    smtp::SendResult send(
        smtp::Client& client, const base::Email& from, const base::Email& to, const std::string& id
    ) {
        mime::Outgoing message;
        message.from = {"Anna", from};
        message.to = {"", to};
        message.subject = "Grüße vom Markt";
        message.text = "Hello,\n\n.how was the market?\n\nAnna\n";
        message.message_id = *base::MessageId::parse(id);
        message.date = loop.now();
        base::SeededRandom random(1);
        std::string bytes = *mime::compose(message, random);
        return base::run_to_end(
            loop, client.send({from, to}, std::move(bytes), allow, loop.in(60s))
        );
    }
    base::Result<std::unique_ptr<imap::Client>> watch(
        const std::string& provider, const base::Email& login, const std::string& password
    ) {
        return base::run_to_end(
            loop,
            imap::Client::connect(
                world.dialer(), loop, imap_endpoint(provider), {login.str(), password}, loop.in(60s)
            )
        );
    }
};

TEST(Clients, SendThroughEveryProvider) {
    const std::vector<std::tuple<std::string, base::Email, std::string>> rows = {
        {"zoho", kSender, "secret"},
        {"gmail", kGmail, "app password"},
        {"outlook", kOutlook, "pass\"word"}
    };
    for (const auto& [provider, from, password] : rows) {
        ClientWorld test;
        auto client = test.submit(provider, from, password);
        ASSERT_TRUE(client) << provider << ": " << client.error().describe();
        for (const char* id : {"one@x.test", "two@x.test"}) {
            const smtp::SendResult result = test.send(**client, from, kGmail, id);
            EXPECT_EQ(result.outcome, smtp::Outcome::accepted)
                << provider << ": " << result.error.describe();
        }
        base::run_to_end(test.loop, (*client)->quit(test.loop.in(60s)));
        EXPECT_EQ(test.world.delivered().size(), 2u);
    }
}

TEST(Clients, FindWhatWasSent) {
    ClientWorld test;
    auto sender = test.submit("zoho", kSender, "secret");
    ASSERT_TRUE(sender) << sender.error().describe();
    ASSERT_EQ(
        test.send(**sender, kSender, kGmail, "one@co-one.test").outcome, smtp::Outcome::accepted
    );
    test.loop.advance(10min);
    auto opened = test.watch("gmail", kGmail, "app password");
    ASSERT_TRUE(opened) << opened.error().describe();
    imap::Client& client = **opened;
    EXPECT_TRUE(client.has("X-GM-EXT-1"));
    const std::string folder = test.world.delivered().at(0).folder;
    ASSERT_TRUE(base::run_to_end(test.loop, client.select(folder, false, test.loop.in(60s))));
    const auto uids = base::run_to_end(
        test.loop,
        client.uid_search("UID 1:* HEADER Message-ID \"one@co-one.test\"", test.loop.in(60s))
    );
    ASSERT_TRUE(uids) << uids.error().describe();
    ASSERT_EQ(uids->size(), 1u);
    const auto found = base::run_to_end(
        test.loop,
        client.uid_fetch(
            "1", "UID FLAGS INTERNALDATE RFC822.SIZE X-GM-LABELS BODY.PEEK[]", test.loop.in(60s)
        )
    );
    ASSERT_TRUE(found) << found.error().describe();
    ASSERT_EQ(found->size(), 1u);
    EXPECT_TRUE(found->front().flags.empty());
    const std::string& raw = found->front().sections.at("BODY[]");
    EXPECT_EQ(raw.size(), found->front().size);
    const mime::Message message = mime::read_message(raw);
    EXPECT_EQ(message.subject, "Grüße vom Markt");
    EXPECT_THAT(message.text, ::testing::HasSubstr("\n.how was the market?"));
    ASSERT_TRUE(base::run_to_end(
        test.loop, client.uid_store("1", "+FLAGS.SILENT (\\Seen)", test.loop.in(60s))
    ));
    EXPECT_THAT(test.world.messages(kGmail).at(0).flags, ::testing::ElementsAre("\\Seen"));
    base::run_to_end(test.loop, client.logout(test.loop.in(60s)));
}

TEST(Clients, ReadFolderNamesOfEveryLanguage) {
    const std::vector<std::tuple<std::string, std::string, std::string>> rows = {
        {"seed.de@gmail-like.test", "[Gmail]/Entwürfe", "\\Drafts"},
        {"seed.fr@gmail-like.test", "[Gmail]/Messages envoyés", "\\Sent"},
        {"seed.one@gmail-like.test", "[Gmail]/Spam", "\\Junk"},
    };
    for (const auto& [address, name, use] : rows) {
        ClientWorld test;
        auto client = test.watch("gmail", test::mailbox(address), "app password");
        ASSERT_TRUE(client) << client.error().describe();
        const auto folders = base::run_to_end(test.loop, (*client)->list(test.loop.in(60s)));
        ASSERT_TRUE(folders) << folders.error().describe();
        const auto found = std::ranges::find(*folders, name, &imap::Folder::name);
        ASSERT_NE(found, folders->end()) << name;
        EXPECT_TRUE(found->has(use)) << name;
        EXPECT_TRUE(base::run_to_end(test.loop, (*client)->select(name, true, test.loop.in(60s))))
            << name;
    }
}

TEST(Clients, LearnOfFaultsInTime) {
    ClientWorld test;
    test.world.set_fault(kSender, {.refuse_login = true});
    EXPECT_EQ(
        test.submit("zoho", kSender, "secret").error().code, base::ErrorCode::unauthenticated
    );
    EXPECT_EQ(test.watch("zoho", kSender, "secret").error().code, base::ErrorCode::unauthenticated);
    test.world.set_fault(kSender, {.hang = true});
    EXPECT_EQ(test.watch("zoho", kSender, "secret").error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(test.submit("zoho", kSender, "secret").error().code, base::ErrorCode::timed_out);
    test.world.set_fault(kSender, {});
    test.world.set_fault("zoho", {.hang_after_greeting = true});
    EXPECT_EQ(test.submit("zoho", kSender, "secret").error().code, base::ErrorCode::timed_out);
}

TEST(Clients, TellWhatHappenedAroundTheDot) {
    ClientWorld test;
    const auto outcome = [&](Fault fault) {
        test.world.set_fault(kSender, fault);
        auto client = test.submit("zoho", kSender, "secret");
        return test.send(**client, kSender, kGmail, "one@co-one.test").outcome;
    };
    EXPECT_EQ(outcome({.greylist_once = true}), smtp::Outcome::refused);
    EXPECT_EQ(outcome({.drop_after_dot = 1}), smtp::Outcome::in_doubt);
    EXPECT_EQ(test.world.delivered().size(), 1u);
    EXPECT_NE(outcome({.drop_before_dot = 1}), smtp::Outcome::accepted);
    EXPECT_EQ(test.world.delivered().size(), 1u);
}

}  // namespace
}  // namespace sandbox
