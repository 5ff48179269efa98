// Fixture of the tests of writing: a campaign whose leads are called Anna, texts of its own, and a
// model that answers what the test says.
#pragma once
#include <boost/json.hpp>

#include "campaign/campaign_store.h"
#include "campaign/draft_writer.h"
#include "tests/campaign/campaign_world.h"

namespace tests {

inline constexpr const char* kBody =
    "{Hi|Hello} {{first_name}},\n\nI saw that {{company}} is growing. Our tool takes invoices off "
    "your team.\n\nWould a short call make sense?\n\nBest regards,\n{{sender_name}}";

class WritingTest : public testing::Test {
  protected:
    WritingTest() {
        campaign::Settings settings = world.settings;
        settings.offer = "A tool for invoices";
        settings.call_to_action = "a short call";
        world.set_settings(settings);
        for (const campaign::Lead& lead : world.leads())
            world.change(
                "UPDATE leads SET name = 'Anna Nr" + letters(lead.id) + "', company = 'Firm " +
                letters(lead.id) + "' WHERE id = " + std::to_string(lead.id)
            );
    }
    static std::string letters(std::int64_t id) {
        return std::string(1, static_cast<char>('A' + id)) + "olm";
    }
    std::int64_t add_text(int step, const std::string& subject, const std::string& body) {
        const std::int64_t campaign = world.campaign_id;
        const base::Timestamp now = world.loop.now();
        return world.as(store::Role::campaign, [=](store::Connection& connection) {
            return connection.insert(
                "INSERT INTO campaign_texts (campaign_id, step, subject, body, canary, created_at) "
                "VALUES (:campaign, :step, :subject, :body, 'clear', :now)",
                store::values(campaign, step, subject, body, now)
            );
        });
    }
    void write_by_model() {
        campaign::Settings settings = world.settings;
        settings.writer = "model";
        world.set_settings(settings);
    }
    base::Result<std::int64_t> write(std::int64_t lead, int step = 0) {
        campaign::DraftWriter writer(world.context());
        return world.run(writer.write(lead, step));
    }
    campaign::Draft draft(std::int64_t id) {
        return *world.as(store::Role::operator_, [id](store::Connection& connection) {
            return campaign::find_draft(connection, id);
        });
    }
    static std::string mail(const std::string& subject, const std::string& body) {
        return boost::json::serialize(boost::json::object{{"subject", subject}, {"body", body}});
    }
    // A good answer for the lead that the question names.
    static std::string good_mail(const llm::Question& question) {
        const std::size_t at = question.user.find("company: Firm ");
        const std::string company = question.user.substr(at + 9, 9);
        return mail(
            "A question for " + company,
            "Hi Anna,\n\nI saw that " + company +
                " is growing. Our tool takes invoices off your "
                "team.\n\nWould a short call make sense?\n\nBest regards,"
        );
    }

    CampaignWorld world{{.senders = 2, .leads = 4}};
    std::int64_t first = world.leads().front().id;
};

}  // namespace tests
