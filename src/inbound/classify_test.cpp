#include "inbound/classify.h"

namespace inbound {
namespace {

Kind kind_of(std::string_view bytes, const WarmupTest& is_warmup = {}) {
    return classify(mime::read_message(bytes), is_warmup).kind;
}

constexpr const char* kSuccess =
    "From: postmaster@example.com\nSubject: Delivery Status Notification (Success)\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nDone.\n"
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
    "Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0\n\n--b--\n";

TEST(Classify, SaysWhatAMessageIs) {
    const std::pair<const char*, Kind> cases[] = {
        {"From: bob@example.com\nSubject: Re: Notes\nIn-Reply-To: <a@example.org>\n\nFine!\n",
         Kind::reply},
        {"From: bob@example.com\nSubject: News\n\nHello\n", Kind::other},
        {"From: bob@example.com\nAuto-Submitted: auto-replied\nSubject: Away\n\nI am away.\n",
         Kind::auto_reply},
        {"From: bob@example.com\nSubject: Re: Offer\n\nPlease unsubscribe me.\n", Kind::unsubscribe
        },
        {"From: bob@example.com\nAuto-Submitted: auto-replied\nSubject: unsubscribe\n\n\n",
         Kind::unsubscribe},
        {"From: MAILER-DAEMON@example.com\nSubject: failure notice\n\nCould not be delivered.\n\n"
         "<a@example.com>:\nno such user\n",
         Kind::bounce},
        {kSuccess, Kind::other},
        {"", Kind::other},
    };
    for (const auto& [bytes, kind] : cases) EXPECT_EQ(kind_of(bytes), kind) << bytes;
}

TEST(Classify, DecidesWarmupFirst) {
    const WarmupTest is_warmup = [](const mime::Message& message) {
        return message.header("X-Token") == "ours";
    };
    const std::string away = "Auto-Submitted: auto-replied\nSubject: Away\n\nI am away.\n";
    EXPECT_EQ(kind_of("X-Token: ours\n" + away, is_warmup), Kind::warmup);
    EXPECT_EQ(kind_of("X-Token: theirs\n" + away, is_warmup), Kind::auto_reply);
}

TEST(Classify, TakesQuotesOutOfTheReply) {
    const Classified read =
        classify(mime::read_message("Subject: Re: x\n\nFine!\n\nOn Mon, 23 Nov 2026 at 10:00, Ann "
                                    "<ann@example.org> wrote:\n> Shall we?\n"));
    EXPECT_EQ(read.reply_text, "Fine!");
}

TEST(Classify, NamesEveryKind) {
    for (const Kind kind :
         {Kind::reply,
          Kind::bounce,
          Kind::auto_reply,
          Kind::complaint,
          Kind::unsubscribe,
          Kind::warmup,
          Kind::other})
        EXPECT_FALSE(to_string(kind).empty());
}

}  // namespace
}  // namespace inbound
