// The base of every test that needs the lab: skipped with one clear line where the lab cannot run.
#pragma once
#include <memory>
#include <vector>

#include "tests/lab/mail_servers.h"

namespace lab {

class LabTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (const auto why = MailServers::missing()) GTEST_SKIP() << *why;
    }
};

}  // namespace lab
