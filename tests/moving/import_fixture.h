// Documents as lines of Extended JSON, into the store.
#pragma once
#include "tests/moving/moving_fixture.h"

namespace moving {

inline constexpr const char* kLead = "5f00000000000000000000a1";
inline constexpr const char* kCampaign = "5f00000000000000000000c1";

inline documents::Value from(const std::string& json) {
    const auto value = documents::read_document(json);
    EXPECT_TRUE(value) << json;
    return value ? *value : documents::Value{};
}

// Imports documents that a test writes out.
class ImportTest : public MovingTest {
  protected:
    // Writes these lines as a collection's file and imports it.
    engine::ImportReport take(
        const std::string& collection, const std::vector<std::string>& lines
    ) {
        const std::string path = folder_.file(collection + ".json");
        std::string text;
        for (const std::string& line : lines) text += line + "\n";
        std::FILE* file = std::fopen(path.c_str(), "wb");
        std::fwrite(text.data(), 1, text.size(), file);
        std::fclose(file);
        return move_in(path);
    }
    static std::string draft(int number, const std::string& more) {
        return fmt::format(
            R"({{"_id":{{"$oid":"5f0000000000000000000d{:02}"}},"lead_id":{{"$oid":"{}"}},)"
            R"("campaign_id":{{"$oid":"{}"}},"to_email":"Ann@Lead.example","to_name":"Ann",)"
            R"("email_type":"initial","followup_number":0,"subject":"S","body":"B",{}}})",
            number,
            kLead,
            kCampaign,
            more
        );
    }
    static std::string mail(int number, const std::string& status, const std::string& more = "") {
        return fmt::format(
            R"({{"_id":{{"$oid":"5f0000000000000000000e{:02}"}},"lead_id":{{"$oid":"{}"}},)"
            R"("campaign_id":{{"$oid":"{}"}},"subject":"S","body":"B","status":"{}",)"
            R"("message_id":"<m{}@co.example>","followup_number":0,)"
            R"("sent_at":{{"$date":"2026-10-01T09:00:00Z"}}{}}})",
            number,
            kLead,
            kCampaign,
            status,
            number,
            more
        );
    }
    std::string lead(const std::string& what) {
        return value("SELECT CAST(" + what + " AS TEXT) FROM leads ORDER BY id");
    }
};

}  // namespace moving
