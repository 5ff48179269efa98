// Filing, moving, idling and logins by token, by our own clients against the world's servers.
#include "imap/client.h"
#include "sandbox/test_wire.h"
#include "smtp/client.h"

namespace sandbox {
namespace {

using namespace std::chrono_literals;
using test::kGmail;
using test::kOutlook;
using test::kSender;
using test::TestWorld;

using Opened = base::Result<std::unique_ptr<imap::Client>>;

struct FilingWorld : TestWorld {
    Opened open(
        const std::string& provider,
        const base::Email& login,
        const std::string& secret,
        imap::Login method = imap::Login::password
    ) {
        return run(imap::Client::connect(
            world.dialer(), loop, imap_endpoint(provider), {login.str(), secret, method}, soon()
        ));
    }
    base::MonotonicTime soon() const { return loop.in(60s); }
    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop, std::move(task));
    }
    void put(const base::Email& to, const std::string& id) {
        world.deliver_from_outside(to, test::message(kSender, to, id), "INBOX");
    }
    std::vector<std::string> folders_of(const base::Email& account, const std::string& id) const {
        std::vector<std::string> out;
        for (const StoredMessage& message : world.messages(account))
            if (message.message_id == id) out.push_back(message.folder);
        return out;
    }
};

struct Row {
    std::string provider;
    base::Email account;
    std::string password;
};

class ClientsFiling : public testing::TestWithParam<Row> {};

TEST_P(ClientsFiling, MovesIntoAFolderOfOurOwn) {
    const auto& [provider, account, password] = GetParam();
    FilingWorld test;
    test.put(account, "ours@x.test");
    test.put(account, "theirs@x.test");
    Opened client = test.open(provider, account, password);
    ASSERT_TRUE(client) << client.error().describe();
    for (int i = 0; i < 2; ++i) {
        const base::Result<> made = test.run((*client)->create("Pilotlight", test.soon()));
        EXPECT_TRUE(made) << made.error().describe();
    }
    ASSERT_TRUE(test.run((*client)->select("INBOX", false, test.soon())));
    const base::Result<> moved = test.run((*client)->uid_move("1", "Pilotlight", test.soon()));
    EXPECT_TRUE(moved) << moved.error().describe();
    EXPECT_THAT(test.folders_of(account, "ours@x.test"), testing::Contains("Pilotlight"));
    EXPECT_THAT(test.folders_of(account, "ours@x.test"), testing::Not(testing::Contains("INBOX")));
    EXPECT_THAT(test.folders_of(account, "theirs@x.test"), testing::Contains("INBOX"));
    const base::Result<> nowhere = test.run((*client)->uid_copy("2", "Nowhere", test.soon()));
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, base::ErrorCode::refused);
    EXPECT_TRUE((*client)->usable());
}

TEST_P(ClientsFiling, AppendsAMessage) {
    const auto& [provider, account, password] = GetParam();
    FilingWorld test;
    Opened client = test.open(provider, account, password);
    ASSERT_TRUE(client) << client.error().describe();
    const std::string message = test::message(account, kSender, "sent@x.test");
    const base::Timestamp then{1'780'000'000'000'000};
    const base::Result<imap::Appended> appended =
        test.run((*client)->append("INBOX", message, "\\Seen", then, test.soon()));
    ASSERT_TRUE(appended) << appended.error().describe();
    const base::Result<imap::Selected> selected =
        test.run((*client)->select("INBOX", true, test.soon()));
    ASSERT_TRUE(selected);
    EXPECT_EQ(appended->uidvalidity, selected->uidvalidity);
    EXPECT_EQ(appended->uid, 1U);
    const StoredMessage stored = test.world.messages(account).at(0);
    EXPECT_EQ(stored.raw, message);
    EXPECT_THAT(stored.flags, testing::ElementsAre("\\Seen"));
    EXPECT_EQ(stored.internal_date, then);
}

TEST_P(ClientsFiling, IdlesUntilMailComesOrSomebodyAsksOrTimeIsOver) {
    const auto& [provider, account, password] = GetParam();
    FilingWorld test;
    Opened client = test.open(provider, account, password);
    ASSERT_TRUE(client) << client.error().describe();
    ASSERT_TRUE(test.run((*client)->select("INBOX", false, test.soon())));
    imap::Waker waker;
    const auto idled = [&](base::Duration span) {
        const base::Result<imap::Idled> result =
            test.run((*client)->idle(waker, test.loop.in(span)));
        EXPECT_TRUE(result) << result.error().describe();
        return result ? std::optional(*result) : std::nullopt;
    };
    const base::MonotonicTime start = test.loop.monotonic();
    EXPECT_EQ(idled(9min), imap::Idled::timed_out);
    EXPECT_EQ(test.loop.monotonic(), start + 9min);
    test.loop.call_at(test.loop.in(1min), [&] { test.put(account, "one@x.test"); });
    EXPECT_EQ(idled(9min), imap::Idled::changed);
    EXPECT_EQ(test.loop.monotonic(), start + 10min);
    test.loop.call_at(test.loop.in(2min), [&] { waker.wake(); });
    EXPECT_EQ(idled(9min), imap::Idled::woken);
    EXPECT_EQ(test.loop.monotonic(), start + 12min);
    waker.wake();
    EXPECT_EQ(idled(9min), imap::Idled::woken) << "a wake-up between two waits is kept";
    EXPECT_EQ(idled(1min), imap::Idled::timed_out) << "once";
    const auto uids = test.run((*client)->uid_search("ALL", test.soon()));
    ASSERT_TRUE(uids) << uids.error().describe();
    EXPECT_EQ(uids->size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Providers,
    ClientsFiling,
    testing::Values(
        Row{"gmail", kGmail, "app password"},
        Row{"outlook", kOutlook, "pass\"word"},
        Row{"zoho", kSender, "secret"}
    ),
    [](const auto& row) { return row.param.provider; }
);

TEST(ClientsWithTokens, LogInUntilTheTokenRunsOut) {
    for (const auto& [provider, account] :
         {std::pair{"gmail", kGmail}, std::pair{"outlook", kOutlook}}) {
        FilingWorld test;
        test.world.set_access_token(account, "fresh");
        smtp::SessionSettings settings;
        settings.credentials = smtp::Credentials{account.str(), "fresh", smtp::Login::bearer};
        const auto submit = [&] {
            return test.run(smtp::Client::connect(
                test.world.dialer(), test.loop, smtp_endpoint(provider), settings, test.soon()
            ));
        };
        const auto submitted = submit();
        EXPECT_TRUE(submitted) << provider << submitted.error().describe();
        const Opened opened = test.open(provider, account, "fresh", imap::Login::bearer);
        EXPECT_TRUE(opened) << provider << opened.error().describe();
        test.world.set_access_token(account, "fresher");
        const base::Error smtp = submit().error();
        const base::Error imap = test.open(provider, account, "fresh", imap::Login::bearer).error();
        const bool says_status = std::string_view(provider) == "gmail";
        for (const base::Error& error : {smtp, imap}) {
            EXPECT_EQ(error.code, base::ErrorCode::unauthenticated) << error.describe();
            EXPECT_EQ(error.message.contains("status 401"), says_status) << error.describe();
            EXPECT_FALSE(error.describe().contains("fresh")) << error.describe();
        }
    }
}

}  // namespace
}  // namespace sandbox
