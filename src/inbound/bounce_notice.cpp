#include "inbound/bounce_notice.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "inbound/address_scan.h"
#include "inbound/delivery_status.h"

namespace inbound {

namespace {

// How sure it is that a line names a recipient.
enum class Strength { none, weak, label, first };

struct Mention {
    std::string address;
    std::uint32_t line_begin = 0;
    std::size_t line = 0;
    bool closes = false;  // a transcript's "550 <address>... User unknown" ends what is said
    Strength strength = Strength::none;
};

// What stands before a recipient's address, and what stands before somebody else's.
constexpr std::array<std::string_view, 31> kLabels = {
    "recipient:",
    "recipients:",
    "recipient address:",
    "address:",
    "addresses:",
    "user:",
    "mailbox:",
    "account:",
    "addressed to:",
    "final-recipient: rfc822;",
    "rfc822;",
    "original-recipient: rfc822;",
    "rcpt to:",
    "undeliverable address:",
    "recipient",
    "user",
    "mailbox",
    "account",
    "message to",
    "mail to",
    "email to",
    "delivery to",
    "delivered to",
    "addressed to",
    "sent to",
    "deliver to",
    "address",
    "permanent errors:",
    "recipient(s):",
    "e-mail to",
    "failed:"
};
constexpr std::array<std::string_view, 21> kOthers = {
    "from",
    "from:",
    "sender",
    "sender:",
    "by",
    "contact",
    "mailto:",
    "via",
    "reply-to:",
    "return-path:",
    "message-id:",
    "id",
    "postmaster at",
    "help, please contact",
    "cc:",
    "reply to",
    "write to",
    "send mail to",
    "please e-mail",
    "forward this message to",
    "mail from:"
};
constexpr std::array<std::string_view, 8> kRoles = {
    "mailer-daemon@",
    "postmaster@",
    "support@",
    "abuse@",
    "helpdesk@",
    "hostmaster@",
    "admin@",
    "noreply@"
};

bool ends_with_word(std::string_view text, std::string_view word) {
    if (!text.ends_with(word)) return false;
    if (text.size() == word.size()) return true;
    const char before = text[text.size() - word.size() - 1];
    return !(before >= 'a' && before <= 'z');
}

template <std::size_t N>
bool ends_with_any(std::string_view text, const std::array<std::string_view, N>& words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
        return ends_with_word(text, word);
    });
}

// Brackets, quotes, bullets and numbers say nothing.
std::string_view without_marks(std::string_view text) {
    const auto is_mark = [](char c) {
        return std::string_view(" \t<>\"'([*-#=o.|").find(c) != std::string_view::npos;
    };
    while (!text.empty() && is_mark(text.back()) && !(text.back() == 'o' && text.size() > 1))
        text.remove_suffix(1);
    return text;
}

bool is_role(std::string_view address) {
    return std::ranges::any_of(kRoles, [&](std::string_view role) {
        return base::starts_with_ignoring_case(address, role);
    });
}

Strength strength_of(std::string_view line, const FoundAddress& address) {
    const std::string before = base::to_lower(line.substr(0, address.begin));
    const std::string_view mark = without_marks(before);
    const std::string_view after = line.substr(address.end);
    if (before.ends_with("mailto:") || after.starts_with(" wrote")) return Strength::none;
    if (mark.empty()) return before.ends_with("(") ? Strength::weak : Strength::first;
    if (ends_with_any(mark, kOthers)) return Strength::none;
    if (mark == "to:") return Strength::weak;  // of the message that came back
    if (ends_with_any(mark, kLabels)) return Strength::label;
    if (ends_with_word(mark, "to:") || ends_with_word(mark, "to") || ends_with_word(mark, "for"))
        return Strength::label;
    const std::string_view words =
        without_marks(after.substr(std::min<std::size_t>(after.size(), 1)));
    if (after.starts_with(">...") || after.starts_with("...")) return Strength::label;
    return words.empty() && is_role(address.text) ? Strength::none : Strength::weak;
}

// "did not reach the following recipient(s):"
bool announces_recipients(std::string_view line) {
    const std::string lower = base::to_lower(line);
    const bool names = lower.find("recipient") != std::string::npos ||
                       lower.find("address") != std::string::npos ||
                       lower.find("not delivered") != std::string::npos;
    return names && lower.ends_with(":") && lower.find('@') == std::string::npos;
}

std::vector<Mention> mentions_in(const FoldedText& text) {
    std::vector<Mention> mentions;
    for (std::size_t i = 0; i < text.lines.size() && mentions.size() < 4 * kRecipientsMax; ++i) {
        const std::string_view line = text.line(text.lines[i]);
        if (line.find('@') == std::string_view::npos) continue;
        bool announced = i > 0 && announces_recipients(text.line(text.lines[i - 1]));
        for (const FoundAddress& found : find_addresses(line)) {
            Strength strength = strength_of(line, found);
            if (std::exchange(announced, false) && strength != Strength::none)
                strength = Strength::first;
            if (is_role(found.text) && strength != Strength::first) strength = Strength::none;
            if (strength != Strength::none)
                mentions.push_back(
                    {std::string(found.text),
                     text.lines[i].begin,
                     i,
                     line.substr(found.end).starts_with(">..."),
                     strength}
                );
        }
    }
    return mentions;
}

