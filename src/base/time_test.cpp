#include "base/time.h"
#include "base/time_zone.h"

TEST(Time, IsoRoundTripsAndRefusesNonsense) {
    for (const char* text :
         {"1970-01-01T00:00:00Z",
          "2026-11-23T13:07:00Z",
          "2024-02-29T23:59:59.000001Z",
          "1969-12-31T23:59:59Z"}) {
        const auto time = base::from_iso(text);
        ASSERT_TRUE(time) << text;
        EXPECT_EQ(base::to_iso(*time), text);
    }
    EXPECT_EQ(base::from_iso("2026-11-23T14:07:00+01:00"), base::from_iso("2026-11-23T13:07:00Z"));
    for (const char* bad : {"", "2026-02-30T00:00:00Z", "2026-11-23", "2026-11-23T25:00:00Z", "x"})
        EXPECT_FALSE(base::from_iso(bad)) << bad;
}

TEST(Time, MailDatesFollowRfc5322) {
    const auto time = *base::from_iso("2026-11-23T13:07:09Z");
    EXPECT_EQ(base::to_rfc5322(time, std::chrono::minutes(60)), "Mon, 23 Nov 2026 14:07:09 +0100");
    EXPECT_EQ(
        base::to_rfc5322(time, std::chrono::minutes(-210)), "Mon, 23 Nov 2026 09:37:09 -0330"
    );
}

TEST(TimeZone, KnowsSummerTimeAndLocalDays) {
    const auto zone = base::TimeZone::find("Europe/Berlin");
    ASSERT_TRUE(zone);
    EXPECT_EQ(zone->offset_at(*base::from_iso("2026-07-01T00:00:00Z")).count(), 120);
    EXPECT_EQ(zone->offset_at(*base::from_iso("2026-12-01T00:00:00Z")).count(), 60);
    EXPECT_EQ(zone->day_at(*base::from_iso("2026-11-23T23:30:00Z")).str(), "2026-11-24");
    EXPECT_EQ(base::to_iso(zone->start_of_day({2026, 3, 29})), "2026-03-28T23:00:00Z");
}

TEST(TimeZone, AnUnknownNameIsRefusedWithTheMend) {
    const auto zone = base::TimeZone::find("Mars/Base");
    ASSERT_FALSE(zone);
    EXPECT_NE(zone.error().message.find("Europe/Berlin"), std::string::npos);
}
