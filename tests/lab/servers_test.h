// The base of tests of the rig itself: one set of servers for a whole suite, their logs after a
// failure, and Python's clients to speak to them.
#pragma once
#include "tests/lab/lab_test.h"
#include "tests/lab/probe.h"

namespace lab {

class ServersTest : public LabTest {
  protected:
    static void start(
        const std::vector<Account>& accounts,
        const Domains& domains = {},
        const std::vector<std::string>& lost_domains = {}
    ) {
        if (!MailServers::missing()) servers_ = MailServers::start(accounts, domains, lost_domains);
    }
    static void TearDownTestSuite() { servers_.reset(); }
    void TearDown() override {
        if (HasFailure() && servers_) std::puts(servers_->log_tail().c_str());
    }

    static Answer probe(
        const std::vector<std::string>& arguments, const std::string& message = {}
    ) {
        return lab::probe(*servers_, arguments, message);
    }
    // Sends `message` from that account to `to`; `password`: "bearer:TOKEN" for a token.
    static Answer submit(
        const std::string& url,
        const Account& from,
        const std::string& password,
        const std::string& to,
        const std::string& message
    ) {
        return probe({"send", url, servers_->ca_file(), from.email, password, to}, message);
    }

    inline static std::unique_ptr<MailServers> servers_;
};

}  // namespace lab
