// The campaign's cast, what scripted leads say, and the check of what became of them: each promise
// is broken once, and the check says so.
#include "tests/lab/campaign_check.h"

#include <set>

#include "tests/lab/process.h"
#include "tests/lab/scripted_leads.h"
#include "tests/support/temporary_folder.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

LeadMail mail(int nth, std::string subject, std::string in_reply_to = {}) {
    const std::string references = in_reply_to.empty() ? "" : "<" + in_reply_to + ">";
    return {
        "anna@anna-mail.test",
        "m" + std::to_string(nth) + "@anna-mail.test",
        std::move(in_reply_to),
        references,
        std::move(subject),
        nth * 1'000'000LL
    };
}

LeadStory silent() {
    LeadStory story;
    story.lead = {"pat@firm.test", "Pat", "Firm", Way::silent, "pat@firm.test"};
    story.mails = {
        mail(1, "An idea"), mail(2, "Re: An idea", "m1@anna-mail.test"), mail(3, "Another idea")
    };
    story.sent = 3;
    story.status = "finished";
    return story;
}

LeadStory answered() {
    LeadStory story = silent();
    story.lead.way = Way::replies;
    story.mails.resize(1);
    story.sent = 1;
    story.acted_micros = 2'000'000;
    story.status = "replied";
    return story;
}

std::string fault(const LeadStory& story) {
    std::string out;
    for (const std::string& line : faults_of(story, seconds(2))) out += line + "\n";
    return out;
}

TEST(CampaignCheck, FindsNothingWrongWithWhatIsRight) {
    EXPECT_EQ(fault(silent()), "");
    EXPECT_EQ(fault(answered()), "");
    LeadStory unknown;
    unknown.lead = {"no@firm.test", "No", "Firm", Way::unknown, ""};
    unknown.sent = 1;
    unknown.status = "bounced";
    unknown.suppressed = true;
    EXPECT_EQ(fault(unknown), "");
}

TEST(CampaignCheck, NamesEachBrokenPromise) {
    const struct {
        std::function<void(LeadStory&)> breaks;
        const char* words;
    } cases[] = {
        {[](LeadStory& s) { s.mails.push_back(mail(4, "One more")); }, "4 mails came"},
        {[](LeadStory& s) { s.sent = 2; }, "2 mails were sent, not 3"},
        {[](LeadStory& s) { s.mails.pop_back(); }, "2 mails lie there, not 3"},
        {[](LeadStory& s) { s.mails[2].from = "ben@ben-mail.test"; }, "and ben@ben-mail.test"},
        {[](LeadStory& s) { s.mails[1].subject = "RE: An idea"; }, "second mail's subject"},
        {[](LeadStory& s) { s.mails[1].in_reply_to = "ours@anna-mail.test"; }, "second mail answers"
        },
        {[](LeadStory& s) { s.mails[1].references = "<x@y>"; }, "References lack"},
        {[](LeadStory& s) { s.mails[2].in_reply_to = "m1@anna-mail.test"; }, "no new thread"},
        {[](LeadStory& s) { s.mails[2].subject = "Re: An idea"; }, "no new thread"},
        {[](LeadStory& s) { s.status = "active"; }, "its status is active, not finished"},
        {[](LeadStory& s) { s.suppressed = true; }, "it is suppressed"},
    };
    for (const auto& one : cases) {
        LeadStory story = silent();
        one.breaks(story);
        EXPECT_THAT(fault(story), HasSubstr(one.words));
    }
}

TEST(CampaignCheck, WhereNobodyKnowsTheFirstMailsIdTheSecondOpensAThread) {
    LeadStory story = silent();
    story.thread_known = false;
    EXPECT_THAT(fault(story), HasSubstr("claims a thread that nobody knows"));
    story.mails[1] = mail(2, "An idea");
    EXPECT_EQ(fault(story), "");
    story.mails[1] = mail(2, "Something else");
    EXPECT_THAT(fault(story), HasSubstr("claims a thread"));
    story.thread_known = true;
    EXPECT_THAT(fault(story), HasSubstr("the second mail's subject is"));
}

TEST(CampaignCheck, AMailAfterTheAnswerIsAFaultOnceTheLookHadItsTime) {
    LeadStory story = answered();
    story.lead.way = Way::replies_late;
    story.mails.push_back(mail(2, "Re: An idea", "m1@anna-mail.test"));
    story.sent = 2;
    EXPECT_EQ(fault(story), "");
    story.mails[1].arrived_micros = 4'000'001;
    EXPECT_THAT(fault(story), HasSubstr("a mail came after the answer"));
}

