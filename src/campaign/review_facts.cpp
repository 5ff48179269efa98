// Rules about links and numbers: none that neither the lead nor the campaign gave.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "campaign/merge_fields.h"
#include "campaign/review_rules.h"
#include "inbound/fold.h"

namespace campaign {

namespace {

bool is_link_byte(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte > 0x20 && c != '<' && c != '>' && c != '"' && c != '\'' && c != ')' && c != '(' &&
           c != '|' && c != '\\' && c != '^' && c != '`';
}

bool is_domain_byte(char c) { return inbound::is_word_byte(c) || c == '-' || c == '.'; }

std::string without_points_at_end(std::string text) {
    while (!text.empty() && std::string_view(".,;:!?").find(text.back()) != std::string::npos)
        text.pop_back();
    return text;
}

// Endings that make a mail program turn a bare word into a link: the common ones, and countries.
bool is_top_level(std::string_view ending) {
    constexpr std::array<std::string_view, 40> kGeneric = {
        "com",      "net",      "org",    "info",    "biz",      "app",     "dev",     "xyz",
        "online",   "site",     "shop",   "store",   "tech",     "cloud",   "agency",  "digital",
        "email",    "live",     "news",   "blog",    "page",     "link",    "click",   "top",
        "club",     "vip",      "space",  "world",   "group",    "team",    "systems", "solutions",
        "software", "services", "studio", "company", "ventures", "capital", "test",    "example"
    };
    const std::string lower = base::to_lower(ending);
    if (std::ranges::find(kGeneric, lower) != kGeneric.end()) return true;
    constexpr std::string_view kCountries =
        " ac ad ae af ag ai al am ao ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br "
        "bs "
        "bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec "
        "ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy "
        "hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky "
        "kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv "
        "mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw "
        "py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td "
        "tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye "
        "yt za zm zw ";
    return lower.size() == 2 && kCountries.find(" " + lower + " ") != std::string_view::npos;
}

// A bare domain or an address that begins at `at`; empty for none.
std::string bare_link(std::string_view text, std::size_t at) {
    std::size_t end = at;
    while (end < text.size() &&
           (is_domain_byte(text[end]) || text[end] == '@' || text[end] == '+' || text[end] == '_'))
        ++end;
    std::string word = without_points_at_end(std::string(text.substr(at, end - at)));
    const std::size_t point = word.rfind('.');
    if (point == std::string::npos || point == 0) return {};
    if (!is_top_level(std::string_view(word).substr(point + 1))) return {};
    const std::size_t address = word.find('@');
    const std::string host = address == std::string::npos ? word : word.substr(address + 1);
    // "3.am" is no domain.
    const std::string label = host.substr(0, host.find('.'));
    if (label.empty() || host.find("..") != std::string::npos) return {};
    if (std::ranges::all_of(label, inbound::is_digit)) return {};
    // The rest of a path belongs to it.
    std::size_t path = at + word.size();
    if (path < text.size() && text[path] == '/') {
        while (path < text.size() && is_link_byte(text[path])) ++path;
        word = without_points_at_end(std::string(text.substr(at, path - at)));
    }
    return word;
}

bool starts_link(std::string_view rest) {
    for (const std::string_view scheme : {"http:", "https:", "ftp:", "mailto:", "tel:", "www."})
        if (base::starts_with_ignoring_case(rest, scheme)) return true;
    return false;
}

// As links are compared: host in lower case, without scheme, "www." and a slash at the end.
std::string plain_link(std::string_view link) {
    std::string text(base::trim(link));
    for (const std::string_view scheme : {"https://", "http://", "mailto:"})
        if (base::starts_with_ignoring_case(text, scheme)) text = text.substr(scheme.size());
    if (base::starts_with_ignoring_case(text, "www.")) text = text.substr(4);
    const std::size_t slash = std::min(text.find_first_of("/?#"), text.size());
    text = base::to_lower(text.substr(0, slash)) + text.substr(slash);
    while (text.ends_with('/')) text.pop_back();
    return text;
}

// The value of an attribute that begins at `at`, with or without quotes.
std::string attribute_value(std::string_view html, std::size_t at) {
    const bool quoted = html[at] == '"' || html[at] == '\'';
    const std::size_t start = quoted ? at + 1 : at;
    const std::string_view ends = quoted ? html.substr(at, 1) : std::string_view("> \t\r\n");
    const std::size_t end = std::min(html.find_first_of(ends, start), html.size());
    const std::string value =
        base::replace_all(std::string(html.substr(start, end - start)), "&amp;", "&");
    return std::string(base::trim(value));
}

// What attributes of an HTML text point to. A name is taken wherever it stands: a word too much is
// refused, a link too few gets through.
std::vector<std::string> html_links(std::string_view html) {
    constexpr std::array<std::string_view, 4> kNames = {"href", "src", "srcset", "background"};
    std::vector<std::string> links;
    const std::string lower = base::to_lower(html);
    for (const std::string_view name : kNames)
        for (std::size_t at = lower.find(name); at != std::string::npos;
             at = lower.find(name, at + name.size())) {
            const std::size_t equals = lower.find_first_not_of(" \t\r\n", at + name.size());
            if (equals == std::string::npos || lower[equals] != '=') continue;
            const std::size_t start = lower.find_first_not_of(" \t\r\n", equals + 1);
            if (start == std::string::npos) continue;
            const std::string value = attribute_value(html, start);
            if (name != "srcset") {
                links.push_back(value);
                continue;
            }
            for (const std::string& one : base::split(value, ',')) {  // "URL 2x, URL 3x"
                const std::string_view whole = base::trim(one);
                links.emplace_back(whole.substr(0, whole.find_first_of(" \t\r\n")));
            }
        }
    return links;
}

bool is_digit_of(std::string_view text, std::size_t at) {
    return at < text.size() && inbound::is_digit(text[at]);
}

// ASCII digits for those of other scripts (Arabic, Persian, Devanagari, full width …).
std::string with_plain_digits(std::string_view text) {
    constexpr std::array<std::uint32_t, 12> kZeros = {
        0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xe50, 0xff10
    };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t bytes = first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xc0 ? 2 : 1;
        std::uint32_t point = first;
        if (bytes > 1 && at + bytes <= text.size()) {
            point = first & (0xffU >> (bytes + 1));
            for (std::size_t i = 1; i < bytes; ++i)
                point = point << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3fU);
        }
        const auto* zero = std::ranges::find_if(kZeros, [&](std::uint32_t base) {
            return point >= base && point <= base + 9;
        });
        if (bytes > 1 && zero != kZeros.end()) {
            out += static_cast<char>('0' + (point - *zero));
            at += bytes - 1;
        } else {
            out += text[at];
        }
    }
    return out;
}

