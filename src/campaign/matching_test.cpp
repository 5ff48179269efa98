#include "campaign/matching.h"

namespace campaign {
namespace {

const delivery::TokenMint kMint("a key");

std::string token() { return kMint.mint(delivery::Side::campaign, "abcdefghij012345"); }

TEST(PlainSubject, IsTheSameInAllMailsOfAThread) {
    for (const char* subject :
         {"A question about Acme",
          "Re: A question about Acme",
          "RE: re: A  question about acme",
          "AW: Re: A question about Acme",
          "SV: Fwd: A question about ACME",
          "Automatic reply: A question about Acme",
          "Automatische Antwort: A question about Acme",
          "Réponse automatique : A question about Acme",
          "[EXTERNAL] Re: A question about Acme",
          "Out of Office: Re: A question about Acme",
          "回复: A question about Acme"})
        EXPECT_EQ(plain_subject(subject), plain_subject("A question about Acme")) << subject;
}

TEST(PlainSubject, KeepsWhatMakesADifference) {
    EXPECT_NE(plain_subject("A question about Acme"), plain_subject("A question"));
    EXPECT_NE(plain_subject("Regarding Acme"), plain_subject("Acme"));
    EXPECT_EQ(plain_subject("Re:"), "");
    EXPECT_EQ(plain_subject("  "), "");
}

TEST(Clues, OfHeadersAreTokenIdsAndWhoWrites) {
    inbound::Candidate one;
    one.subject = "unsubscribe " + token();
    one.from = base::Email::parse("Bob@Lead.test").value();
    one.in_reply_to = {*base::MessageId::parse("last@ours")};
    one.references = {*base::MessageId::parse("first@ours"), *base::MessageId::parse("last@ours")};
    one.gmail_thread_id = 99;
    const Clues clues = clues_of(one, kMint);
    EXPECT_EQ(clues.tokens, std::vector<std::string>{token()});
    ASSERT_EQ(clues.ids.size(), 2U);
    EXPECT_EQ(clues.ids[0].str(), "last@ours");
    EXPECT_EQ(clues.ids[1].str(), "first@ours");
    EXPECT_EQ(clues.thread_id, "99");
    EXPECT_EQ(clues.from_key, "bob@lead.test");
    EXPECT_EQ(clues.from_organisation, "lead.test");
}

TEST(Clues, OfAReportAreInTheHeaderItGivesBack) {
    const mime::Message report = mime::read_message(
        "From: MAILER-DAEMON@mx.test\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n"
        "Final-Recipient: rfc822; bob@lead.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <m1@ours>\r\n"
        "To: bob@lead.test\r\nList-Unsubscribe:\r\n <mailto:a@co.test?subject=unsubscribe%20" +
        token() + ">\r\n--b--\r\n"
    );
    const Clues clues = clues_of(report, base::MessageId::parse("m1@ours"), 0, kMint);
    EXPECT_EQ(clues.tokens, std::vector<std::string>{token()});
    ASSERT_FALSE(clues.ids.empty());
    EXPECT_EQ(clues.ids[0].str(), "m1@ours");
    EXPECT_EQ(clues.thread_id, "");
}

TEST(Clues, HaveNoTokenOfAnotherKeyOrSide) {
    inbound::Candidate one;
    one.subject = "unsubscribe " +
                  delivery::TokenMint("other").mint(delivery::Side::campaign, "abcdefghij012345") +
                  " " + kMint.mint(delivery::Side::warmup, "abcdefghij012345");
    EXPECT_TRUE(clues_of(one, kMint).tokens.empty());
}

}  // namespace
}  // namespace campaign
