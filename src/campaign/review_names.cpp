// Rules about names: who is greeted, who else is called, which companies are named, who signs.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "campaign/merge_fields.h"
#include "campaign/review_rules.h"
#include "campaign/words.h"
#include "inbound/fold.h"
#include "mime/utf8.h"

namespace campaign {

namespace {

constexpr std::size_t kGreetingBytesMax = 160;
constexpr std::size_t kCandidatesMax = 200;
constexpr std::size_t kNameWordsMax = 4;

using FoldedWords = std::set<std::string, std::less<>>;

const inbound::WordSet& list_of(std::string_view name) {
    static const auto sets = [] {
        std::map<std::string, inbound::WordSet, std::less<>> made;
        for (const char* section : {"no-name", "common", "inflecting", "honorific"})
            made[section] = greeting_words().set_of(section);
        return made;
    }();
    return sets.find(name)->second;
}

const inbound::Phrases& phrases_of(std::string_view name) {
    static const inbound::Phrases greetings(greeting_words().of("greeting"));
    static const inbound::Phrases closings(greeting_words().of("closing"));
    return name == "greeting" ? greetings : closings;
}

void add_words(FoldedWords& words, std::string_view text) {
    const std::string folded = inbound::fold(text);
    for (const Word& word : words_with_places(folded)) {
        words.emplace(word.text);
        for (const std::string_view piece : inbound::words_of(word.text)) words.emplace(piece);
    }
}

// Every word by which this lead may be called.
FoldedWords words_of_lead(const Lead& lead) {
    FoldedWords words;
    add_words(words, lead.name);
    add_words(words, lead.company);
    add_words(words, lead.title);
    for (const auto& [key, value] : own_fields(lead)) add_words(words, value);
    return words;
}

// "Nováku" of "Novák": the same beginning, another ending.
bool same_stem(std::string_view word, std::string_view known) {
    std::size_t same = 0;
    while (same < word.size() && same < known.size() && word[same] == known[same]) ++same;
    return same >= 3 && same + 4 >= known.size() && same + 5 >= word.size();
}

bool is_known(std::string_view folded, const FoldedWords& known, bool inflecting) {
    if (known.contains(folded)) return true;
    for (const std::string_view ending : {"'s", "s", "'"})
        if (folded.ends_with(ending) &&
            known.contains(folded.substr(0, folded.size() - ending.size())))
            return true;
    return inflecting && std::ranges::any_of(known, [&](const std::string& one) {
               return same_stem(folded, one);
           });
}

bool inflects(const Settings& settings) {
    return list_of("inflecting").contains(base::to_lower(settings.language).substr(0, 2));
}

std::string first_line(std::string_view body) {
    for (const std::string& line : base::split(body, '\n'))
        if (!base::trim(line).empty())
            return std::string(mime::first_bytes(line, kGreetingBytesMax));
    return {};
}

// How many of the words are the greeting itself ("Guten Tag" is two).
std::size_t greeting_length(const std::string& line, const std::vector<Word>& words) {
    const std::string folded = inbound::fold(line);
    const std::vector<std::string_view> pieces = inbound::words_of(folded);
    if (pieces.empty()) return 0;
    const std::size_t count = phrases_of("greeting").words_at(pieces, 0);
    if (count == 0) return 0;
    const std::string_view last = pieces[count - 1];
    const auto end = static_cast<std::size_t>(last.data() - folded.data()) + last.size();
    return static_cast<std::size_t>(std::ranges::count_if(words, [&](const Word& word) {
        return word.at < end;
    }));
}

bool ends_clause(std::string_view between) {
    return between.find_first_of(",!?:;\n") != between.npos ||
           between.find("\xe2\x80") != between.npos || between.find(". ") != between.npos;
}

bool is_mere_address(std::string_view folded) {
    return list_of("no-name").contains(folded) || list_of("common").contains(folded);
}

// The words of the first line that call somebody: behind the greeting, up to the next point.
std::vector<Word> called_words(const std::string& line, const std::vector<Word>& words) {
    const std::size_t greeting = greeting_length(line, words);
    std::vector<Word> called;
    for (std::size_t i = greeting; i < words.size(); ++i) {
        const std::size_t before = i == 0 ? 0 : words[i - 1].end();
        const std::string_view gap = std::string_view(line).substr(before, words[i].at - before);
        // "Hi, Anna" and "Dobrý den, pane Nováku" have the name behind a first comma.
        const bool first_comma = i == greeting && gap.find(',') != gap.npos;
        // "Ms. Meyer": the point belongs to the form of address.
        const bool abbreviated =
            i > 0 && gap == ". " && list_of("no-name").contains(inbound::fold(words[i - 1].text));
        if (i > 0 && ends_clause(gap) && !first_comma && !abbreviated) break;
        const std::string folded = inbound::fold(words[i].text);
        if (first_comma && list_of("common").contains(folded)) break;  // "Hi, I saw that …"
        const bool calls = words[i].capital || list_of("no-name").contains(folded);
        if (!calls) {
            // "hi peter," greets somebody in lower case, "Hi, we saw that …" nobody.
            const std::string_view rest = std::string_view(line).substr(words[i].end());
            if (greeting == 0 || first_comma || !(rest.empty() || ends_clause(rest.substr(0, 1))))
                break;
        }
        called.push_back(words[i]);
    }
    // Without a word of greeting only a line of its own, such as "Anna,", calls somebody.
    const bool whole_line =
        !called.empty() && line.size() - called.back().end() <= 2 && called.size() <= kNameWordsMax;
    if (greeting == 0 && !whole_line) called.clear();
    return called;
}

// "山田様": the name stands before the honorific, without blanks.
std::optional<std::string> honoured_name(const std::string& line) {
    for (const std::string& honorific : list_of("honorific")) {
        const std::size_t at = line.find(honorific);
        if (at == std::string::npos || at == 0) continue;
        std::string name(base::trim(line.substr(0, at)));
        for (const std::string_view mark : {"、", "，", "。", " ", "\u3000"})
            if (const std::size_t cut = name.rfind(mark); cut != std::string::npos)
                name = name.substr(cut + mark.size());
        if (!name.empty()) return name;
    }
    return std::nullopt;
}

std::string name_in_words(const Lead& lead) {
    const std::string name = field_value(lead.name);
    return name.empty() ? std::string("the lead has no name") : "the lead is called " + name;
}

// A word that somebody is called by in the middle of a text: "Anna, would …" at the start of a
// paragraph, "… do you think, Anna?" at the end of a sentence.
bool is_vocative(std::string_view text, const std::vector<Word>& words, std::size_t i) {
    const Word& word = words[i];
    if (!word.capital) return false;
    const std::string_view behind = text.substr(word.end());
    const bool line_start = word.at == 0 || text[word.at - 1] == '\n';
    if (line_start) return behind.starts_with(", ");
    if (i == 0 || !(behind.starts_with('?') || behind.starts_with('!') || behind.starts_with('.')))
        return false;
    const std::string_view gap = text.substr(words[i - 1].end(), word.at - words[i - 1].end());
    return gap == ", " && !words[i - 1].capital;
}

// Behind "Best regards," and the like: where the writer's name stands.
std::string signed_line(std::string_view own) {
    const std::vector<std::string> lines = base::split(own, '\n');
    for (std::size_t i = lines.size(); i-- > 0;) {
        const std::string folded = inbound::fold(lines[i]);
        const std::vector<std::string_view> words = inbound::words_of(folded);
        if (words.empty() || words.size() > 6) continue;
        if (phrases_of("closing").words_at(words, 0) != words.size()) continue;
        for (std::size_t next = i + 1; next < lines.size(); ++next)
            if (!base::trim(lines[next]).empty()) return std::string(base::trim(lines[next]));
        return {};
    }
    return {};
}

std::string without_points(std::string_view word) {
    return base::replace_all(std::string(word), ".", "");
}

bool is_suffix(std::string_view word, bool strong) {
    const std::vector<std::string>& list = company_suffixes(strong);
    return std::ranges::find(list, without_points(word)) != list.end();
}

}  // namespace

void check_greeting(const Reading& reading, Findings& findings) {
    const Lead& lead = reading.of.lead;
    const std::string line = first_line(reading.own);
    if (const auto name = honoured_name(line)) {
        const std::string known = lead.name + "\n" + reading.lead_text;
        if (known.find(*name) == std::string::npos)
            findings.push_back(
                {"wrong_name",
                 fmt::format("it greets \"{}\", but {}", *name, name_in_words(lead)),
                 100,
                 true}
            );
        return;
    }
    const FoldedWords known = words_of_lead(lead);
    const bool inflecting = inflects(reading.of.settings);
    for (const Word& word : called_words(line, words_with_places(line))) {
        const std::string folded = inbound::fold(word.text);
        const bool nobody = list_of("no-name").contains(folded);
        if (nobody || is_known(folded, known, inflecting)) continue;
        findings.push_back(
            {"wrong_name",
             fmt::format("it greets \"{}\", but {}", word.text, name_in_words(lead)),
             100,
             true}
        );
        return;
    }
}

void check_other_names(const Reading& reading, Findings& findings) {
    for (const std::string& name : reading.of.names_of_others)
        findings.push_back(
            {"wrong_company",
             fmt::format("it names \"{}\", which is another lead", base::printable(name, 80)),
             100,
             true}
        );
    FoldedWords known = words_of_lead(reading.of.lead);
    add_words(known, reading.campaign_text);
    const bool inflecting = inflects(reading.of.settings);
    const std::string greeting = first_line(reading.own);
    for (const Part& part : reading.parts()) {
        const std::vector<Word> words = words_with_places(part.text);
        for (std::size_t i = 0; i < words.size(); ++i) {
            if (!is_vocative(part.text, words, i)) continue;
            if (greeting.starts_with(words[i].text)) continue;  // check_greeting has seen it
            const std::string folded = inbound::fold(words[i].text);
            if (is_known(folded, known, inflecting) || is_mere_address(folded)) continue;
            findings.push_back(
                {"other_name",
                 fmt::format("{}: it seems to call \"{}\"", part.name, words[i].text),
                 35,
                 false}
            );
            return;
        }
    }
}

// A company with its legal form that neither lead nor campaign knows: invented, or another's.
void check_companies(const Reading& reading, Findings& findings) {
    FoldedWords known = words_of_lead(reading.of.lead);
    add_words(known, reading.campaign_text);
    for (const Part& part : reading.parts()) {
        const std::vector<Word> words = words_with_places(part.text);
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (!is_suffix(words[i].text, true) || !words[i - 1].capital) continue;
            if (is_known(inbound::fold(words[i - 1].text), known, false)) continue;
            findings.push_back(
                {"wrong_company",
                 fmt::format(
                     "{}: it names \"{} {}\", which is neither the lead's company nor the "
                     "campaign's",
                     part.name,
                     words[i - 1].text,
                     words[i].text
                 ),
                 100,
                 true}
            );
            return;
        }
    }
}

