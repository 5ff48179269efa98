#include "imap/client.h"

#include "tests/support/manual_loop.h"
#include "tests/support/scripted_dialer.h"

namespace imap {
namespace {

using support::Peer;

const net::Endpoint kImplicit{"imap.example.com", 993, net::Tls::implicit};
const net::Endpoint kStartTls{"imap.example.com", 143, net::Tls::starttls};

// Answers every command by a table; "%" stands for the tag.
struct Turn {
    std::string expected;  // what follows the tag
    std::string answer;
};

base::Task<> serve(
    std::unique_ptr<net::Stream> stream, std::string greeting, std::vector<Turn> turns
) {
    Peer peer(std::move(stream));
    co_await peer.say(std::move(greeting));
    for (const Turn& turn : turns) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) co_return;
        const std::size_t space = line->find(' ');
        const std::string tag = line->substr(0, space);
        if (line->substr(space + 1) != turn.expected) throw std::runtime_error("got " + *line);
        std::string answer = turn.answer;
        const std::size_t mark = answer.find('%');
        if (mark != std::string::npos) answer.replace(mark, 1, tag);
        co_await peer.say(std::move(answer));
        if (turn.expected == "STARTTLS") {
            const base::Result<> started =
                co_await peer.stream().start_tls(base::MonotonicTime::max());
            if (!started) throw std::runtime_error(started.error().describe());
        }
    }
    (void)co_await peer.rest();
}

class ClientTest : public testing::Test {
  protected:
    void answer(const net::Endpoint& endpoint, std::string greeting, std::vector<Turn> turns) {
        dialer_.serve(endpoint, [greeting, turns](std::unique_ptr<net::Stream> stream) {
            return serve(std::move(stream), greeting, turns);
        });
    }
    base::Result<std::unique_ptr<Client>> connect(const net::Endpoint& endpoint) {
        return base::run_to_end(
            loop_, Client::connect(dialer_, loop_.clock(), endpoint, {"me", "hunter2"}, soon())
        );
    }
    base::MonotonicTime soon() { return loop_.clock().monotonic() + std::chrono::minutes(10); }
    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop_, std::move(task));
    }

    support::ManualLoop loop_;
    support::ScriptedDialer dialer_{loop_, loop_.clock()};
};

const Turn kLogin{"LOGIN \"me\" \"hunter2\"", "% OK [CAPABILITY IMAP4rev1 X-GM-EXT-1] in\r\n"};
constexpr std::string_view kGreeting = "* OK [CAPABILITY IMAP4rev1] hi\r\n";

TEST_F(ClientTest, DoesADaysWork) {
    answer(
        kImplicit,
        std::string(kGreeting),
        {kLogin,
         {"LIST \"\" \"*\"", "* LIST (\\Junk) \"/\" \"Entw&APw-rfe\"\r\n% OK done\r\n"},
         {"EXAMINE \"Entw&APw-rfe\"",
          "* 3 EXISTS\r\n* OK [UIDVALIDITY 9]\r\n* OK [UIDNEXT 8]\r\n% OK done\r\n"},
         {"UID SEARCH UID 2:*", "* SEARCH 7 5\r\n% OK done\r\n"},
         {"UID FETCH 5,7 (UID BODY.PEEK[])", "* 1 FETCH (UID 5 BODY[] {2}\r\nhi)\r\n% OK done\r\n"},
         {"UID STORE 5 +FLAGS.SILENT (\\Seen)", "% OK done\r\n"},
         {"LOGOUT", "* BYE\r\n% OK bye\r\n"}}
    );
    base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected) << connected.error().describe();
    Client& client = **connected;
    EXPECT_TRUE(client.has("X-GM-EXT-1"));
    const auto folders = run(client.list(soon()));
    ASSERT_TRUE(folders);
    EXPECT_EQ(folders->at(0).name, "Entwürfe");
    const auto selected = run(client.select("Entwürfe", true, soon()));
    ASSERT_TRUE(selected);
    EXPECT_EQ(selected->exists, 3U);
    EXPECT_EQ(selected->uidvalidity, 9U);
    EXPECT_EQ(selected->uidnext, 8U);
    const auto uids = run(client.uid_search("UID 2:*", soon()));
    ASSERT_TRUE(uids);
    EXPECT_EQ(*uids, (std::vector<std::uint32_t>{5, 7}));
    const auto fetched = run(client.uid_fetch(uid_set(*uids), "UID BODY.PEEK[]", soon()));
    ASSERT_TRUE(fetched);
    ASSERT_EQ(fetched->size(), 1U);
    EXPECT_EQ(fetched->at(0).sections.at("BODY[]"), "hi");
    EXPECT_TRUE(run(client.uid_store("5", "+FLAGS.SILENT (\\Seen)", soon())));
    EXPECT_TRUE(client.usable());
    run(client.logout(soon()));
    EXPECT_FALSE(client.usable());
    loop_.run_ready();
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