// "1,234,567" and "1.234" are grouped; "12,5" and "3.14" have a fraction.
std::string plain_number(std::string_view digits) {
    const auto is_point = [](char c) { return c == '.' || c == ',' || c == '\''; };
    std::vector<std::string> groups(1);
    char last_point = '\0';
    for (const char c : digits) {
        if (is_point(c)) {
            last_point = c;
            groups.emplace_back();
        } else {
            groups.back() += c;
        }
    }
    const bool grouped = groups.size() > 1 && groups.front().size() <= 3 &&
                         std::all_of(groups.begin() + 1, groups.end(), [](const std::string& one) {
                             return one.size() == 3;
                         });
    if (grouped || last_point == '\0') return base::join(groups, "");
    return base::join(groups, ".");
}

// Of subject and both bodies.
std::vector<std::string> all_links(const Reading& reading) {
    std::vector<std::string> all;
    for (const Part& part : reading.parts())
        for (std::string& link : links_in(part.text)) all.push_back(std::move(link));
    if (reading.of.html_body)
        for (std::string& link : html_links(*reading.of.html_body)) all.push_back(std::move(link));
    return all;
}

}  // namespace

std::vector<std::string> links_in(std::string_view text) {
    std::vector<std::string> links;
    for (std::size_t at = 0; at < text.size();) {
        const bool starts_word = at == 0 || !is_domain_byte(text[at - 1]);
        if (!starts_word || !inbound::is_word_byte(text[at])) {
            ++at;
            continue;
        }
        std::string link;
        if (starts_link(text.substr(at))) {
            std::size_t end = at;
            while (end < text.size() && is_link_byte(text[end])) ++end;
            link = without_points_at_end(std::string(text.substr(at, end - at)));
        } else {
            link = bare_link(text, at);
        }
        if (link.empty() || link.ends_with(':')) {
            ++at;
            continue;
        }
        at += link.size();
        links.push_back(std::move(link));
    }
    return links;
}