TEST(LeadCast, HasEachWayAndADomainForEachLead) {
    const LeadCast cast = make_leads(200);
    ASSERT_EQ(cast.leads.size(), 200U);
    std::set<std::string> domains;
    std::map<Way, int> ways;
    for (const Lead& lead : cast.leads) {
        domains.insert(lead.email.substr(lead.email.find('@')));
        ++ways[lead.way];
        if (!lead.mailbox.empty()) EXPECT_EQ(cast.account(lead.mailbox).email, lead.mailbox);
        EXPECT_LE(ending_of(lead.way).mails, 3);
    }
    EXPECT_EQ(domains.size(), 200U);
    EXPECT_EQ(ways.size(), 12U);
    EXPECT_EQ(ways[Way::silent], 80);
    EXPECT_EQ(ways[Way::opts_out_by_mailto], 5);
    EXPECT_EQ(cast.lost_domains.size(), 10U);
    EXPECT_EQ(make_leads(40).leads.back().way, Way::opts_out_by_text);
    EXPECT_EQ(campaign_senders().size(), 8U);
}

class LeadWords : public ::testing::Test {
  protected:
    LeadWords() {
        mail_.path = folder_.file("mail");
        mail_.headers =
            "From: Anna Tester <anna@anna-mail.test>\r\nSubject: An idea\r\n"
            "Message-ID: <m1@anna-mail.test>\r\nReferences: <m0@anna-mail.test>\r\n";
        write_file(mail_.path, mail_.headers + "\r\nWould you like it?\r\n");
    }

    support::TemporaryFolder folder_;
    StoredMail mail_;
    Answering who_{"pat@firm.test", "Pat"};
};

TEST_F(LeadWords, AnAnswerStandsInTheThreadAndQuotes) {
    const std::string text = reply_text(who_, mail_, "a1@firm.test", "Yes.");
    for (const char* line :
         {"From: Pat <pat@firm.test>\r\n",
          "To: Anna Tester <anna@anna-mail.test>\r\n",
          "Subject: Re: An idea\r\n",
          "In-Reply-To: <m1@anna-mail.test>\r\n",
          "References: <m0@anna-mail.test> <m1@anna-mail.test>\r\n",
          "\r\n\r\nYes.\r\n",
          "\r\n> Would you like it?\r\n"})
        EXPECT_THAT(text, HasSubstr(line));
}

TEST_F(LeadWords, AnUnsubscribeMailIsWhatTheHeaderAsksFor) {
    const auto wanted = unsubscribe_mail(
        who_,
        "<mailto:anna@anna-mail.test?subject=unsubscribe%20AbC-_1>, <https://u.test/u/x>",
        "a2@firm.test"
    );
    ASSERT_TRUE(wanted);
    EXPECT_EQ(wanted->to, "anna@anna-mail.test");
    EXPECT_THAT(wanted->message, HasSubstr("\r\nSubject: unsubscribe AbC-_1\r\n"));
    EXPECT_FALSE(unsubscribe_mail(who_, "<https://u.test/u/x>", "a3@firm.test"));
}

TEST_F(LeadWords, OnlyWhoSaidSoActs) {
    EXPECT_EQ(act_for(Way::replies, 1), ActKind::reply);
    EXPECT_EQ(act_for(Way::replies, 2), std::nullopt);
    EXPECT_EQ(act_for(Way::replies_late, 1), std::nullopt);
    EXPECT_EQ(act_for(Way::replies_late, 2), ActKind::reply);
    EXPECT_EQ(act_for(Way::opts_out_by_mailto, 1), ActKind::opt_out_by_mailto);
    EXPECT_EQ(act_for(Way::on_vacation, 1), std::nullopt) << "Dovecot writes the note";
}

TEST(LeadMails, AreReadFromAMaildirInTheOrderOfTheirArrival) {
    const auto stored = [](const char* folder, const char* name, const char* id) {
        StoredMail mail;
        mail.folder = folder;
        mail.name = name;
        mail.headers =
            std::string("From: Anna <anna@anna-mail.test>\nMessage-ID: <") + id + ">\nSubject: s\n";
        return mail;
    };
    const std::vector<LeadMail> mails = lead_mails(
        {stored("INBOX", "1795562690.M5P3.vm", "b@x"),
         stored("INBOX", "1795562676.M115257P30159.vm,S=13", "a@x"),
         stored("[Gmail]/All Mail", "1795562676.M115200P3.vm", "a@x"),
         stored("Sent", "1795562685.M1P3.vm", "its-own-answer@x"),
         stored("Spam", "1795562680.M1P3.vm", "c@x")}
    );
    ASSERT_EQ(mails.size(), 3U);
    EXPECT_EQ(mails[0].message_id, "a@x");
    EXPECT_EQ(mails[0].arrived_micros, 1'795'562'676'115'257);
    EXPECT_EQ(mails[1].message_id, "c@x");
    EXPECT_EQ(mails[2].from, "anna@anna-mail.test");
}

}  // namespace
}  // namespace lab
