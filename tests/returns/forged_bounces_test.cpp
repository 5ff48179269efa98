// Threats, row 11: real delivery reports of other projects, with ids that are none of ours, must
// all be unmatched. $PILOTLIGHT_CORPORA/bounces; skipped where it is not there.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.h"
#include "campaign/returned_mail.h"
#include "tests/returns/returns_world.h"

namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<mime::Message> read_reports(const fs::path& folder) {
    std::vector<mime::Message> reports;
    for (const fs::directory_entry& file : fs::recursive_directory_iterator(folder))
        if (file.is_regular_file() && file.path().extension() != ".jsonl")
            reports.push_back(mime::read_message(read_file(file.path())));
    return reports;
}

// A mail to everybody whom a report names: only the proof is missing.
void write_to_all(tests::ReturnsWorld& world, const std::vector<mime::Message>& reports) {
    std::set<std::string> addresses;
    for (const mime::Message& report : reports)
        for (const inbound::Bounce& bounce : inbound::classify(report).bounces)
            if (base::Email::parse(bounce.address)) addresses.insert(bounce.address);
    int mails = 0;
    for (const std::string& address : addresses) {
        const std::int64_t lead = world.add_lead(address, "", false);
        world.change(fmt::format(
            "INSERT INTO emails_campaign (email_type, lead_id, \"from\", \"to\", from_mailbox_id, "
            "subject, message_id, status, send_key, token, raw_sha256, created_at, sent_at) VALUES "
            "('initial', {0}, 'anna@co-one.test', '{1}', 1, 'x', 'ours{2}@co-one.test', "
            "'accepted', 'draft:{2}', 't{2}', '', 1, {3})",
            lead,
            base::replace_all(address, "'", "''"),
            ++mails,
            world.loop.now().micros
        ));
    }
}

}  // namespace

TEST(ForgedBounces, OfTheCorporaAreAllUnmatched) {
    const char* corpora = std::getenv("PILOTLIGHT_CORPORA");
    if (corpora == nullptr) GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set";
    tests::ReturnsWorld world;
    const std::vector<mime::Message> reports = read_reports(fs::path(corpora) / "bounces");
    write_to_all(world, reports);
    int counted = 0;
    for (std::size_t i = 0; i < reports.size(); ++i) {
        inbound::Incoming incoming;
        incoming.mailbox.id = 1;
        incoming.place.folder = "INBOX";
        incoming.place.uid = static_cast<std::uint32_t>(i + 1);
        incoming.found_at = world.loop.now();
        incoming.message = reports[i];
        const campaign::Returned returned =
            campaign::returned_of(incoming, world.mint, world.vault);
        const auto kind = returned.what.kind;
        if (kind != inbound::Kind::bounce && kind != inbound::Kind::complaint) continue;
        const campaign::Recorded recorded =
            world.as(store::Role::campaign, [&](store::Connection& connection) {
                return campaign::record_returned(connection, returned);
            });
        EXPECT_FALSE(recorded.matched);
        EXPECT_TRUE(recorded.decision.starts_with("unmatched")) << recorded.decision;
        ++counted;
    }
    EXPECT_GT(counted, 300);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE status <> 'active'"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign WHERE outcome <> 'none'"), 0);
    std::printf("%d reports and complaints with foreign ids: all unmatched\n", counted);
}
