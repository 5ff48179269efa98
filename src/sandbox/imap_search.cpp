#include "sandbox/imap_search.h"

#include "base/text.h"
#include "sandbox/imap_words.h"

namespace sandbox {

namespace {

constexpr int kDepthMax = 20;

std::int64_t day_of(base::Timestamp time) {
    constexpr std::int64_t kDay = 86'400'000'000;
    return time.micros >= 0 ? time.micros / kDay : (time.micros - kDay + 1) / kDay;
}

bool has_header(const Mail& mail, std::string_view name, std::string_view needle) {
    return std::ranges::any_of(mail.headers, [&](const auto& field) {
        return base::equals_ignoring_case(field.first, name) &&
               contains_ignoring_case(field.second, needle);
    });
}

Criterion flag(std::string name, bool wanted) {
    return [name = std::move(name), wanted](const SearchSubject& subject) {
        return subject.entry.mail->flags.contains(name) == wanted;
    };
}

std::optional<Criterion> flag_key(const std::string& key) {
    struct Row {
        const char* key;
        const char* flag;
        bool wanted;
    };
    constexpr std::array<Row, 10> kRows = {{
        {"answered", "\\Answered", true},
        {"unanswered", "\\Answered", false},
        {"deleted", "\\Deleted", true},
        {"undeleted", "\\Deleted", false},
        {"draft", "\\Draft", true},
        {"undraft", "\\Draft", false},
        {"flagged", "\\Flagged", true},
        {"unflagged", "\\Flagged", false},
        {"seen", "\\Seen", true},
        {"unseen", "\\Seen", false},
    }};
    for (const Row& row : kRows)
        if (key == row.key) return flag(row.flag, row.wanted);
    return std::nullopt;
}

bool word_matches(const std::string& word, const SearchSubject& subject) {
    const Mail& mail = *subject.entry.mail;
    const std::size_t colon = word.find(':');
    const std::string key = base::to_lower(word.substr(0, colon));
    const std::string value = colon == std::string::npos ? word : word.substr(colon + 1);
    if (key == "category") return base::equals_ignoring_case(mail.category, value);
    if (key == "rfc822msgid") return mail.message_id == base::trim(value);
    if (key == "subject") return contains_ignoring_case(mail.subject, value);
    if (key == "from" || key == "to") return has_header(mail, key, value);
    const Use use = subject.folder.layout.use;
    if (key == "in" && value == "inbox") return use == Use::inbox;
    if (key == "in" && value == "spam") return use == Use::junk;
    if (key == "in" && value == "trash") return use == Use::trash;
    if (key == "in" && value == "anywhere") return true;
    return contains_ignoring_case(mail.raw, word);
}

Criterion gmail_query(const std::string& query) {
    std::vector<std::string> words;
    for (std::string& word : base::split(query, ' '))
        if (!word.empty()) words.push_back(std::move(word));
    return [words](const SearchSubject& subject) {
        return std::ranges::all_of(words, [&](const std::string& word) {
            return word.starts_with('-') ? !word_matches(word.substr(1), subject)
                                         : word_matches(word, subject);
        });
    };
}

class Parser {
  public:
    Parser(ImapReader& reader, bool gmail) : reader_(reader), gmail_(gmail) {}

    // Keys with blanks between them: all have to match.
    Criterion all(int depth) {
        std::vector<Criterion> parts;
        do {
            Criterion part = key(depth);
            if (!part) return {};
            parts.push_back(std::move(part));
        } while (reader_.space());
        return [parts](const SearchSubject& subject) {
            return std::ranges::all_of(parts, [&](const Criterion& part) { return part(subject); });
        };
    }

  private:
    Criterion key(int depth) {
        if (depth > kDepthMax) return {};
        if (reader_.eat('(')) {
            Criterion inside = all(depth + 1);
            return inside && reader_.eat(')') ? inside : Criterion();
        }
        if (std::optional<NumberSet> set = reader_.set()) {
            return [set = std::move(*set)](const SearchSubject& subject) {
                return set.contains(subject.sequence, subject.sequence_max);
            };
        }
        const std::optional<std::string> name = reader_.atom();
        if (!name) return {};
        const std::string lower = base::to_lower(*name);
        if (std::optional<Criterion> known = flag_key(lower)) return *known;
        if (lower == "all" || lower == "old") return [](const SearchSubject&) { return true; };
        if (lower == "new" || lower == "recent") return [](const SearchSubject&) { return false; };
        if (lower == "not") return negated(depth);
        if (lower == "or") return either(depth);
        if (!reader_.space()) return {};
        if (lower == "uid") return uids();
        if (lower == "larger" || lower == "smaller") return size(lower == "larger");
        if (lower == "keyword" || lower == "unkeyword") return keyword(lower == "keyword");
        if (Criterion dated = date(lower)) return dated;
        return text(lower);
    }

