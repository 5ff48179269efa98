// The real client against a scripted server on the loopback.
#include "net/ares_dns_client.h"

#include "net/asio_loop.h"
#include "net/loopback_dns.h"
#include "net/loopback_server.h"

namespace {

using Manner = net::LoopbackDns::Manner;
using ::testing::HasSubstr;

class AresDnsClient : public testing::Test {
  protected:
    base::Result<std::vector<net::MxRecord>> mx(
        const std::string& name, base::Duration patience = std::chrono::seconds(20)
    ) {
        return base::run_to_end(loop_, client_.mx(name, loop_.in(patience)));
    }
    base::Result<std::vector<net::SrvRecord>> srv(const std::string& name) {
        return base::run_to_end(loop_, client_.srv(name, loop_.in(std::chrono::seconds(20))));
    }
    base::Result<std::vector<std::string>> txt(const std::string& name) {
        return base::run_to_end(loop_, client_.txt(name, loop_.in(std::chrono::seconds(20))));
    }
    base::ErrorCode code(const std::string& name) {
        const auto answer = mx(name);
        return answer ? base::ErrorCode::already_exists : answer.error().code;
    }

    net::LoopbackDns server_;
    net::AsioLoop loop_;
    net::AresDnsClient client_{loop_, loop_, {server_.address()}};
};

}  // namespace

TEST_F(AresDnsClient, GivesMxHostsByPreferenceInLowerCase) {
    server_.add("co.test", net::LoopbackDns::mx(20, "b.mail.test"));
    server_.add("co.test", net::LoopbackDns::mx(10, "MX.Mail.Test"));
    server_.add("co.test", net::LoopbackDns::mx(20, "a.mail.test"));
    const auto records = mx("Co.Test");
    ASSERT_TRUE(records) << records.error().describe();
    EXPECT_EQ(
        *records,
        (std::vector<net::MxRecord>{{10, "mx.mail.test"}, {20, "a.mail.test"}, {20, "b.mail.test"}})
    );
}

TEST_F(AresDnsClient, GivesServicesByPriorityThenWeight) {
    server_.add("_imaps._tcp.co.test", net::LoopbackDns::srv(20, 0, 993, "late.co.test"));
    server_.add("_imaps._tcp.co.test", net::LoopbackDns::srv(10, 1, 993, "light.co.test"));
    server_.add("_imaps._tcp.co.test", net::LoopbackDns::srv(10, 9, 1993, "heavy.co.test"));
    const auto records = srv("_imaps._tcp.co.test");
    ASSERT_TRUE(records) << records.error().describe();
    ASSERT_EQ(records->size(), 3U);
    EXPECT_EQ((*records)[0], (net::SrvRecord{10, 9, 1993, "heavy.co.test"}));
    EXPECT_EQ((*records)[1].target, "light.co.test");
    EXPECT_EQ((*records)[2].target, "late.co.test");
}

TEST_F(AresDnsClient, JoinsTheStringsOfATextAndCutsNothingAtNul) {
    server_.add("co.test", net::LoopbackDns::txt({"v=spf1 include:", "a.test ~all"}));
    server_.add("co.test", net::LoopbackDns::txt({std::string("a\0b", 3)}));
    const auto records = txt("co.test");
    ASSERT_TRUE(records) << records.error().describe();
    EXPECT_EQ(
        *records, (std::vector<std::string>{std::string("a\0b", 3), "v=spf1 include:a.test ~all"})
    );
}

TEST_F(AresDnsClient, TellsNoNameFromNoRecordsAndFromANullMx) {
    server_.add("texts.test", net::LoopbackDns::txt({"x"}));
    server_.add("null.test", net::LoopbackDns::mx(0, "."));
    server_.add("_imap._tcp.co.test", net::LoopbackDns::srv(0, 0, 0, "."));
    const auto missing = mx("nowhere.test");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, base::ErrorCode::not_found);
    EXPECT_THAT(missing.error().message, HasSubstr("nowhere.test: there is no such name"));
    EXPECT_EQ(code("texts.test"), base::ErrorCode::not_found);
    EXPECT_EQ(code("null.test"), base::ErrorCode::not_found);
    EXPECT_EQ(mx("null.test").error().enhanced, net::kNullMx);
    EXPECT_EQ(srv("_imap._tcp.co.test").error().code, base::ErrorCode::not_found);
}

TEST_F(AresDnsClient, SaysWhetherANameHasAnAddress) {
    const auto has = [&](const std::string& name) {
        return base::run_to_end(
            loop_, client_.has_address(name, loop_.in(std::chrono::seconds(5)))
        );
    };
    server_.add("four.test", {1, std::string("\x7f\0\0\1", 4)});
    server_.add("six.test", {28, std::string(15, '\0') + '\1'});
    server_.add("mail.test", net::LoopbackDns::mx(1, "mail.test"));
    server_.set_manner("lost.test", Manner::failing);
    EXPECT_EQ(has("four.test"), true);
    EXPECT_EQ(has("six.test"), true);
    EXPECT_EQ(has("mail.test"), false);
    EXPECT_EQ(has("nowhere.test"), false);
    EXPECT_FALSE(has("lost.test"));
    EXPECT_EQ(mx("nowhere.test").error().enhanced, net::kNoSuchDomain);
    EXPECT_EQ(mx("four.test").error().enhanced, "");
}

