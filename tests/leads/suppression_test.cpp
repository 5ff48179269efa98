#include "campaign/suppression.h"

#include "tests/leads/leads_fixture.h"

namespace tests {
namespace {

using ::testing::HasSubstr;

class Suppression : public LeadsTest {
  protected:
    void suppress(const std::string& address, const std::string& reason, bool pending = false) {
        run(Role::campaign, [=](Connection& c) {
            campaign::suppress(c, email(address), reason, "note", pending, kNow);
        });
    }
    void add_mail(std::int64_t lead, int step, base::Timestamp sent) {
        const std::string key = std::to_string(++mails_);
        execute(
            Role::campaign,
            "INSERT INTO emails_campaign (email_type, lead_id, followup_number, \"from\", \"to\", "
            "from_mailbox_id, subject, message_id, status, send_key, token, raw_sha256, "
            "created_at, "
            "sent_at) VALUES ('initial', :lead, :step, 'me@own.example', '', 1, 'S', :id, "
            "'accepted', "
            ":key, :token, '', :created, :sent)",
            values(lead, step, key + "@own.example", key, key, sent, sent)
        );
    }
    bool decide(const std::string& address, bool keep) {
        return run(Role::campaign, [=](Connection& c) {
            return campaign::decide(c, email(address), keep, kNow);
        });
    }
    int mails_ = 0;
};
INSTANTIATE_LEADS_TEST(Suppression);

TEST_P(Suppression, HoldsForAddressesDomainsAndHashes) {
    EXPECT_EQ(why_suppressed("ann@shop.example"), std::nullopt);
    suppress("Ann@Shop.example", "owner");
    EXPECT_EQ(why_suppressed("ANN@shop.EXAMPLE"), "owner");
    EXPECT_EQ(why_suppressed("ben@shop.example"), std::nullopt);
    run(Role::campaign,
        [](Connection& c) { campaign::suppress_domain(c, "rival.example", "import", "", kNow); });
    EXPECT_EQ(why_suppressed("ben@eu.rival.example"), "import");
    EXPECT_EQ(why_suppressed("ben@notrival.example"), std::nullopt);
    const std::string hash = campaign::suppression_hash("gone@shop.example", vault_);
    execute(
        Role::campaign,
        "INSERT INTO suppressions (kind, value, reason, created_at) VALUES ('hash', :h, 'erased', "
        "1)",
        values(hash)
    );
    EXPECT_EQ(why_suppressed("gone@shop.example"), "erased");
}

// Also those that no one party registers, and those beyond ASCII.
TEST_P(Suppression, ReachesAllBelowAnyDomain) {
    const auto take = [this](const std::string& value) {
        return run(Role::campaign, [value](Connection& c) {
            return campaign::suppress(c, *campaign::read_suppressed(value), "owner", "", kNow);
        });
    };
    EXPECT_TRUE(take("gov.uk"));
    EXPECT_EQ(why_suppressed("ann@hmrc.gov.uk"), "owner");
    EXPECT_EQ(why_suppressed("ann@a.b.gov.uk"), "owner");
    EXPECT_EQ(why_suppressed("ann@shop.co.uk"), std::nullopt);
    EXPECT_TRUE(take("*@Müller.DE"));
    EXPECT_FALSE(take("xn--mller-kva.de"));
    EXPECT_EQ(why_suppressed("ann@mail.müller.de"), "owner");
    EXPECT_TRUE(take("ann@shop.example"));
    EXPECT_FALSE(take("Ann@Shop.example"));
    const std::int64_t below = add_lead("ann@hmrc.gov.uk", "active");
    run(Role::campaign,
        [](Connection& c) { campaign::stop_leads_of_domains(c, {"gov.uk"}, "owner", 0, kNow); });
    EXPECT_EQ(lead(below).status, "stopped");
}

TEST_P(Suppression, ListsByStateAndKind) {
    suppress("ann@shop.example", "owner");
    suppress("ben@shop.example", "unsubscribe", true);
    run(Role::campaign,
        [](Connection& c) { campaign::suppress_domain(c, "rival.example", "owner", "", kNow); });
    const auto listed = [this](const char* state, const char* kind) {
        std::string out;
        for (const campaign::Suppression& one : read(Role::operator_, [=](Connection& c) {
                 return campaign::list_suppressions(c, state, kind, 0);
             }))
            out += one.value + " ";
        return out;
    };
    EXPECT_EQ(listed("", ""), "ann@shop.example ben@shop.example rival.example ");
    EXPECT_EQ(listed("pending", ""), "ben@shop.example ");
    EXPECT_EQ(listed("active", "domain"), "rival.example ");
    EXPECT_EQ(listed("active", "address"), "ann@shop.example ");
}

TEST_P(Suppression, StopsEveryLeadOfTheAddressAndItsDrafts) {
    const std::int64_t other = make_campaign("second");
    const std::int64_t first = add_lead("ann@shop.example", "active");
    const std::int64_t second = add_lead("ann@shop.example", "ready", other);
    const std::int64_t bystander = add_lead("ben@shop.example", "active");
    const std::int64_t written = add_draft(first, "ready_to_send");
    const std::int64_t writing = add_draft(second, "generating");
    const std::int64_t claimed = add_draft(second, "claimed");
    suppress("ann@shop.example", "unsubscribe");
    EXPECT_EQ(lead(first).status, "unsubscribed");
    EXPECT_EQ(lead(second).status, "unsubscribed");
    EXPECT_EQ(lead(bystander).status, "active");
    EXPECT_EQ(draft_status(written), "cancelled");
    EXPECT_EQ(draft_status(writing), "cancelled");
    EXPECT_EQ(draft_status(claimed), "claimed");
    EXPECT_EQ(
        count(
            Role::operator_,
            "SELECT COUNT(*) FROM ledger WHERE subject_kind = 'lead' AND decision = 'unsubscribed'"
        ),
        2
    );
}

TEST_P(Suppression, GivesTheStatusThatTheReasonAsksFor) {
    for (const auto& [reason, status] :
         {std::pair("unsubscribe", "unsubscribed"),
          std::pair("complaint", "complained"),
          std::pair("bounce", "bounced"),
          std::pair("owner", "stopped")}) {
        const std::string address = std::string(reason) + "@shop.example";
        const std::int64_t id = add_lead(address, "active");
        suppress(address, reason);
        EXPECT_EQ(lead(id).status, status);
        EXPECT_EQ(lead(id).email_invalid, std::string(reason) == "bounce");
    }
}

TEST_P(Suppression, AStatusThatWeighsMoreStays) {
    const std::int64_t id = add_lead("ann@shop.example", "active");
    const auto stop = [&](const char* status) {
        run(Role::campaign,
            [=](Connection& c) { campaign::stop_lead(c, id, status, "because", kNow); });
        return lead(id).status;
    };
    EXPECT_EQ(stop("finished"), "finished");
    EXPECT_EQ(stop("stopped"), "stopped");
    EXPECT_EQ(stop("replied"), "replied");
    EXPECT_EQ(stop("stopped"), "replied");
    EXPECT_EQ(stop("complained"), "complained");
    EXPECT_EQ(stop("unsubscribed"), "complained");
    EXPECT_EQ(stop("bounced"), "complained");
    EXPECT_EQ(lead(id).next_step_at, std::nullopt);
}

TEST_P(Suppression, APendingOneStopsUntilTheOwnerDecides) {
    const std::int64_t active = add_lead("ann@shop.example", "active");
    const std::int64_t waiting = add_lead("ann@shop.example", "needs_basis");
    const std::int64_t replied = add_lead("ann@shop.example", "replied");
    add_mail(active, 0, kNow - std::chrono::days(1));
    suppress("ann@shop.example", "unsubscribe", true);
    suppress("ann@shop.example", "unsubscribe", true);  // a second such mail changes nothing
    EXPECT_EQ(why_suppressed("ann@shop.example"), "unsubscribe");
    EXPECT_EQ(lead(active).status, "stopped");
    EXPECT_THAT(lead(active).status_reason, HasSubstr("suppress decide"));
    EXPECT_EQ(lead(waiting).status, "stopped");
    EXPECT_EQ(lead(replied).status, "replied");
    EXPECT_TRUE(decide("ann@shop.example", false));
    EXPECT_EQ(why_suppressed("ann@shop.example"), std::nullopt);
    EXPECT_EQ(lead(active).status, "active");
    // At the distance that its campaign keeps (3 days), not at once.
    EXPECT_EQ(lead(active).next_step, 1);
    EXPECT_EQ(lead(active).next_step_at, kNow + std::chrono::days(2));
    EXPECT_EQ(lead(waiting).status, "needs_basis");
    EXPECT_EQ(lead(waiting).next_step_at, std::nullopt);
    EXPECT_FALSE(decide("ann@shop.example", false));
}

// A mail that left while the opt-out waited is not written again; nor does the sequence break off.
TEST_P(Suppression, ALiftedOneGoesOnBehindWhatWasSentMeanwhile) {
    const std::int64_t first = add_lead("ann@shop.example", "ready");
    const std::int64_t late = add_lead("ann@shop.example", "active");
    const std::int64_t done = add_lead("ann@shop.example", "active");
    const std::int64_t doubt = add_lead("ann@shop.example", "active");
    add_mail(late, 0, kNow - std::chrono::days(30));
    for (int step = 0; step < 3; ++step) add_mail(done, step, kNow - std::chrono::days(9));
    add_mail(doubt, 0, kNow - std::chrono::days(9));
    add_draft(doubt, "in_doubt");
    suppress("ann@shop.example", "unsubscribe", true);
    add_mail(first, 0, kNow);
    EXPECT_TRUE(decide("ann@shop.example", false));
    EXPECT_EQ(lead(first).status, "active");
    EXPECT_EQ(lead(first).next_step, 1);
    EXPECT_EQ(lead(first).next_step_at, kNow + std::chrono::days(3));
    EXPECT_EQ(lead(late).next_step_at, kNow);
    EXPECT_EQ(lead(done).status, "finished");
    EXPECT_EQ(lead(doubt).status, "active");
    EXPECT_EQ(lead(doubt).next_step_at, std::nullopt);
}

TEST_P(Suppression, APendingOneThatIsKeptIsFinal) {
    const std::int64_t id = add_lead("ann@shop.example", "active");
    suppress("ann@shop.example", "unsubscribe", true);
    EXPECT_TRUE(decide("ann@shop.example", true));
    EXPECT_EQ(lead(id).status, "unsubscribed");
    EXPECT_FALSE(decide("ann@shop.example", true));
    EXPECT_EQ(why_suppressed("ann@shop.example"), "unsubscribe");
}

TEST_P(Suppression, ACertainOneIsNeverMadePending) {
    suppress("ann@shop.example", "complaint");
    suppress("ann@shop.example", "unsubscribe", true);
    EXPECT_FALSE(decide("ann@shop.example", false));
    EXPECT_EQ(why_suppressed("ann@shop.example"), "complaint");
}

TEST_P(Suppression, ADomainStopsItsLeadsPageByPage) {
    const std::int64_t below = add_lead("ann@eu.rival.example", "active");
    const std::int64_t other = add_lead("ann@shop.example", "active");
    std::int64_t after = 0;
    do {
        after = run(Role::campaign, [after](Connection& c) {
            return campaign::stop_leads_of_domains(
                c, {"rival.example", "third.example"}, "owner", after, kNow
            );
        });
    } while (after != 0);
    EXPECT_EQ(lead(below).status, "stopped");
    EXPECT_EQ(lead(other).status, "active");
}

TEST_P(Suppression, ItsNotesHoldNoAddresses) {
    run(Role::campaign, [](Connection& c) {
        campaign::suppress(
            c, email("ann@shop.example"), "owner", "asked by ben@shop.example", false, kNow
        );
    });
    const auto all = read(Role::operator_, [](Connection& c) {
        return campaign::list_suppressions(c, "active", "", 0);
    });
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].note, "asked by [address]");
}

}  // namespace
}  // namespace tests
