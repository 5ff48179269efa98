#include "inbound/candidate.h"

#include <gtest/gtest.h>

namespace {

using inbound::Candidate;

Candidate of(const std::string& headers) {
    imap::Fetched fetched;
    fetched.sections["BODY[HEADER.FIELDS (X)]"] = headers + "\r\n";
    fetched.gmail_thread_id = 77;
    return inbound::candidate_of(inbound::headers_of(fetched), fetched, "X-Abcdefgh");
}

}  // namespace

TEST(Candidate, AsksForTheFieldsThatTellReports) {
    const std::string items = inbound::header_items("X-Abcdefgh", true);
    for (const char* field :
         {"X-FAILED-RECIPIENTS", "X-HMXMRORIGINALRECIPIENT", "X-AMZ-SNS-MESSAGE-ID", "RETURN-PATH"})
        EXPECT_NE(items.find(field), std::string::npos) << items;
}

TEST(Candidate, HasWhatTheHeadersSay) {
    const Candidate one =
        of("From: Bob <bob@lead.test>\r\nTo: anna@co.test, Eve <eve@co.test>\r\n"
           "Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <r1@lead.test>\r\n"
           "In-Reply-To: <a@co.test>\r\nReferences: <z@co.test>\r\n <a@co.test>\r\n"
           "X-Abcdefgh: wtoken\r\nDate: Mon, 01 Jun 2026 10:00:00 +0200\r\n"
           "List-Unsubscribe: <mailto:x@y.test?subject=unsubscribe%20c>\r\n");
    EXPECT_EQ(one.token, "wtoken");
    EXPECT_EQ(one.from->str(), "bob@lead.test");
    ASSERT_EQ(one.to.size(), 2U);
    EXPECT_EQ(one.to[1].str(), "eve@co.test");
    EXPECT_EQ(one.subject, "Re: Grüße");
    EXPECT_EQ(one.message_id->str(), "r1@lead.test");
    ASSERT_EQ(one.references.size(), 2U);
    EXPECT_EQ(one.in_reply_to.at(0).str(), "a@co.test");
    EXPECT_EQ(base::to_iso(one.date.value()), "2026-06-01T08:00:00Z");
    EXPECT_EQ(one.gmail_thread_id, 77U);
    EXPECT_FALSE(looks_like_report(one));
}

TEST(Candidate, TellsReportsFromPeoplesMail) {
    const std::pair<const char*, bool> cases[] = {
        {"From: MAILER-DAEMON@mx.test\r\nSubject: Undelivered Mail\r\n", true},
        {"From: \"Mail Delivery System\" <postmaster@mx.test>\r\n", true},
        {"From: noreply@mx.test\r\nContent-Type: multipart/report; "
         "report-type=feedback-report\r\n",
         true},
        {"From: x@y.test\r\nX-Failed-Recipients: a@b.test\r\n", true},
        {"From: staff@hotmail.com\r\nX-HmXmrOriginalRecipient: a@b.test\r\n", true},
        {"From: no-reply@sns.amazonaws.com\r\nx-amz-sns-message-id: 1-2\r\n", true},
        {"From: Mail Delivery System <Mail.Delivery.System@y.test>\r\n", true},
        {"From: System Administrator <x@y.test>\r\n", true},
        {"From: daemon@y.test\r\n", true},
        {"From: MAILER-DAEMON\r\n", true},
        {"From: Postmaster <>\r\n", true},
        {"From: \"Mailer-Daemon\" <bob@y.test>\r\nReturn-Path: <bob@y.test>\r\n", true},
        {"From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@y.test\r\n", true},
        {"From: x@y.test\r\nSubject: Undelivered Mail Returned to Sender\r\n", true},
        {"From: x@y.test\r\nSubject: Abuse report for 192.0.2.1\r\n", true},
        {"Return-Path: <>\r\nSubject: failure\r\n", true},
        {"From: no-reply@y.test\r\nReturn-Path: <>\r\nSubject: Mail\r\n", true},
        {"From: system@y.test\r\nReturn-Path: <>\r\nAuto-Submitted: auto-generated\r\n", true},
        // A vacation note, and people.
        {"From: bob@y.test\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied (vacation)\r\n", false
        },
        {"From: bob@y.test\r\nReturn-Path: <>\r\nIn-Reply-To: <a@co.test>\r\n", false},
        {"From: bob@y.test\r\nReferences: <a@co.test>\r\nSubject: Re: Undelivered mail\r\n", false},
        {"From: bob@y.test\r\nSubject: Our new postmaster\r\n", false},
        {"From: bob@postmaster.test\r\nContent-Type: multipart/mixed\r\n", false},
        {"", false},
    };
    for (const auto& [headers, report] : cases)
        EXPECT_EQ(looks_like_report(of(headers)), report) << headers;
}
