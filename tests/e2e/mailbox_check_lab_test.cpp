// `mailbox check` on real servers: all steps ok, and what an untrusted certificate looks like.
#include <boost/json.hpp>

#include "tests/lab/lab_test.h"
#include "tests/lab/process.h"
#include "tests/lab/toml_edit.h"
#include "tests/lab/world.h"

namespace lab {
namespace {

class MailboxCheckLab : public LabTest {
  protected:
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped()) return;
        world_.emplace();
        world_->set_up({});
    }
    boost::json::array check(int exit_code) {
        const Outcome outcome = world_->run({"--json", "mailbox", "check"});
        EXPECT_EQ(outcome.exit_code, exit_code) << outcome.out << outcome.err;
        return boost::json::parse(outcome.out).at("mailboxes").as_array();
    }
    std::optional<World> world_;
};

TEST_F(MailboxCheckLab, SaysOkForEveryStepOnBothWaysOfTls) {
    const boost::json::array mailboxes = check(0);
    ASSERT_EQ(mailboxes.size(), 6u);
    for (const boost::json::value& mailbox : mailboxes) {
        EXPECT_TRUE(mailbox.at("ok").as_bool());
        EXPECT_EQ(mailbox.at("steps").as_array().size(), 10u);
        const std::string folders = boost::json::serialize(mailbox.at("folders"));
        EXPECT_NE(folders.find(R"({"kind":"inbox","name":"INBOX"})"), std::string::npos) << folders;
        EXPECT_NE(folders.find(R"({"kind":"spam","name":"Junk"})"), std::string::npos) << folders;
    }
}

TEST_F(MailboxCheckLab, StopsAtACertificateThatNobodyVouchesFor) {
    const std::string file = world_->servers().folder() + "/pilotlight/pilotlight.toml";
    write_file(file, set_toml_key(read_file(file), "tls", "ca_file", "\"\""));
    for (const boost::json::value& mailbox : check(1)) {
        for (const std::size_t side : {1u, 6u}) {
            const boost::json::array& steps = mailbox.at("steps").as_array();
            EXPECT_EQ(steps[side].at("state").as_string(), "ok");
            EXPECT_EQ(steps[side + 1].at("state").as_string(), "failed");
            EXPECT_EQ(steps[side + 1].at("error").at("code").as_string(), "tls");
            EXPECT_EQ(steps[side + 2].at("state").as_string(), "not_tried");
            const std::string mend(steps[side + 1].at("what_to_do").as_string());
            EXPECT_NE(mend.find("ca_file"), std::string::npos) << mend;
        }
    }
}

}  // namespace
}  // namespace lab