std::vector<std::string> numbers_in(std::string_view given) {
    const std::string text = with_plain_digits(given);
    std::vector<std::string> numbers;
    for (std::size_t at = 0; at < text.size();) {
        if (!inbound::is_digit(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (is_digit_of(text, end) ||
               (end < text.size() &&
                std::string_view(".,'").find(text[end]) != std::string_view::npos &&
                is_digit_of(text, end + 1)))
            ++end;
        std::string number = plain_number(std::string_view(text).substr(at, end - at));
        // "50k" is another number than 50.
        if (end < text.size() &&
            std::string_view("kKmM").find(text[end]) != std::string_view::npos &&
            (end + 1 == text.size() || !inbound::is_word_byte(text[end + 1])))
            number += base::to_lower(std::string(1, text[end]));
        numbers.push_back(std::move(number));
        at = end;
    }
    return numbers;
}

void check_links(const Reading& reading, Findings& findings) {
    std::set<std::string> allowed;
    for (const std::string& link : reading.of.settings.links) allowed.insert(plain_link(link));
    // Its own domain and what its columns say (a company called "Booking.com") are no strangers.
    std::set<std::string> known;
    for (const std::string& link : links_in(reading.lead_text)) known.insert(plain_link(link));
    known.insert(base::to_lower(reading.of.lead.email.substr(reading.of.lead.email.find('@') + 1)));
    // The address in the footer may name one; it is there in every mail.
    std::set<std::string> of_footer;
    for (const std::string& link : links_in(reading.of.settings.postal_address))
        of_footer.insert(plain_link(link));
    std::set<std::string> counted;
    bool foreign = false;
    for (const std::string& link : all_links(reading)) {
        const std::string plain = plain_link(link);
        if (of_footer.contains(plain)) continue;
        counted.insert(plain);
        const bool bare =
            link.find("//") == std::string::npos && link.find('@') == std::string::npos;
        if (foreign || allowed.contains(plain) || (bare && known.contains(plain))) continue;
        foreign = true;
        findings.push_back(
            {"foreign_link",
             fmt::format("\"{}\" is none of the campaign's links", base::printable(link, 120)),
             100,
             true}
        );
    }
    // The HTML says again what the text says; in the text each one is read.
    const std::size_t count = std::max(
        counted.size(), links_in(reading.of.subject).size() + links_in(reading.own).size()
    );
    if (reading.of.first_mail && count > 1)
        findings.push_back(
            {"too_many_links", fmt::format("{} links, a first mail may have one", count), 100, true}
        );
}

void check_numbers(const Reading& reading, Findings& findings) {
    std::set<std::string> known;
    for (const std::string& text : {reading.lead_text, reading.campaign_text})
        for (std::string& number : numbers_in(text)) known.insert(std::move(number));
    for (const Part& part : reading.parts()) {
        for (const std::string& number : numbers_in(part.text)) {
            if (known.contains(number)) continue;
            // The footer of the HTML body has the address, whose numbers are known.
            findings.push_back(
                {"unknown_number",
                 fmt::format("{}: {} is in neither lead nor campaign", part.name, number),
                 100,
                 true}
            );
            return;
        }
    }
}

}  // namespace campaign
