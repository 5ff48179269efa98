// Reads the addresses of a public test set. It lies outside the project; without it the test is
// skipped.
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/email.h"
#include "base/text.h"

namespace {

namespace json = boost::json;

// What SMTP can carry, of what the set calls valid; its other categories need folding, comments or
// obsolete forms, or are too long.
bool carried(std::string_view diagnosis) {
    constexpr std::array<std::string_view, 6> kCarried{
        "ISEMAIL_VALID",
        "ISEMAIL_DNSWARN_NO_MX_RECORD",
        "ISEMAIL_DNSWARN_NO_RECORD",
        "ISEMAIL_RFC5321_TLD",
        "ISEMAIL_RFC5321_TLDNUMERIC",
        "ISEMAIL_RFC5321_QUOTEDSTRING",
    };
    return std::ranges::find(kCarried, diagnosis) != kCarried.end();
}

TEST(EmailCorpora, TellsAddressesFromWhatIsNone) {
    const char* corpora = std::getenv("PILOTLIGHT_CORPORA");
    if (corpora == nullptr) GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set: addresses not read";
    std::ifstream file(std::filesystem::path(corpora) / "isemail/labels.jsonl");
    ASSERT_TRUE(file);
    int valid = 0;
    int invalid = 0;
    for (std::string line; std::getline(file, line);) {
        const json::object row = json::parse(line).as_object();
        const std::string address(row.at("address").as_string());
        const std::string_view category = row.at("category").as_string();
        const std::string_view diagnosis = row.at("diagnosis").as_string();
        const bool read = base::Email::parse(address).has_value();
        const std::string shown = testing::PrintToString(address) + " " + std::string(diagnosis);
        if (category == "ISEMAIL_ERR" || category == "ISEMAIL_CFWS") {
            ++invalid;
            EXPECT_FALSE(read) << shown;
        } else if (carried(diagnosis)) {
            ++valid;
            EXPECT_TRUE(read) << shown;
        }
    }
    EXPECT_GT(valid, 90);
    EXPECT_GT(invalid, 150);
}

}  // namespace
