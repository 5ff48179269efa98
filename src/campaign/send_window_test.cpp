#include "campaign/send_window.h"

namespace campaign {
namespace {

base::Timestamp at(const char* iso) { return *base::from_iso(iso); }

SendWindow window(const char* zone) {
    Settings settings;
    settings.zone = zone;
    return window_of(settings, Limits()).value();
}

TEST(SendWindow, IsOpenInItsHoursOnItsDaysOnly) {
    const SendWindow berlin = window("Europe/Berlin");
    EXPECT_FALSE(is_open(berlin, at("2026-06-01T06:59:59Z")));
    EXPECT_TRUE(is_open(berlin, at("2026-06-01T07:00:00Z")));
    EXPECT_TRUE(is_open(berlin, at("2026-06-01T14:59:59Z")));
    EXPECT_FALSE(is_open(berlin, at("2026-06-01T15:00:00Z")));
    EXPECT_FALSE(is_open(berlin, at("2026-06-06T10:00:00Z"))) << "Saturday";
}

TEST(SendWindow, OpensNextAfterNightsWeekendsAndHolidays) {
    SendWindow berlin = window("Europe/Berlin");
    EXPECT_EQ(next_opening(berlin, at("2026-06-01T20:00:00Z")), at("2026-06-02T07:00:00Z"));
    EXPECT_EQ(next_opening(berlin, at("2026-06-05T15:00:00Z")), at("2026-06-08T07:00:00Z"));
    berlin.holidays = {{2026, 6, 8}};
    EXPECT_EQ(next_opening(berlin, at("2026-06-05T15:00:00Z")), at("2026-06-09T07:00:00Z"));
    EXPECT_EQ(next_opening(berlin, at("2026-06-09T10:00:00Z")), at("2026-06-09T10:00:00Z"));
}

// Clocks go forward on 2026-03-29 and back on 2026-10-25 in Berlin.
TEST(SendWindow, KeepsWallTimesWhenClocksAreSet) {
    SendWindow berlin = window("Europe/Berlin");
    berlin.weekdays.fill(true);
    EXPECT_EQ(next_opening(berlin, at("2026-03-28T20:00:00Z")), at("2026-03-29T07:00:00Z"));
    EXPECT_EQ(next_opening(berlin, at("2026-10-24T20:00:00Z")), at("2026-10-25T08:00:00Z"));
    berlin.start_hour = 2;  // skipped in March
    berlin.end_hour = 4;
    EXPECT_EQ(next_opening(berlin, at("2026-03-29T00:30:00Z")), at("2026-03-29T01:00:00Z"));
    EXPECT_TRUE(is_open(berlin, at("2026-03-29T01:30:00Z")));
    EXPECT_FALSE(is_open(berlin, at("2026-03-29T02:00:00Z")));
}

TEST(SendWindow, NextOpeningIsOpenAndNothingBeforeItIs) {
    const SendWindow york = window("America/New_York");
    for (int hour = 0; hour < 24 * 400; hour += 5) {
        const base::Timestamp now = at("2026-01-01T00:20:00Z") + std::chrono::hours(hour);
        const base::Timestamp next = next_opening(york, now).value();
        ASSERT_TRUE(is_open(york, next)) << base::to_iso(now);
        for (base::Timestamp t = now; t < next; t = t + std::chrono::minutes(30))
            ASSERT_FALSE(is_open(york, t)) << base::to_iso(t);
    }
}

TEST(SendWindow, ReachesMidnightAndTheLeadsOwnZone) {
    SendWindow all_day = window("Asia/Tokyo");
    all_day.start_hour = 0;
    all_day.end_hour = 24;
    EXPECT_TRUE(is_open(all_day, at("2026-06-01T14:59:00Z")));
    EXPECT_EQ(in_zone(all_day, "America/New_York").zone.name(), "America/New_York");
    EXPECT_EQ(in_zone(all_day, "Nowhere/At_All").zone.name(), "Asia/Tokyo");
    EXPECT_EQ(in_zone(all_day, "").zone.name(), "Asia/Tokyo");
}

TEST(SendWindow, NamesWhatCantBeRead) {
    Settings settings;
    const auto words = [&] { return window_of(settings, Limits()).error().message; };
    settings.weekdays = {"mun"};
    EXPECT_NE(words().find("mun"), std::string::npos);
    settings.weekdays = {};
    EXPECT_NE(words().find("no weekday"), std::string::npos);
    settings.weekdays = {"Monday"};
    settings.holidays = {"25.12.2026"};
    EXPECT_NE(words().find("25.12.2026"), std::string::npos);
    settings.holidays = {};
    settings.end_hour = 9;
    EXPECT_NE(words().find("9 to 9"), std::string::npos);
    settings.end_hour = 24;
    settings.zone = "Mars/Base";
    EXPECT_NE(words().find("Mars/Base"), std::string::npos);
}

}  // namespace
}  // namespace campaign