void check_signature(const Reading& reading, Findings& findings) {
    const Settings& settings = reading.of.settings;
    const std::string line = signed_line(reading.own);
    if (line.empty() || settings.sender_name.empty()) return;
    FoldedWords known;
    add_words(known, settings.sender_name);
    add_words(known, settings.sender_company);
    const bool own_text = has_words(reading.of.campaign_text, line);
    const std::vector<Word> words = words_with_places(line);
    const bool ours = std::ranges::any_of(words, [&](const Word& word) {
        return known.contains(inbound::fold(word.text));
    });
    if (ours || own_text || words.empty() || words.size() > kNameWordsMax) return;
    findings.push_back(
        {"wrong_sender",
         fmt::format(
             "it is signed \"{}\", but {} writes", base::printable(line, 80), settings.sender_name
         ),
         100,
         true}
    );
}

std::vector<std::string> name_candidates(const ReviewSubject& subject) {
    const Reading reading(subject);
    const WordRow campaign(reading.campaign_text);
    const WordRow name(subject.lead.name);
    const WordRow company(subject.lead.company);
    const auto is_own = [&](std::string_view run) {
        return campaign.has(run) || name.has(run) || company.has(run);
    };
    std::set<std::string> found;
    for (const Part& part : reading.parts()) {
        const std::vector<Word> words = words_with_places(part.text);
        for (std::size_t i = 0; i < words.size(); ++i) {
            const Word& first = words[i];
            if (!first.capital && !inbound::is_digit(first.text.front())) continue;
            for (std::size_t count = 1; count <= kNameWordsMax && i + count <= words.size();
                 ++count) {
                const std::size_t end = words[i + count - 1].end();
                const std::string_view run = part.text.substr(first.at, end - first.at);
                if (run.find('\n') != run.npos || found.size() >= kCandidatesMax) break;
                if (count == 1 && is_mere_address(inbound::fold(run))) continue;
                if (!is_own(run)) found.emplace(run);
            }
        }
    }
    return {found.begin(), found.end()};
}

}  // namespace campaign