TEST_F(AresDnsClient, LeavesOutWhatIsNoHostName) {
    server_.add("co.test", net::LoopbackDns::mx(1, "evil\x1b[2J.test"));
    server_.add("co.test", net::LoopbackDns::mx(2, "good.test"));
    const auto records = mx("co.test");
    // The library may refuse the whole answer: then none of it is used, which is as safe.
    if (records)
        EXPECT_EQ(*records, (std::vector<net::MxRecord>{{2, "good.test"}}));
    else
        EXPECT_EQ(records.error().code, base::ErrorCode::protocol) << records.error().describe();
}

TEST_F(AresDnsClient, KeepsAtMostItsLimitOfRecords) {
    for (int i = 0; i < 150; ++i)
        server_.add("many.test", net::LoopbackDns::mx(i, fmt::format("m{}.test", i)));
    server_.set_manner("many.test", Manner::truncated);
    const auto records = mx("many.test");
    ASSERT_TRUE(records) << records.error().describe();
    EXPECT_EQ(records->size(), net::kRecordsMax);
}

TEST_F(AresDnsClient, AsksOverTcpWhatUdpCutShort) {
    server_.add("co.test", net::LoopbackDns::mx(1, "mail.test"));
    server_.set_manner("co.test", Manner::truncated);
    const auto records = mx("co.test");
    ASSERT_TRUE(records) << records.error().describe();
    EXPECT_EQ(records->at(0).host, "mail.test");
    EXPECT_EQ(server_.asked().size(), 2U);
}

TEST_F(AresDnsClient, IgnoresAnAnswerToAnotherQuestion) {
    server_.add("co.test", net::LoopbackDns::mx(1, "mail.test"));
    server_.set_manner("co.test", Manner::forged);
    const auto records = mx("co.test");
    ASSERT_TRUE(records) << records.error().describe();
    EXPECT_EQ(*records, (std::vector<net::MxRecord>{{1, "mail.test"}}));
}

TEST_F(AresDnsClient, SaysWhatAServerThatFailsDid) {
    server_.add("garbled.test", net::LoopbackDns::mx(1, "mail.test"));
    server_.set_manner("garbled.test", Manner::garbled);
    server_.set_manner("failing.test", Manner::failing);
    server_.set_manner("refusing.test", Manner::refusing);
    EXPECT_EQ(code("garbled.test"), base::ErrorCode::protocol);
    // The next server would be asked; there is none.
    EXPECT_EQ(code("failing.test"), base::ErrorCode::network);
    EXPECT_EQ(code("refusing.test"), base::ErrorCode::network);
}

TEST_F(AresDnsClient, KeepsToTheDeadlineAndStillServesTheNextQuestion) {
    server_.set_manner("silent.test", Manner::silent);
    server_.add("co.test", net::LoopbackDns::mx(1, "mail.test"));
    const base::MonotonicTime before = loop_.monotonic();
    const auto late = mx("silent.test", std::chrono::milliseconds(50));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code, base::ErrorCode::timed_out);
    EXPECT_LT(loop_.monotonic() - before, std::chrono::seconds(2));
    EXPECT_TRUE(mx("co.test"));
}

TEST_F(AresDnsClient, AsksForNothingThatIsNoName) {
    for (const std::string& name :
         {std::string(), std::string("a b.test"), std::string("a\0.test", 7), std::string(300, 'a')
         })
        EXPECT_EQ(code(name), base::ErrorCode::invalid_input) << name.size();
    EXPECT_TRUE(server_.asked().empty());
}

TEST_F(AresDnsClient, AnswersManyQuestionsAtOnce) {
    std::vector<base::Task<base::Result<std::vector<net::MxRecord>>>> questions;
    for (int i = 0; i < 40; ++i) {
        const std::string name = fmt::format("d{}.test", i);
        server_.add(name, net::LoopbackDns::mx(i, fmt::format("m{}.test", i)));
        questions.push_back(client_.mx(name, loop_.in(std::chrono::seconds(20))));
    }
    const auto answers = base::run_to_end(loop_, base::when_all(std::move(questions)));
    for (int i = 0; i < 40; ++i) {
        ASSERT_TRUE(answers[static_cast<std::size_t>(i)]) << i;
        EXPECT_EQ(answers[static_cast<std::size_t>(i)]->at(0).host, fmt::format("m{}.test", i));
    }
}

TEST(AresDnsClientAlone, SaysThatNoServerCanBeReachedAndEndsWithAQuestionUnderWay) {
    net::AsioLoop loop;
    net::AresDnsClient nowhere(loop, loop, {fmt::format("127.0.0.1:{}", net::closed_port())});
    const auto answer =
        base::run_to_end(loop, nowhere.mx("co.test", loop.in(std::chrono::seconds(20))));
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, base::ErrorCode::network) << answer.error().describe();

    net::LoopbackDns server;
    server.set_manner("silent.test", Manner::silent);
    auto client =
        std::make_unique<net::AresDnsClient>(loop, loop, net::DnsSettings{server.address()});
    const auto late =
        base::run_to_end(loop, client->mx("silent.test", loop.in(std::chrono::milliseconds(20))));
    EXPECT_FALSE(late);
    client.reset();  // c-ares still waits: the destructor does not
}

TEST(AresDnsClientAlone, SaysThatItsServerIsNoAddress) {
    net::AsioLoop loop;
    net::AresDnsClient client(loop, loop, {"not an address"});
    const auto answer =
        base::run_to_end(loop, client.mx("co.test", loop.in(std::chrono::seconds(20))));
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().code, base::ErrorCode::not_found) << answer.error().describe();
}
