// The service is stopped while a slow model writes for it: that is no hang.
#include <boost/json.hpp>
#include <chrono>
#include <csignal>
#include <future>

#include "net/loopback_dns.h"
#include "net/loopback_server.h"
#include "tests/e2e/notified.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kCampaign = R"([sender]
name = "Ann Lee"
company = "Example Ltd"
postal_address = "Example Ltd, 1 Main Street, Springfield"

[mail]
writer = "model"
offer = "Bookkeeping for small shops, done in a day."
call_to_action = "a short call"

[when]
zone = "UTC"
start_hour = 0
end_hour = 24
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

[rules]
canary = false
unsubscribe = "mailto-only"

[[step]]
)";

std::string answer_of_model() {
    const boost::json::object mail = {
        {"subject", "Your books"},
        {"body", "Hello Pat,\n\nwe do the books of small shops in a day. Would a short call help?"}
    };
    const boost::json::object message = {
        {"role", "assistant"}, {"content", boost::json::serialize(mail)}
    };
    const boost::json::object choice = {
        {"index", 0}, {"finish_reason", "stop"}, {"message", message}
    };
    const std::string body = boost::json::serialize(
        boost::json::object{{"model", "slow"}, {"choices", boost::json::array{choice}}}
    );
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
}

class ServeWithASlowModel : public Program {
  protected:
    void SetUp() override {
        dns_.add("shop.example", net::LoopbackDns::mx(10, "mx.shop.example"));
        environment["PILOTLIGHT_DNS_SERVER"] = dns_.address();
        environment["LLM_PROVIDER"] = "openai";
        environment["OPENAI_API_KEY"] = "sk-of-the-test";
        set_up();
        const std::string url = "http://127.0.0.1:" + std::to_string(model_.port()) + "/v1";
        edit(
            "pilotlight.toml",
            "[llm.campaign]\n",
            "[llm.campaign]\nmodel = \"slow\"\nbase_url = \"" + url + "\"\n"
        );
        // Two weeks of warmup: only such a mailbox has a capacity to write for.
        for (int day = 1; day <= 15; ++day)
            edit_store(
                "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (1, "
                "unixepoch() / 3600 - 24 * " +
                std::to_string(day) + ", 'warmup', 1)"
            );
        put("shops.toml", kCampaign);
        put("leads.csv",
            "email,name,company,country,source\n"
            "pat@shop.example,Pat Lee,Shop A,US,a fair\n"
            "kim@shop.example,Kim Lee,Shop B,US,a fair\n"
            "ben@shop.example,Ben Lee,Shop C,US,a fair\n");
        must({"campaign", "create", "shops", "--file", "shops.toml"});
        must({"campaign", "import-leads", "shops", "leads.csv", "--basis", "asked"});
        must({"campaign", "start", "shops"});
    }
    void TearDown() override { let_answer(); }
    void let_answer() {
        if (!std::exchange(answered_, true)) answer_.set_value();
    }

    net::LoopbackDns dns_;
    std::promise<void> answer_;
    std::shared_future<void> may_answer_ = answer_.get_future().share();
    bool answered_ = false;
    net::LoopbackServer model_{[this](int fd) {
        net::receive_until(fd, "\r\n\r\n");
        may_answer_.wait();
        net::send_text(fd, answer_of_model());
        net::receive_rest(fd);
    }};
};

TEST_F(ServeWithASlowModel, EndsWithTheAnswerAndAsksNoMore) {
    Notified manager(path("notify"));
    environment["NOTIFY_SOCKET"] = path("notify");
    lab::Process service = begin({"serve"});
    EXPECT_TRUE(lab::await(seconds(30), [&] { return model_.accepted() > 0; })) << said();
    service.signal(SIGTERM);
    EXPECT_TRUE(manager.hears("STOPPING=1"));
    let_answer();
    const Outcome outcome = end(service);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(model_.accepted(), 1) << "three leads wait for their mail";
    EXPECT_THAT(outcome.err, HasSubstr("stopped by SIGTERM"));
    EXPECT_THAT(outcome.err, Not(HasSubstr("parked")));
    EXPECT_THAT(everything(), HasSubstr("|pat@shop.example|"));
}

}  // namespace
}  // namespace e2e