    Criterion negated(int depth) {
        Criterion inside = reader_.space() ? key(depth + 1) : Criterion();
        if (!inside) return {};
        return [inside](const SearchSubject& subject) { return !inside(subject); };
    }

    Criterion either(int depth) {
        Criterion left = reader_.space() ? key(depth + 1) : Criterion();
        Criterion right = left && reader_.space() ? key(depth + 1) : Criterion();
        if (!right) return {};
        return
            [left, right](const SearchSubject& subject) { return left(subject) || right(subject); };
    }

    Criterion uids() {
        std::optional<NumberSet> set = reader_.set();
        if (!set) return {};
        return [set = std::move(*set)](const SearchSubject& subject) {
            return set.contains(subject.entry.uid, subject.uid_max);
        };
    }

    Criterion size(bool larger) {
        const std::optional<std::uint32_t> bytes = reader_.number();
        if (!bytes) return {};
        return [bytes = *bytes, larger](const SearchSubject& subject) {
            const std::size_t size = subject.entry.mail->raw.size();
            return larger ? size > bytes : size < bytes;
        };
    }

    Criterion keyword(bool wanted) {
        const std::optional<std::string> name = reader_.atom();
        return name ? flag(*name, wanted) : Criterion();
    }

    // Days are compared without time and zone, as the RFC has it.
    Criterion date(const std::string& name) {
        const bool sent = name.starts_with("sent");
        const std::string which = sent ? name.substr(4) : name;
        if (which != "before" && which != "on" && which != "since") return {};
        const std::optional<std::string> text = reader_.astring();
        const std::optional<std::int64_t> day = text ? parse_imap_date(*text) : std::nullopt;
        if (!day) return {};
        return [sent, which, day = *day](const SearchSubject& subject) {
            const Mail& mail = *subject.entry.mail;
            if (sent && !mail.sent_date) return false;
            const std::int64_t at = day_of(sent ? *mail.sent_date : mail.internal_date);
            if (which == "before") return at < day;
            return which == "on" ? at == day : at >= day;
        };
    }

    Criterion text(const std::string& name) {
        std::optional<std::string> value = reader_.astring();
        if (!value) return {};
        if (name == "header") {
            std::optional<std::string> needle = reader_.space() ? reader_.astring() : std::nullopt;
            return needle ? header(*value, *needle) : Criterion();
        }
        if (name == "from" || name == "to" || name == "cc" || name == "bcc")
            return header(name, *value);
        if (name == "subject") {
            return [value = *value](const SearchSubject& subject) {
                return contains_ignoring_case(subject.entry.mail->subject, value);
            };
        }
        if (name == "body" || name == "text") {
            return [value = *value, whole = name == "text"](const SearchSubject& subject) {
                const Mail& mail = *subject.entry.mail;
                const std::size_t from = whole ? 0 : mail.body_at;
                return contains_ignoring_case(std::string_view(mail.raw).substr(from), value);
            };
        }
        if (gmail_ && name == "x-gm-raw") return gmail_query(*value);
        if (gmail_ && name == "x-gm-msgid") {
            return [value = *value](const SearchSubject& subject) {
                return std::to_string(subject.entry.mail->id) == value;
            };
        }
        return {};
    }

    static Criterion header(std::string name, std::string needle) {
        return [name = std::move(name), needle = std::move(needle)](const SearchSubject& subject) {
            return has_header(*subject.entry.mail, name, needle);
        };
    }

    ImapReader& reader_;
    bool gmail_;
};

}  // namespace

bool contains_ignoring_case(std::string_view text, std::string_view needle) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    const auto same = [&](char left, char right) { return lower(left) == lower(right); };
    return std::search(text.begin(), text.end(), needle.begin(), needle.end(), same) !=
               text.end() ||
           needle.empty();
}

SearchProgram parse_search(ImapReader& reader, bool gmail) {
    SearchProgram out;
    ImapReader start = reader;
    const std::optional<std::string> first = reader.atom();
    if (first && base::equals_ignoring_case(*first, "CHARSET")) {
        const auto charset = reader.space() ? reader.astring() : std::nullopt;
        if (!charset || !reader.space()) return out;
        out.names_charset = true;
        out.bad_charset = !base::equals_ignoring_case(*charset, "UTF-8") &&
                          !base::equals_ignoring_case(*charset, "US-ASCII");
    } else {
        reader = start;
    }
    Criterion criterion = Parser(reader, gmail).all(0);
    if (reader.at_end()) out.matches = std::move(criterion);
    return out;
}

}  // namespace sandbox
