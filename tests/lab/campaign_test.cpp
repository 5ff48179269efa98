// A whole campaign on real servers: 8 senders, 200 leads whose own servers answer, refuse, are full
// or are gone (lead_cast.h), the program's days passing in two minutes. What is checked lies in
// Dovecot's mailboxes; the program is only asked for the status of its leads.
//
// PILOTLIGHT_LEADS=40 plays a smaller one. PILOTLIGHT_SHORT=1 a quick one: a day between mails in
// the place of three, and vacation notes that name the day after tomorrow (else 7 days are waited).
// Measured on 2 busy cores: 26 minutes, and 7 for the quick one of 40. Logins are paced in real
// time, three a minute and account, so looks come every 20 seconds: 4 of the program's hours.
#include <boost/json.hpp>
#include <csignal>
#include <cstdlib>

#include "base/text.h"
#include "base/time.h"
#include "tests/lab/campaign_check.h"
#include "tests/lab/lab_test.h"
#include "tests/lab/scripted_leads.h"
#include "tests/lab/world.h"

namespace lab {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Who is on vacation gets the last mail 10 days after the first, and 20 minutes are 10 days; the
// rest is for a busy machine.
constexpr auto kLimit = minutes(45);
constexpr auto kBeat = seconds(1);
// A lead answers a second after its mail and hears again minutes later; what is on its way when it
// answers may still come.
constexpr auto kGrace = seconds(10);
constexpr std::int64_t kHour = 3'600'000'000;

constexpr const char* kCampaign = R"([sender]
name = "Ann Lee"
company = "Example Ltd"
postal_address = "Example Ltd, 1 Main Street, Springfield"

[when]
zone = "UTC"
start_hour = 0
end_hour = 24
weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

[rules]
canary = false
unsubscribe = "mailto-only"

[[step]]
subject = "An idea for {{company}}"
body = """
Hello {{first_name}},

we do the bookkeeping of small firms in a day. Would that help {{company}}?

Ann Lee
"""

[[step]]
after_days = 3
same_thread = true
body = """
Hello {{first_name}},

did you find the time to think about it?

Ann Lee
"""

[[step]]
after_days = 3
same_thread = false
subject = "Bookkeeping at {{company}}"
body = """
Hello {{first_name}},

this is the last mail from me. May I call you some day?

Ann Lee
"""
)";

std::size_t lead_count() {
    const char* given = std::getenv("PILOTLIGHT_LEADS");
    const auto count = given == nullptr ? std::nullopt : base::parse_int(given);
    return count ? static_cast<std::size_t>(*count) : 200;
}

bool is_short() { return std::getenv("PILOTLIGHT_SHORT") != nullptr; }

std::string campaign_file() {
    const std::string text = kCampaign;
    return is_short() ? base::replace_all(text, "after_days = 3", "after_days = 1") : text;
}

// The program's time begins with the real one.
std::string day_after_tomorrow() {
    constexpr std::int64_t kDay = 24 * kHour;
    return base::date_from_days(real_micros() / kDay + 2).str();
}

Stage campaign_stage(const LeadCast& leads) {
    Cast cast;
    cast.senders = campaign_senders();
    cast.domains = leads.domains;
    cast.others = leads.accounts;
    cast.lost_domains = leads.lost_domains;
    return {.cast = std::move(cast)};
}

class CampaignTest : public LabTest {
  protected:
    void SetUp() override {
        LabTest::SetUp();
        if (IsSkipped()) return;
        leads_ = make_leads(lead_count(), is_short() ? day_after_tomorrow() : "");
        world_.emplace(campaign_stage(leads_));
        world_->set_up({
            {"sessions.logins_per_minute", "100000"},
            {"dns.server", "\"127.0.0.1:" + std::to_string(world_->servers().port("dns")) + "\""},
            {"warmup.sends_per_cycle", "0"},
        });
        give_a_past();
        const std::string folder = world_->servers().folder();
        write_file(folder + "/campaign.toml", campaign_file());
        write_file(folder + "/leads.csv", leads_csv());
        must({"campaign", "create", "shops", "--file", folder + "/campaign.toml"});
        must({"campaign", "import-leads", "shops", folder + "/leads.csv", "--basis", "asked"});
        must({"campaign", "start", "shops"});
    }
    void TearDown() override {
        if (!HasFailure() || !world_) return;
        const std::string base = world_->servers().folder() + "/serve";
        std::puts(world_->last_output().c_str());
        std::puts(tail(read_file(base + ".out") + read_file(base + ".err"), 100).c_str());
        std::puts(world_->servers().log_tail().c_str());
    }

    void must(const std::vector<std::string>& words) {
        const Outcome outcome = world_->run(words);
        ASSERT_EQ(outcome.exit_code, 0) << base::join(words, " ") << "\n"
                                        << outcome.out << outcome.err;
    }
    std::string leads_csv() const {
        std::string csv = "email,name,company,country,source\n";
        for (const Lead& lead : leads_.leads)
            csv += base::join({lead.email, lead.name, lead.company, "US", "a fair"}, ",") + "\n";
        return csv;
    }

