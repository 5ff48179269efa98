// Threats, row 11: real delivery reports of other projects, with ids that are none of ours, must
// all be unmatched. $PILOTLIGHT_CORPORA/bounces; skipped where it is not there.
#include <fmt/format.h>

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

}  // namespace

TEST(ForgedBounces, OfTheCorporaAreAllUnmatched) {
    const char* corpora = std::getenv("PILOTLIGHT_CORPORA");
    if (corpora == nullptr) GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set";
    tests::ReturnsWorld world;
    // Leads at the very addresses that the reports name: only the proof is missing.
    std::vector<mime::Message> reports;
    std::set<std::string> addresses;
    for (const fs::directory_entry& file :
         fs::recursive_directory_iterator(fs::path(corpora) / "bounces")) {
        if (!file.is_regular_file() || file.path().extension() != ".eml") continue;
        reports.push_back(mime::read_message(read_file(file.path())));
        for (const inbound::Bounce& bounce : inbound::classify(reports.back()).bounces)
            if (base::Email::parse(bounce.address)) addresses.insert(bounce.address);
    }
    ASSERT_GT(reports.size(), 300U);
    int mails = 0;
    for (const std::string& address : addresses) {
        const std::int64_t lead = world.add_lead(address, "", false);
        ++mails;
        world.change(fmt::format(
            "INSERT INTO emails_campaign (email_type, lead_id, \"from\", \"to\", from_mailbox_id, "
            "subject, message_id, status, send_key, token, raw_sha256, created_at, sent_at) VALUES "
            "('initial', {0}, 'anna@co-one.test', '{1}', 1, 'x', 'ours{2}@co-one.test', "
            "'accepted', 'draft:{2}', 't{2}', '', 1, {3})",
            lead,
            base::replace_all(address, "'", "''"),
            mails,
            world.loop.now().micros
        ));
    }
    const mailbox::Mailbox box = world.mailbox("anna@co-one.test");
    int read = 0;
    for (mime::Message& report : reports) {
        inbound::Incoming incoming;
        incoming.mailbox = box;
        incoming.place = {
            inbound::FolderKind::inbox, "INBOX", 1, static_cast<std::uint32_t>(++read), {}
        };
        incoming.found_at = world.loop.now();
        incoming.message = std::move(report);
        const campaign::Returned returned = campaign::returned_of(incoming, world.mint);
        const auto kind = returned.what.kind;
        if (kind != inbound::Kind::bounce && kind != inbound::Kind::complaint) continue;
        const campaign::Recorded recorded =
            world.as(store::Role::campaign, [&](store::Connection& connection) {
                return campaign::record_returned(connection, returned);
            });
        EXPECT_FALSE(recorded.matched);
        EXPECT_TRUE(recorded.decision.starts_with("unmatched")) << recorded.decision;
    }
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM suppressions"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM leads WHERE status <> 'active'"), 0);
    EXPECT_EQ(world.count("SELECT COUNT(*) FROM emails_campaign WHERE outcome <> 'none'"), 0);
}
