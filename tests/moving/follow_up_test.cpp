// A thread that another system began goes on here: from the account that began it, in its thread.
#include <fstream>

#include "campaign/settings.h"
#include "engine/moving_in.h"
#include "tests/campaign/campaign_world.h"
#include "tests/store/store_fixture.h"

namespace {

using namespace std::chrono_literals;
using tests::CampaignWorld;
using tests::MailRow;

constexpr const char* kCampaigns = R"({"_id":{"$oid":"5f00000000000000000000c1"},"name":"Autumn"})";
constexpr const char* kLeads =
    R"({"_id":{"$oid":"5f00000000000000000000a1"},"email":"lead1@gmail-like.test","name":"One"}
{"_id":{"$oid":"5f00000000000000000000a2"},"email":"lead2@gmail-like.test","name":"Two"}
)";

// First mails of both leads three days before, from the second sender; the second lead replied.
std::string draft(int lead) {
    return fmt::format(
        R"({{"_id":{{"$oid":"5f00000000000000000000d{0}"}},"lead_id":{{"$oid":"5f00000000000000000000a{0}"}},)"
        R"("campaign_id":{{"$oid":"5f00000000000000000000c1"}},"to_email":"lead{0}@gmail-like.test",)"
        R"("to_name":"One","email_type":"initial","followup_number":0,"subject":"Tea for {0}","body":"B",)"
        R"("from_account":"sender1@co-one.test","status":"sent",)"
        R"("sent_at":{{"$date":"2026-05-29T08:00:00Z"}},"created_at":{{"$date":"2026-05-29T07:00:00Z"}}}})"
        "\n",
        lead
    );
}
std::string mail(int lead, const char* status) {
    return fmt::format(
        R"({{"_id":{{"$oid":"5f00000000000000000000e{0}"}},"lead_id":{{"$oid":"5f00000000000000000000a{0}"}},)"
        R"("campaign_id":{{"$oid":"5f00000000000000000000c1"}},"subject":"Tea for {0}","body":"B",)"
        R"("status":"{1}","message_id":"<first{0}@co-one.test>","followup_number":0,)"
        R"("sent_at":{{"$date":"2026-05-29T08:00:00Z"}}}})"
        "\n",
        lead,
        status
    );
}

TEST(ImportedThreads, GoOnFromTheAccountThatBeganThemInTheirThread) {
    CampaignWorld world({.senders = 2, .leads = 0});
    for (const char* lead : {"lead1@gmail-like.test", "lead2@gmail-like.test"})
        world.world.add_account(
            {base::Email::parse(lead).value(), "p", "gmail", world.loop.now(), "en"}
        );
    const tests::TemporaryFolder folder;
    std::ofstream(folder.file("campaigns.json")) << kCampaigns;
    std::ofstream(folder.file("leads.json")) << kLeads;
    std::ofstream(folder.file("email_drafts.json")) << draft(1) + draft(2);
    std::ofstream(folder.file("emails.json")) << mail(1, "sent") + mail(2, "replied");
    engine::ImportOrder order;
    order.files = documents::find_export_files(folder.path()).value();
    const engine::ImportReport report =
        world.run(engine::move_in(*world.db, world.vault, world.loop, std::move(order)));
    ASSERT_TRUE(report.complete());
    // Nothing leaves before the owner starts the campaign.
    world.look();
    EXPECT_EQ(world.pass().sent, 0);
    world.as(store::Role::campaign, [&](store::Connection& connection) {
        connection.execute(
            "UPDATE campaigns SET status = 'active', settings = :settings WHERE name = 'Autumn'",
            store::values(campaign::to_json(world.settings))
        );
    });
    world.run_until(tests::kCampaignStart + 10h, 10min);
    std::vector<MailRow> ours;
    for (const MailRow& one : world.mails())
        if (one.followup_number > 0) ours.push_back(one);
    ASSERT_EQ(ours.size(), 1U) << "the lead that replied gets no more";
    EXPECT_EQ(ours[0].from_, "sender1@co-one.test");
    EXPECT_EQ(ours[0].to_, "lead1@gmail-like.test");
    EXPECT_EQ(ours[0].subject, "Re: Tea for 1");
    EXPECT_EQ(ours[0].in_reply_to, "first1@co-one.test");
    EXPECT_EQ(ours[0].status, "accepted");
}

}  // namespace