    // Two weeks of warmup and of campaigns, a mail a day each: nobody starts at full speed.
    void give_a_past() const {
        const std::int64_t hour = world_->now_micros() / kHour;
        std::vector<std::string> rows;
        for (std::size_t id = 1; id <= world_->senders().size(); ++id)
            for (std::int64_t day = 1; day <= 15; ++day)
                for (const char* side : {"warmup", "campaign"})
                    rows.push_back(
                        "(" + std::to_string(id) + ", " + std::to_string(hour - day * 24) + ", '" +
                        side + "', 1)"
                    );
        change_sqlite(
            world_->folder(),
            "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES " +
                base::join(rows, ", ")
        );
    }

    // By address, as the program says it while it runs.
    std::map<std::string, std::string> statuses() {
        const Outcome outcome =
            world_->run({"--json", "campaign", "leads", "shops", "--limit", "1000"});
        std::map<std::string, std::string> out;
        boost::system::error_code error;
        const boost::json::value answer = boost::json::parse(outcome.out, error);
        if (error) return out;
        for (const boost::json::value& lead : answer.at("leads").as_array())
            out[std::string(lead.at("email").as_string())] =
                std::string(lead.at("status").as_string());
        return out;
    }
    bool all_ended() {
        const std::map<std::string, std::string> now = statuses();
        return now.size() == leads_.leads.size() && std::ranges::none_of(now, [](const auto& one) {
                   return one.second == "new" || one.second == "ready" || one.second == "active" ||
                          one.second == "needs_basis";
               });
    }

    // The service runs, and the leads read their mail, until every lead has its end.
    void play(ScriptedLeads& scripted) {
        world_->hurry();
        Process service = world_->start({"serve"}, "serve");
        int beats = 0;
        const bool ended = await(kLimit, [&] {
            if (service.await_exit(kBeat)) return true;
            scripted.look();
            return ++beats % 15 == 0 && all_ended();
        });
        EXPECT_TRUE(ended) << "leads were still under way after " << kLimit.count() << " minutes";
        EXPECT_TRUE(service.stop(seconds(60)));
        EXPECT_EQ(service.exit_code(), 0);
        EXPECT_TRUE(world_->servers().await_delivery(seconds(60)));
    }

    bool files_sent(const std::string& sender) const {
        const auto found = std::ranges::find(world_->senders(), sender, &Account::email);
        return found != world_->senders().end() && found->files_sent;
    }

    // Nothing where the program has no such lead.
    std::optional<LeadStory> story_of(
        const Lead& lead, const ScriptedLeads& scripted, const StoreView& store
    ) {
        LeadStory story;
        story.lead = lead;
        if (!lead.mailbox.empty())
            story.mails = lead_mails(world_->servers().read_maildir(lead.mailbox));
        // The others' provider shows in no way whether it kept our Message-ID; a vacation note
        // names the one that came.
        if (!story.mails.empty())
            story.thread_known = lead.way == Way::on_vacation || files_sent(story.mails[0].from);
        const auto first = std::ranges::find(scripted.acts(), lead.email, &Act::lead);
        if (first != scripted.acts().end()) story.acted_micros = first->at_micros;
        const StoreView::Rows rows = store.query(
            "SELECT l.status, (SELECT COUNT(*) FROM emails_campaign e WHERE e.lead_id = l.id AND "
            "e.status = 'accepted'), (SELECT COUNT(*) FROM suppressions s WHERE s.value = "
            "l.email_key AND s.kind = 'address' AND s.state = 'active') FROM leads l WHERE l.email "
            "= '" +
            lead.email + "' ORDER BY l.id"
        );
        if (rows.empty()) return std::nullopt;
        story.status = rows[0].at(0);
        story.sent = std::stoi(rows[0].at(1));
        story.suppressed = rows[0].at(2) != "0";
        return story;
    }

    LeadCast leads_;
    std::optional<World> world_;
};

TEST_F(CampaignTest, EachLeadEndsAsItShouldAndGetsNoMailTooMany) {
    ScriptedLeads scripted(world_->servers(), leads_);
    play(scripted);
    const std::unique_ptr<StoreView> store = world_->store();
    std::map<std::string, std::size_t> by_sender;
    for (const Lead& lead : leads_.leads) {
        const std::optional<LeadStory> story = story_of(lead, scripted, *store);
        if (!story) {
            ADD_FAILURE() << lead.email << " (" << to_string(lead.way) << ") was not taken in";
            continue;
        }
        for (const std::string& fault : faults_of(*story, kGrace)) ADD_FAILURE() << fault;
        if (!story->mails.empty()) ++by_sender[story->mails[0].from];
    }
    EXPECT_EQ(by_sender.size(), world_->senders().size()) << "every sender has its part";
    EXPECT_EQ(store->count("emails_warmup"), 0);
}

}  // namespace
}  // namespace lab
