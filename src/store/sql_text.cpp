#include "store/sql_text.h"

#include "base/text.h"

namespace store {
namespace {

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Walks over SQL piece by piece; comments vanish, quoted text stays whole.
class SqlWalk {
  public:
    explicit SqlWalk(std::string_view sql) : sql_(sql) {}
    bool at_end() const { return at_ >= sql_.size(); }

    // The next piece: a quoted text, a word, a cast "::", a blank in place of a comment, or one
    // character.
    std::string_view next() {
        const char first = sql_[at_];
        if (first == '\'' || first == '"') return upto(sql_.find(first, at_ + 1), 1);
        if (starts("--")) return skip(sql_.find('\n', at_), 0);
        if (starts("/*")) return skip(sql_.find("*/", at_ + 2), 2);
        if (starts("::")) return upto(at_ + 1, 1);
        if (!is_word(first)) return upto(at_, 1);
        std::size_t end = at_;
        while (end < sql_.size() && is_word(sql_[end])) ++end;
        return upto(end, 0);
    }

  private:
    bool starts(std::string_view text) const { return sql_.substr(at_).starts_with(text); }
    std::string_view upto(std::size_t end, std::size_t more) {
        const std::size_t stop = end == std::string_view::npos ? sql_.size() : end + more;
        const std::string_view piece = sql_.substr(at_, stop - at_);
        at_ = stop;
        return piece;
    }
    std::string_view skip(std::size_t end, std::size_t more) {
        upto(end, more);
        return " ";
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

std::string upper(std::string_view word) {
    std::string out(word);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return out;
}

}  // namespace

SqlShape read_sql(std::string_view sql) {
    SqlShape shape;
    bool after_colon = false;
    bool ended = false;
    for (SqlWalk walk(sql); !walk.at_end();) {
        const std::string_view piece = walk.next();
        const bool blank = base::trim(piece).empty();
        if (piece == ";") {
            ended = true;
            continue;
        }
        if (ended && !blank) shape.several = true;
        if (after_colon && is_word(piece.front())) shape.placeholders.emplace_back(piece);
        if (shape.verb.empty() && is_word(piece.front())) shape.verb = upper(piece);
        after_colon = piece == ":";
        shape.text += piece;
    }
    shape.text = std::string(base::trim(shape.text));
    return shape;
}

std::string objection(const SqlShape& shape) {
    static constexpr std::string_view kReserved[] = {
        "ABORT",  "BEGIN", "COMMIT", "COPY",    "DISCARD", "DO",         "END",
        "LISTEN", "LOAD",  "LOCK",   "PREPARE", "RESET",   "RELEASE",    "ROLLBACK",
        "REVOKE", "GRANT", "SET",    "START",   "EXECUTE", "DEALLOCATE", "SAVEPOINT",
    };
    if (shape.several) return "one statement per call";
    for (std::size_t i = 0; i < shape.placeholders.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (shape.placeholders[i] == shape.placeholders[j])
                return "placeholder :" + shape.placeholders[i] +
                       " stands twice: name each one once";
    for (const std::string_view verb : kReserved)
        if (shape.verb == verb) return shape.verb + " belongs to the store, not to a job";
    return {};
}

std::vector<std::string> split_statements(std::string_view script) {
    std::vector<std::string> statements;
    std::string current;
    const auto close = [&] {
        const std::string_view trimmed = base::trim(current);
        if (!trimmed.empty()) statements.emplace_back(trimmed);
        current.clear();
    };
    for (SqlWalk walk(script); !walk.at_end();) {
        const std::string_view piece = walk.next();
        if (piece == ";")
            close();
        else
            current += piece;
    }
    close();
    return statements;
}

}  // namespace store
