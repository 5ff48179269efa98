// What leads' own servers do with a campaign's mail: Postfix and Dovecot themselves, without any of
// our code but the lab's. One of each way; then the scripted ones answer.
#include "tests/lab/campaign_check.h"
#include "tests/lab/scripted_leads.h"
#include "tests/lab/servers_test.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const Account kAnna{.email = "anna@anna-mail.test", .password = "anna", .provider = "zoho"};

class LeadServersTest : public ServersTest {
  protected:
    static void SetUpTestSuite() {
        cast_ = make_leads(40);
        std::vector<Account> accounts = cast_.accounts;
        accounts.push_back(kAnna);
        start(accounts, cast_.domains, cast_.lost_domains);
    }

    static const Lead& lead(Way way) { return *std::ranges::find(cast_.leads, way, &Lead::way); }
    // A campaign's mail to the first lead of that way.
    void write_to(Way way) {
        const std::string& to = lead(way).email;
        const std::string message =
            "From: Anna <" + kAnna.email + ">\r\nTo: " + to + "\r\nMessage-ID: <" + to_string(way) +
            "@anna-mail.test>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0000\r\n" +
            "Subject: An idea for " + to_string(way) +
            "\r\nList-Unsubscribe: <mailto:" + kAnna.email +
            "?subject=unsubscribe%20token-1>\r\n\r\nWould you like it?\r\n";
        const Answer sent = submit(servers_->smtp_url("zoho"), kAnna, kAnna.password, to, message);
        ASSERT_EQ(sent.exit_code, 0) << sent.words << ": the sender's provider takes mail for all";
        ASSERT_TRUE(servers_->await_delivery(seconds(30)));
    }
    // What came back to the sender about that mail, as one text.
    static std::string came_back(Way way) {
        std::string out;
        for (const StoredMail& mail : servers_->read_maildir(kAnna.email)) {
            const std::string raw = read_file(mail.path);
            if (raw.contains(to_string(way) + "@anna-mail.test")) out += mail.folder + "\n" + raw;
        }
        return out;
    }

    inline static LeadCast cast_;
};

TEST_F(LeadServersTest, TellOfMailThatCannotBeDelivered) {
    const struct {
        Way way;
        const char* words;
    } cases[] = {
        {Way::unknown, "550 5.1.1"},
        {Way::lost_host, "Host not found"},
        {Way::full, "552 5.2.2"},
        {Way::refuses, "We take no mail from people we do not know"},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(to_string(one.way));
        write_to(one.way);
        const std::string report = came_back(one.way);
        EXPECT_THAT(report, HasSubstr(one.words));
        EXPECT_THAT(report, HasSubstr("multipart/report"));
        if (!lead(one.way).mailbox.empty())
            EXPECT_THAT(lead_mails(servers_->read_maildir(lead(one.way).mailbox)), IsEmpty());
    }
}

TEST_F(LeadServersTest, WriteOneVacationNoteToASender) {
    const auto notes_so_far = [] {
        std::vector<std::string> notes;
        for (const StoredMail& mail : servers_->read_maildir(kAnna.email))
            if (mail.field("Auto-Submitted").contains("vacation")) notes.push_back(mail.headers);
        return notes;
    };
    write_to(Way::on_vacation);
    // Dovecot writes it once the mail is delivered.
    EXPECT_TRUE(await(seconds(20), [&] { return !notes_so_far().empty(); }));
    write_to(Way::on_vacation);
    EXPECT_FALSE(await(seconds(2), [&] { return notes_so_far().size() > 1; }));
    const std::vector<std::string> notes = notes_so_far();
    ASSERT_THAT(notes, SizeIs(1));
    EXPECT_THAT(notes[0], HasSubstr("In-Reply-To: <on-vacation@anna-mail.test>"));
    EXPECT_THAT(lead_mails(servers_->read_maildir(lead(Way::on_vacation).mailbox)), SizeIs(1))
        << "both have one Message-ID";
}

TEST_F(LeadServersTest, ScriptedLeadsAnswerOnceWhereTheyAreExpectedTo) {
    ScriptedLeads leads(*servers_, cast_);
    for (const Way way :
         {Way::silent,
          Way::replies,
          Way::replies_as_spam,
          Way::redirected,
          Way::opts_out_by_mailto,
          Way::opts_out_by_text})
        write_to(way);
    leads.look();
    leads.look();
    EXPECT_THAT(leads.acts(), SizeIs(5)) << "all but the silent one, once";
    ASSERT_TRUE(servers_->await_delivery(seconds(30)));
    EXPECT_THAT(came_back(Way::replies), HasSubstr("INBOX\n"));
    EXPECT_THAT(came_back(Way::replies_as_spam), HasSubstr("Spam\n"));
    EXPECT_THAT(came_back(Way::redirected), HasSubstr("From: "));
    EXPECT_THAT(came_back(Way::redirected), HasSubstr("@next"));
    EXPECT_THAT(came_back(Way::opts_out_by_text), HasSubstr("take me off your list"));
    EXPECT_EQ(came_back(Way::silent), "");
    int by_mailto = 0;
    for (const StoredMail& mail : servers_->read_maildir(kAnna.email))
        by_mailto += mail.field("Subject") == "unsubscribe token-1" ? 1 : 0;
    EXPECT_EQ(by_mailto, 1);
}

}  // namespace
}  // namespace lab