bool is_addressee(const mime::Message& message, std::string_view address) {
    return std::ranges::any_of(message.to, [&](const mime::Address& to) {
        return base::equals_ignoring_case(to.email.str(), address);
    });
}

// The strongest mentions; the report's own addressee sent the mail and is left out where others
// are named.
std::vector<Mention> strongest(std::vector<Mention> mentions, const mime::Message& message) {
    const bool has_other = std::ranges::any_of(mentions, [&](const Mention& mention) {
        return !is_addressee(message, mention.address);
    });
    if (has_other)
        std::erase_if(mentions, [&](const Mention& mention) {
            return is_addressee(message, mention.address);
        });
    Strength best = Strength::none;
    for (const Mention& mention : mentions) best = std::max(best, mention.strength);
    std::erase_if(mentions, [&](const Mention& mention) { return mention.strength != best; });
    return mentions;
}

// In a transcript what is said about an address ends with the line that names it.
std::vector<NoticeRecipient> closed_recipients(
    const std::vector<Mention>& mentions, const FoldedText& text
) {
    std::vector<NoticeRecipient> recipients;
    std::uint32_t begin = 0;
    for (const Mention& mention : mentions) {
        if (!mention.closes) continue;
        if (recipients.size() >= kRecipientsMax) break;
        const std::uint32_t end = text.lines[mention.line].end;
        const bool same = !recipients.empty() &&
                          base::equals_ignoring_case(recipients.back().address, mention.address);
        if (same)
            recipients.back().end = end;
        else
            recipients.push_back({mention.address, begin, end});
        begin = end;
    }
    return recipients;
}

// Each address once; what is said about it goes on to the line that names another one.
std::vector<NoticeRecipient> recipients_of(
    const std::vector<Mention>& mentions, const FoldedText& text
) {
    std::vector<NoticeRecipient> recipients;
    const auto same = [](std::string_view address) {
        return [address](const NoticeRecipient& other) {
            return base::equals_ignoring_case(other.address, address);
        };
    };
    const auto text_end = static_cast<std::uint32_t>(text.lower.size());
    if (std::ranges::count_if(mentions, &Mention::closes) >= 2)
        return closed_recipients(mentions, text);
    for (std::size_t i = 0; i < mentions.size() && recipients.size() < kRecipientsMax; ++i) {
        std::uint32_t end = text_end;
        for (std::size_t next = i + 1; next < mentions.size(); ++next)
            if (!base::equals_ignoring_case(mentions[next].address, mentions[i].address) &&
                mentions[next].line != mentions[i].line) {
                end = mentions[next].line_begin;
                break;
            }
        if (std::ranges::none_of(recipients, same(mentions[i].address)))
            recipients.push_back({mentions[i].address, mentions[i].line_begin, end});
    }
    return recipients;
}

// Where a line says that the returned message follows.
std::uint32_t original_begin(const FoldedText& text, const std::vector<RuleMatch>& matches) {
    const auto end = static_cast<std::uint32_t>(text.lower.size());
    for (const RuleMatch& match : matches) {
        if (match.rule->kind != RuleKind::original) continue;
        const auto line = std::ranges::upper_bound(text.lines, match.begin, {}, &FoldedLine::begin);
        if (line == text.lines.begin()) continue;
        const FoldedLine& at = *std::prev(line);
        const std::string_view before =
            std::string_view(text.lower).substr(at.begin, match.begin - at.begin);
        const bool opens_line =
            std::ranges::none_of(before, [](char c) { return c >= 'a' && c <= 'z'; });
        if (opens_line && at.end - std::min(at.end, match.end) <= 60) return at.begin;
    }
    return end;
}

}  // namespace

std::vector<RuleMatch> Notice::matches_in(std::uint32_t begin, std::uint32_t end) const {
    std::vector<RuleMatch> found;
    for (const RuleMatch& match : matches)
        if (match.begin >= begin && match.end <= end) found.push_back(match);
    return found;
}

Notice read_notice(const mime::Message& message, const BounceRules& rules) {
    FoldedNotice folded = fold_notice(message.text);
    Notice notice;
    notice.text = std::move(folded.text);
    notice.returned = folded.returned;
    notice.matches = rules.scan(notice.text.lower);
    const std::uint32_t original = original_begin(notice.text, notice.matches);
    const auto kept = std::ranges::lower_bound(notice.text.lines, original, {}, &FoldedLine::begin);
    notice.text.cut(static_cast<std::size_t>(kept - notice.text.lines.begin()));
    const std::size_t end = notice.text.lower.size();
    std::erase_if(notice.matches, [&](const RuleMatch& match) { return match.end > end; });
    notice.recipients = recipients_of(strongest(mentions_in(notice.text), message), notice.text);
    return notice;
}

}  // namespace inbound
