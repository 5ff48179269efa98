// Replies made to exhaust their reader: each of a megabyte must be read in linear time.
#include <ctime>

#include "inbound/auto_reply.h"
#include "inbound/opt_out.h"
#include "inbound/reply_text.h"
#include "inbound/return_date.h"

namespace inbound {
namespace {

// Of this process. 200 ms is the promise for a mail; five times that leaves room for slow machines
// and sanitizers.
constexpr double kSecondsMax = 1;

double seconds_used() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string repeated(std::string_view piece) {
    std::string out;
    out.reserve(kReplyBytesMax + piece.size());
    while (out.size() < kReplyBytesMax) out += piece;
    return out;
}

TEST(HostileReply, IsReadInLinearTime) {
    double worst = 0;
    for (const std::string_view piece : {
             "\n",
             ">\n",
             "> > > > ",
             "a\n",
             "On Mon, 2 Nov 2026 at 10:11, Ann <ann@example.com> wrote:\n",
             "On Mon, 2 Nov 2026 at 10:11, Ann ",
             "ok On Mon, 2 Nov 2026 at 10:11, ann@example.com wrote:\n",
             "x on 1 on 1 on 1 wrote:\n",
             " on 1",
             "x on 1 2026 on 1 2026 on 1 2026 on 1 2026 on 1 2026 on 1 2026 on 1 2026 wrote:\n",
             "2026-11-02 <\n",
             "<\n> wrote:\n",
             "wrote:\n",
             ":\n",
             "1@a:\n",
             "From: a\n",
             "From: a@b\nx\n",
             "To: a\n",
             "To: a to: b to: c to: d to: e to: f to: g to: h\n",
             "--\n",
             "-- \n",
             "____\n",
             "____\nx\n",
             "-",
             "```\n",
             "Sent from my iPhone\n",
             "sent from sent from ",
             "@",
             "<",
             "1.",
             "1:1:",
             "\xe2\x80\xa8",
             "\xff",
             "日本語\n",
             "back on back on ",
             "until 4. ",
             "1月1日",
             "unsubscribe don't ",
             "stop ",
         }) {
        const std::string text = repeated(piece);
        const double start = seconds_used();
        const std::string reply = reply_text_of(text);
        asks_to_stop(text, text);
        return_date(text, base::Timestamp{});
        const double spent = seconds_used() - start;
        worst = std::max(worst, spent);
        EXPECT_LT(spent, kSecondsMax) << piece;
        EXPECT_LE(reply.size(), text.size());
    }
    std::printf("the slowest megabyte took %.0f ms\n", worst * 1000);
}

TEST(HostileReply, BehindTheLimitIsNotRead) {
    const std::string text = repeated("word ") + "\n\nlast words";
    const std::string reply = reply_text_of(text);
    EXPECT_LE(reply.size(), kReplyBytesMax);
    EXPECT_EQ(reply.find("last words"), std::string::npos);
}

}  // namespace
}  // namespace inbound
