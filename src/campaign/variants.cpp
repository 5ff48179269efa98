#include "campaign/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "base/text.h"

namespace campaign {

namespace {

constexpr int kPage = 500;
// The mixture's prior of a reply rate: Beta(1, 9), most weight below 30 %. Any prior is valid; this
// one sees differences among usual rates soonest.
constexpr double kPriorReplies = 1;
constexpr double kPriorSilence = 9;

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// log of the chance of exactly these outcomes in a row, averaged over the prior.
double log_mixture(double sent, double replied) {
    return log_beta(kPriorReplies + replied, kPriorSilence + sent - replied) -
           log_beta(kPriorReplies, kPriorSilence);
}

// The same at the one rate that explains them best.
double log_best(double sent, double replied) {
    double sum = 0;
    if (replied > 0) sum += replied * std::log(replied / sent);
    if (sent > replied) sum += (sent - replied) * std::log((sent - replied) / sent);
    return sum;
}

// Evenly from (0, 1), the same for the same lead and variant.
double place_of(std::int64_t lead_id, const Text& text) {
    std::uint64_t seed = static_cast<std::uint64_t>(lead_id) * 0xd1342543de82ef95ULL;
    for (const char c : fmt::format("{}/{}", text.step, text.variant))
        seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    base::SeededRandom chance(seed);
    return std::max(chance.uniform(), 1e-12);
}

double rate(const VariantCount& count) {
    return count.sent == 0 ? 0
                           : static_cast<double>(count.replied) / static_cast<double>(count.sent);
}

std::string in_words(const std::vector<VariantCount>& counts) {
    std::vector<std::string> words;
    for (const VariantCount& count : counts) {
        std::string line =
            fmt::format("{}: {} replies to {} mails", count.variant, count.replied, count.sent);
        if (count.young > 0) line += fmt::format(" ({} more are too young to count)", count.young);
        words.push_back(std::move(line));
    }
    return base::join(words, ", ");
}

// Each pair gets its part of the error, so that the whole keeps it.
bool beats_all(const std::vector<VariantCount>& counts, const VariantCount& best) {
    const auto pairs = static_cast<double>(counts.size() * (counts.size() - 1) / 2);
    const double needed = std::log(pairs / kErrorRate);
    return std::ranges::all_of(counts, [&](const VariantCount& other) {
        return other.text_id == best.text_id ||
               (rate(best) > rate(other) && log_evidence(best, other) >= needed);
    });
}

struct SentDraft {
    std::int64_t id = 0;
    std::optional<std::int64_t> text_id;
    std::string variant;
    int followup_number = 0;
    base::Timestamp sent_at;
    std::int64_t replies = 0;
};
BOOST_DESCRIBE_STRUCT(SentDraft, (), (id, text_id, variant, followup_number, sent_at, replies))

VariantCount& count_of(std::vector<VariantCount>& counts, const SentDraft& draft) {
    const auto found = std::ranges::find_if(counts, [&](const VariantCount& count) {
        return count.text_id == *draft.text_id;
    });
    if (found != counts.end()) return *found;
    counts.push_back({*draft.text_id, draft.variant});
    return counts.back();
}

}  // namespace

const Text* choose_text(const std::vector<Text>& texts, std::int64_t lead_id) {
    // Weighted rendezvous: the text with the smallest -log(u)/share has its share of the leads.
    const Text* chosen = nullptr;
    double best = 0;
    for (const Text& text : texts) {
        if (text.retired_at || text.canary == "held" || text.share <= 0) continue;
        const double key = -std::log(place_of(lead_id, text)) / text.share;
        if (chosen != nullptr && (key > best || (key == best && text.id > chosen->id))) continue;
        chosen = &text;
        best = key;
    }
    return chosen;
}

double log_evidence(const VariantCount& left, const VariantCount& right) {
    const auto number = [](std::int64_t value) { return static_cast<double>(value); };
    if (left.sent == 0 || right.sent == 0) return 0;
    return log_mixture(number(left.sent), number(left.replied)) +
           log_mixture(number(right.sent), number(right.replied)) -
           log_best(number(left.sent + right.sent), number(left.replied + right.replied));
}

Comparison compare_variants(std::vector<VariantCount> counts) {
    Comparison result;
    std::ranges::sort(counts, {}, [](const VariantCount& count) {
        return std::pair(count.variant, count.text_id);
    });
    result.counts = std::move(counts);
    if (result.counts.size() < 2) {
        result.words = "one text alone: nothing to compare";
        if (!result.counts.empty()) result.words += " (" + in_words(result.counts) + ")";
        return result;
    }
    const auto best = std::ranges::max_element(result.counts, {}, rate);
    const bool shown = beats_all(result.counts, *best);
    if (shown) result.winner = best->variant;
    result.words = fmt::format(
        "{} ({})",
        shown ? fmt::format(
                    "{} gets more replies; the chance that such a difference is none is at most "
                    "{:.0f} %, however often one looks",
                    best->variant,
                    100 * kErrorRate
                )
              : std::string("no difference shown yet"),
        in_words(result.counts)
    );
    return result;
}

std::int64_t count_variants(
    store::Connection& connection,
    std::int64_t campaign_id,
    int step,
    std::int64_t after,
    base::Timestamp now,
    std::vector<VariantCount>& counts
) {
    const auto drafts = connection.select<SentDraft>(
        fmt::format(
            "SELECT d.id, d.text_id, d.variant, d.followup_number, COALESCE(d.sent_at, 0), (SELECT "
            "COUNT(*) FROM campaign_replies r JOIN emails_campaign e ON e.id = r.email_id WHERE "
            "r.lead_id = d.lead_id AND e.draft_id = d.id AND r.kind = 'reply' AND r.received_at <= "
            "COALESCE(d.sent_at, 0) + :answer_time) FROM email_drafts d WHERE d.campaign_id = "
            ":campaign AND d.status = 'sent' AND d.id > :after ORDER BY d.id LIMIT {}",
            kPage
        ),
        store::values(kAnswerWindow.count(), campaign_id, after)
    );
    for (const SentDraft& draft : drafts) {
        if (!draft.text_id || draft.followup_number != step) continue;
        VariantCount& count = count_of(counts, draft);
        if (draft.sent_at + kAnswerWindow > now) {
            ++count.young;
            continue;
        }
        ++count.sent;
        if (draft.replies > 0) ++count.replied;
    }
    return drafts.size() < kPage ? 0 : drafts.back().id;
}

}  // namespace campaign
