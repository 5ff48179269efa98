// How much of public lists of role names and disposable domains our own lists cover. The lists lie
// outside the project and are measured against, never copied; without them the test is skipped.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/text.h"
#include "campaign/data_list.h"
#include "campaign/lead_checks.h"

namespace campaign {
namespace {

class LeadCorpora : public testing::Test {
  protected:
    void SetUp() override {
        const char* folder = std::getenv("PILOTLIGHT_CORPORA");
        if (folder == nullptr) GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set: lists not read";
        folder_ = folder;
    }
    std::vector<std::string> lines(const std::string& file) const {
        std::ifstream stream(folder_ / file);
        EXPECT_TRUE(stream) << file;
        std::vector<std::string> out;
        for (std::string line; std::getline(stream, line);)
            if (!base::trim(line).empty()) out.emplace_back(base::trim(line));
        return out;
    }
    static void state(const char* what, std::size_t covered, std::size_t all) {
        std::cout << what << ": " << covered << " of " << all << "\n";
        testing::Test::RecordProperty(what, static_cast<int>(covered));
    }

    std::filesystem::path folder_;
};

TEST_F(LeadCorpora, StateHowManyRoleNamesAreKnown) {
    // The corpus lists names of departments and machines beside years, numbers and single
    // letters, which refuse nobody here.
    const auto names = lines("role-based-addresses/roles.txt");
    const auto covered = static_cast<std::size_t>(std::ranges::count_if(names, is_role_address));
    state("role names known", covered, names.size());
    EXPECT_GE(covered * 100, names.size() * 40);
}

TEST_F(LeadCorpora, StateHowManyDisposableDomainsAreKnown) {
    const auto domains = lines("disposable-email-domains/disposable_email_blocklist.conf");
    const auto covered = static_cast<std::size_t>(std::ranges::count_if(domains, is_disposable));
    state("disposable domains known", covered, domains.size());
    EXPECT_GE(covered * 100, domains.size() * 18);
    // None of the domains where people really live is on the public list or ours.
    for (const std::string& domain : free_mail_domains())
        EXPECT_FALSE(is_disposable(domain)) << domain;
}

}  // namespace
}  // namespace campaign