TEST_F(ClientTest, UpgradesToTls) {
    answer(
        kStartTls,
        "* OK [CAPABILITY IMAP4rev1 STARTTLS] hi\r\n",
        {{"STARTTLS", "% OK go\r\n"},
         {"CAPABILITY", "* CAPABILITY IMAP4rev1\r\n% OK done\r\n"},
         kLogin}
    );
    const base::Result<std::unique_ptr<Client>> connected = connect(kStartTls);
    EXPECT_TRUE(connected) << connected.error().describe();
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

// Says OK to everything, and tells of one message for each command after the login.
base::Task<> count_commands(std::unique_ptr<net::Stream> stream, int& commands) {
    Peer peer(std::move(stream));
    co_await peer.say(std::string(kGreeting));
    while (true) {
        const std::optional<std::string> line = co_await peer.line();
        if (!line) co_return;
        if (line->size() > 8000) throw std::runtime_error("a command of more than 8000 bytes");
        ++commands;
        std::string answer = line->substr(0, 4) + " OK [CAPABILITY X] done\r\n";
        const int uid = commands == 2 ? 1 : 3999;
        if (commands > 1) answer.insert(0, fmt::format("* 1 FETCH (UID {})\r\n", uid));
        co_await peer.say(std::move(answer));
    }
}

TEST_F(ClientTest, CutsLongSets) {
    std::vector<std::uint32_t> uids;
    for (std::uint32_t uid = 1; uid < 4000; uid += 2) uids.push_back(uid);
    const std::string set = uid_set(uids);
    ASSERT_GT(set.size(), 8000U);
    int commands = 0;
    dialer_.serve(kImplicit, [&commands](std::unique_ptr<net::Stream> stream) {
        return count_commands(std::move(stream), commands);
    });
    base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    const auto fetched = run((*connected)->uid_fetch(set, "UID", soon()));
    ASSERT_TRUE(fetched);
    EXPECT_EQ(commands, 4);
    ASSERT_EQ(fetched->size(), 2U);
    EXPECT_EQ(fetched->back().uid, 3999U);
    const auto nothing = run((*connected)->uid_fetch("", "UID", soon()));
    ASSERT_TRUE(nothing);
    EXPECT_TRUE(nothing->empty());
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

TEST_F(ClientTest, StaysUsableAfterANoAndDiesWithTheConnection) {
    answer(
        kImplicit,
        std::string(kGreeting),
        {kLogin, {"SELECT \"gone\"", "% NO no such folder\r\n"}, {"UID SEARCH ALL", "* SEARCH 1"}}
    );
    base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    Client& client = **connected;
    const auto selected = run(client.select("gone", false, soon()));
    ASSERT_FALSE(selected);
    EXPECT_EQ(selected.error().code, base::ErrorCode::refused);
    EXPECT_TRUE(client.usable());
    const auto bad = run(client.uid_search("ALL\r\nx", soon()));
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().code, base::ErrorCode::invalid_input);
    EXPECT_TRUE(client.usable());
    const auto found = run(client.uid_search("ALL", soon()));
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(found.error().stage, "imap.search");
    EXPECT_FALSE(client.usable());
    const auto after = run(client.list(soon()));
    ASSERT_FALSE(after);
    EXPECT_EQ(after.error().code, base::ErrorCode::timed_out);
    run(client.logout(soon()));
}

Turn login_with(const std::string& capabilities) {
    return {kLogin.expected, "% OK [CAPABILITY IMAP4rev1 " + capabilities + "] in\r\n"};
}

TEST_F(ClientTest, MovesByCopyingWhereThereIsNoMove) {
    answer(
        kImplicit,
        std::string(kGreeting),
        {login_with("UIDPLUS"),
         {"UID COPY 5:* \"Entw&APw-rfe\"", "% OK [COPYUID 9 5:6 1:2] done\r\n"},
         {"UID STORE 5:6 +FLAGS.SILENT (\\Deleted)", "% OK done\r\n"},
         {"UID EXPUNGE 5:6", "* 2 EXPUNGE\r\n* 1 EXPUNGE\r\n% OK done\r\n"},
         // Nothing there any more, and a server that does not say what it did.
         {"UID COPY 5 \"x\"", "% OK done\r\n"},
         {"UID SEARCH UID 5", "* SEARCH\r\n% OK done\r\n"},
         {"UID COPY 7 \"x\"", "% OK done\r\n"},
         {"UID SEARCH UID 7", "* SEARCH 7\r\n% OK done\r\n"}}
    );
    const base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected) << connected.error().describe();
    Client& client = **connected;
    EXPECT_TRUE(run(client.uid_move("5:*", "Entwürfe", soon())));
    EXPECT_TRUE(run(client.uid_move("5", "x", soon())));
    const base::Result<> unclear = run(client.uid_move("7", "x", soon()));
    ASSERT_FALSE(unclear);
    EXPECT_EQ(unclear.error().code, base::ErrorCode::refused);
    EXPECT_TRUE(client.usable());
    loop_.run_ready();
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

TEST_F(ClientTest, ChangesNothingWhereSingleMessagesCantBeMoved) {
    answer(kImplicit, std::string(kGreeting), {login_with(""), {"NOOP", "% OK done\r\n"}});
    const base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    const base::Result<> moved = run((*connected)->uid_move("5", "x", soon()));
    ASSERT_FALSE(moved);
    EXPECT_EQ(moved.error().code, base::ErrorCode::refused);
    EXPECT_TRUE(run((*connected)->noop(soon())));
    loop_.run_ready();
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

TEST_F(ClientTest, FindsThatAFolderIsThereAlready) {
    answer(
        kImplicit,
        std::string(kGreeting),
        {login_with("MOVE"),
         {"CREATE \"Pilotlight\"", "% NO Mailbox exists\r\n"},
         {"LIST \"\" \"Pilotlight\"", "* LIST () \"/\" Pilotlight\r\n% OK done\r\n"},
         {"CREATE \"a%\"", "% NO bad name\r\n"},
         {"LIST \"\" \"a%\"", "* LIST () \"/\" ab\r\n% OK done\r\n"}}
    );
    const base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    EXPECT_TRUE(run((*connected)->create("Pilotlight", soon())));
    const base::Result<> refused = run((*connected)->create("a%", soon()));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, base::ErrorCode::refused);
    EXPECT_EQ(refused.error().server_words, "bad name");
    loop_.run_ready();
    EXPECT_EQ(dialer_.problems(), std::vector<std::string>{});
}

TEST_F(ClientTest, DoesNotIdleWhereTheServerDoesNot) {
    answer(kImplicit, std::string(kGreeting), {login_with("MOVE")});
    const base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    Waker waker;
    const base::Result<Idled> idled = run((*connected)->idle(waker, soon()));
    ASSERT_FALSE(idled);
    EXPECT_EQ(idled.error().code, base::ErrorCode::unsupported);
    EXPECT_TRUE((*connected)->usable());
}

TEST_F(ClientTest, GivesAServerTimeToEndAnIdle) {
    answer(
        kImplicit, std::string(kGreeting), {login_with("IDLE"), {"IDLE", "+ idling\r\n"}}
        // and no answer to DONE
    );
    const base::Result<std::unique_ptr<Client>> connected = connect(kImplicit);
    ASSERT_TRUE(connected);
    Waker waker;
    const base::MonotonicTime start = loop_.clock().monotonic();
    const base::MonotonicTime until = start + std::chrono::minutes(9);
    const base::Result<Idled> idled = run((*connected)->idle(waker, until));
    ASSERT_FALSE(idled);
    EXPECT_EQ(idled.error().code, base::ErrorCode::timed_out);
    EXPECT_EQ(loop_.clock().monotonic(), until + std::chrono::minutes(1));
}

TEST_F(ClientTest, SaysAtWhichStageConnectFailed) {
    const auto error_of = [&](const net::Endpoint& endpoint) {
        const base::Result<std::unique_ptr<Client>> connected = connect(endpoint);
        EXPECT_FALSE(connected);
        return connected ? base::Error{} : connected.error();
    };
    EXPECT_EQ(error_of(kImplicit).stage, "imap.connect");
    EXPECT_EQ(error_of(kImplicit).code, base::ErrorCode::network);
    dialer_.refuse(kImplicit, {base::ErrorCode::tls, "net.tls", "certificate expired", {}, 0, {}});
    EXPECT_EQ(error_of(kImplicit).stage, "imap.tls");
    answer(kImplicit, std::string(kGreeting), {{kLogin.expected, "% NO wrong password\r\n"}});
    EXPECT_EQ(error_of(kImplicit).stage, "imap.login");
    EXPECT_EQ(error_of(kImplicit).code, base::ErrorCode::unauthenticated);
    EXPECT_EQ(error_of(kImplicit).server_words, "wrong password");
    answer(kImplicit, "", {});
    EXPECT_EQ(error_of(kImplicit).code, base::ErrorCode::timed_out);
    EXPECT_EQ(error_of(kImplicit).message, "no answer in time while waiting for the greeting");
}

}  // namespace
}  // namespace imap
