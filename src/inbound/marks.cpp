#include "inbound/marks.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace inbound {

namespace {

constexpr std::size_t kMarksBytesMax = 4096;

// Set without a person: by the server on delivery, by a client's own spam filter, by our reading,
// or because of the folder that the message lies in.
constexpr std::array<std::string_view, 15> kAutomatic = {
    "\\Seen",
    "\\Recent",
    "\\Inbox",
    "\\Sent",
    "\\Junk",
    "\\Muted",
    "Junk",
    "NonJunk",
    "NotJunk",
    "$Junk",
    "$NotJunk",
    "$MDNSent",
    "$Submitted",
    "$SubmitPending",
    "$AutoJunk",
};
// "$HasAttachment", "$IsTrusted", "$CanUnsubscribe", "$X-ME-Annot-2".
constexpr std::array<std::string_view, 4> kAutomaticPrefixes = {"$has", "$is", "$can", "$x-"};

struct Meaning {
    std::string_view mark;
    std::string_view words;
};
constexpr std::array<Meaning, 6> kByHand = {{
    {"\\Answered", "somebody answered it by hand"},
    {"\\Flagged", "somebody starred it"},
    {"\\Starred", "somebody starred it"},
    {"\\Deleted", "somebody deleted it"},
    {"\\Draft", "somebody is writing on it"},
    {"$Forwarded", "somebody forwarded it"},
}};

bool is_automatic(std::string_view mark) {
    for (const std::string_view known : kAutomatic)
        if (base::equals_ignoring_case(mark, known)) return true;
    for (const std::string_view prefix : kAutomaticPrefixes)
        if (base::starts_with_ignoring_case(mark, prefix)) return true;
    return false;
}

bool holds(const Marks& marks, std::string_view mark) {
    return std::ranges::any_of(marks, [&](const std::string& one) {
        return base::equals_ignoring_case(one, mark);
    });
}

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

}  // namespace

Marks marks_of(const imap::Fetched& fetched) {
    Marks marks;
    for (const auto* names : {&fetched.flags, &fetched.gmail_labels})
        for (const std::string& name : *names)
            if (!is_automatic(name) && !holds(marks, name)) marks.push_back(name);
    std::ranges::sort(marks);
    return marks;
}

std::string marks_to_text(const Marks& marks) {
    std::string text;
    for (const std::string& mark : marks) {
        if (mark.empty() || has_control(mark) || !base::is_utf8(mark)) continue;
        if (text.size() + mark.size() > kMarksBytesMax) break;
        text += (text.empty() ? "" : "\n") + mark;
    }
    return text;
}

Marks marks_from_text(std::string_view text) {
    Marks marks;
    for (const std::string& line : base::split(text, '\n'))
        if (!line.empty()) marks.push_back(line);
    return marks;
}

std::optional<std::string_view> touched_by_person(
    const Marks& now, const std::optional<Marks>& then
) {
    for (const Meaning& meaning : kByHand)
        if (holds(now, meaning.mark)) return meaning.words;
    for (const std::string& mark : now) {
        if (is_automatic(mark) || (then && holds(*then, mark))) continue;
        if (base::equals_ignoring_case(mark, "\\Important")) {
            if (then) return "somebody marked it as important";
            continue;
        }
        return "somebody labelled it";
    }
    return std::nullopt;
}

}  // namespace inbound
