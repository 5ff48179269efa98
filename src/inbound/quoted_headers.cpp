#include "inbound/quoted_headers.h"

#include <map>

#include "base/text.h"
#include "inbound/fold.h"
#include "inbound/reply_words.h"

namespace inbound {

namespace {

constexpr std::size_t kNameBytesMax = 40;
constexpr std::size_t kBlockLinesMax = 14;
// Lines between two fields that belong to the upper one.
constexpr std::size_t kFoldedMax = 2;

enum class Field : unsigned { from = 1, to = 2, date = 4, subject = 8, other = 16 };

// A name may stand for several fields: "De" is from, "A" is to in three languages.
using FieldNames = std::map<std::string, unsigned, std::less<>>;

const FieldNames& field_names() {
    static const FieldNames names = [] {
        FieldNames built;
        const std::pair<const char*, Field> lists[] = {
            {"header-from", Field::from},
            {"header-to", Field::to},
            {"header-date", Field::date},
            {"header-subject", Field::subject},
            {"header-other", Field::other},
        };
        for (const auto& [list, field] : lists)
            for (const std::string& name : reply_words().of(list))
                built[name] |= static_cast<unsigned>(field);
        return built;
    }();
    return names;
}

// Which field a line "Name: value" or "*Name:* value" is; 0 for none.
unsigned field_of(const Line& line) {
    if (line.blank || line.quoted || line.code || line.text.size() > 2000) return 0;
    const std::string_view start = line.text.substr(0, kNameBytesMax * 2);
    constexpr std::string_view kWideColon = "\xef\xbc\x9a";
    if (start.find(':') == start.npos && start.find(kWideColon) == start.npos) return 0;
    const std::string folded = fold(start);
    std::string_view rest = folded;
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '*' || rest.front() == '_'))
        rest.remove_prefix(1);
    const std::size_t colon = rest.find(':');
    if (colon == rest.npos || colon > kNameBytesMax) return 0;
    const auto found = field_names().find(bare(rest.substr(0, colon)));
    return found == field_names().end() ? 0 : found->second;
}

// Clients that reduce HTML put several fields in one line: "From: Ann Sent: Monday To: Bob". Adds
// those whose names stand behind the first colon.
void add_fields_within(const Line& line, HeaderBlocks::Fields& fields) {
    constexpr std::size_t kColonsMax = 16;
    if (line.text.size() > kMarkBytesMax) return;
    const std::string folded = fold(line.text);
    std::size_t colon = folded.find(':');
    for (std::size_t i = 0; i < kColonsMax && colon != folded.npos; ++i) {
        const std::size_t next = folded.find(':', colon + 1);
        if (next == folded.npos) return;
        std::string_view name = bare(std::string_view(folded).substr(colon + 1, next - colon - 1));
        name = name.substr(std::min(name.rfind(' ') + 1, name.size()));
        const auto found = field_names().find(name);
        if (found != field_names().end() && name.size() > 1) {
            fields.which |= found->second;
            ++fields.count;
        }
        colon = next;
    }
}

struct Block {
    unsigned fields = 0;
    std::size_t count = 0;
    unsigned traits = 0;
};

Block read_block(
    const std::vector<Line>& lines, const std::vector<HeaderBlocks::Fields>& by_line, std::size_t at
) {
    Block block;
    std::size_t folded = 0;
    for (std::size_t i = at; i < lines.size() && i < at + kBlockLinesMax; ++i) {
        if (lines[i].blank || lines[i].quoted) break;
        if (by_line[i].count == 0) {
            if (++folded > kFoldedMax) break;
            continue;
        }
        folded = 0;
        block.fields |= by_line[i].which;
        block.count += by_line[i].count;
        block.traits |= lines[i].traits;
    }
    return block;
}

bool has(const Block& block, Field field) {
    return (block.fields & static_cast<unsigned>(field)) != 0;
}

}  // namespace

bool is_separator(const Line& line) {
    if (line.blank || line.code || line.text.size() < 9 || line.text.size() > 200) return false;
    static const WordSet between_dashes = reply_words().set_of("separator");
    static const WordSet alone = reply_words().set_of("separator-line");
    const std::string folded = fold(line.text);
    std::string_view phrase = bare(folded);
    const bool dashed = folded.find("--") != folded.npos || folded.find("__") != folded.npos ||
                        folded.find("==") != folded.npos;
    while (phrase.ends_with(':') || phrase.ends_with(' ')) phrase.remove_suffix(1);
    if (dashed && between_dashes.contains(phrase)) return true;
    return alone.contains(phrase);
}

HeaderBlocks::HeaderBlocks(const std::vector<Line>& lines) {
    by_line_.reserve(lines.size());
    for (const Line& line : lines) {
        Fields fields{.which = field_of(line)};
        if (fields.which != 0) {
            fields.count = 1;
            add_fields_within(line, fields);
        }
        by_line_.push_back(fields);
    }
}

bool HeaderBlocks::starts_at(const std::vector<Line>& lines, std::size_t at) const {
    if (by_line_[at].count == 0) return false;
    const Block block = read_block(lines, by_line_, at);
    if (!has(block, Field::from) && !has(block, Field::date)) return false;
    if (block.count >= 3) return true;
    // Two fields: only with an address and a date or subject.
    return block.count == 2 && (block.traits & kEmail) != 0 &&
           (has(block, Field::subject) || (block.traits & (kDate | kTime)) != 0);
}

}  // namespace inbound
