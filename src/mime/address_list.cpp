#include "mime/address_list.h"

#include "base/text.h"
#include "mime/encoded_word.h"

namespace mime {

namespace {

constexpr std::size_t kNone = std::string_view::npos;

class Parser {
  public:
    Parser(std::string_view text, std::size_t count_max) : text_(text), count_max_(count_max) {}

    AddressList parse() {
        while (at_ < text_.size() && !list_.over_limit) step();
        finish();
        return std::move(list_);
    }

  private:
    void step() {
        switch (text_[at_]) {
            case '"':
                return quoted();
            case '(':
                return comment();
            case '<':
                return angle();
            case ',':
            case ';':
                ++at_;
                return finish();
            case ':':
                ++at_;
                return group_starts();
            case '[':
                return literal();
            case '\\':
                bare_ += text_.substr(at_, 2);
                at_ = std::min(at_ + 2, text_.size());
                return;
            case '>':
                ++at_;  // closes nothing
                return;
            default:
                bare_ += text_[at_++];
        }
    }

    // A colon ends a group's name, but only where nothing of an address has been seen.
    void group_starts() {
        if (has_angle_ || bare_.find('@') != kNone) {
            bare_ += ':';
            return;
        }
        clear();
    }

    void quoted() {
        std::string content;
        std::size_t end = at_ + 1;
        while (end < text_.size() && text_[end] != '"') {
            if (text_[end] == '\\' && end + 1 < text_.size()) ++end;
            content += text_[end++];
        }
        if (end >= text_.size() || quotes_unclosed_) {
            quotes_unclosed_ = true;
            bare_ += text_[at_++];
            return;
        }
        // Kept as it stands for an address ("a b"@example.com), unquoted for a name.
        quoted_.push_back({bare_.size(), end + 1 - at_, std::move(content)});
        bare_ += text_.substr(at_, end + 1 - at_);
        at_ = end + 1;
    }

    void comment() {
        std::string content;
        int depth = 0;
        std::size_t end = comments_unclosed_ ? text_.size() : at_;
        for (; end < text_.size(); ++end) {
            const char c = text_[end];
            if (c == '(' && ++depth == 1) continue;
            if (c == ')' && --depth == 0) break;
            if (c == '\\' && end + 1 < text_.size()) ++end;
            content += text_[end];
        }
        if (end >= text_.size()) {
            comments_unclosed_ = true;
            bare_ += text_[at_++];
            return;
        }
        if (!content.empty()) comment_ = std::move(content);
        bare_ += ' ';
        at_ = end + 1;
    }

    void angle() {
        std::size_t end = at_ + 1;
        bool in_quotes = false;
        for (; end < text_.size() && !angles_unclosed_; ++end) {
            const char c = text_[end];
            if (c == '\\' && in_quotes)
                ++end;
            else if (c == '"')
                in_quotes = !in_quotes;
            else if (!in_quotes && (c == '>' || c == '<'))
                break;
        }
        if (end >= text_.size() || angles_unclosed_) {
            angles_unclosed_ = true;
            broken_ = true;
            bare_ += text_[at_++];
            return;
        }
        if (text_[end] == '<') {  // "<<a@b>": the inner one counts
            at_ = end;
            return;
        }
        angle_ = std::string(base::trim(text_.substr(at_ + 1, end - at_ - 1)));
        has_angle_ = true;
        at_ = end + 1;
    }

    void literal() {
        const std::size_t length = text_.substr(at_, 256).find(']');
        const std::size_t stop = length == kNone ? at_ + 1 : at_ + length + 1;
        bare_ += text_.substr(at_, stop - at_);
        at_ = stop;
    }

    // The display name: what stood outside the angle brackets, quoted pieces unquoted.
    std::string name() const {
        std::string plain;
        std::size_t from = 0;
        for (const Quoted& piece : quoted_) {
            plain += std::string_view(bare_).substr(from, piece.at - from);
            plain += piece.content;
            from = piece.at + piece.length;
        }
        plain += std::string_view(bare_).substr(from);
        return decode_words(base::trim(plain));
    }

    // Blanks around '@' and '.' are obsolete but harmless; others make the address malformed.
    static std::string without_blanks(std::string_view text) {
        std::string out;
        bool blank = false;
        for (const char c : base::trim(text)) {
            if (c == ' ' || c == '\t') {
                blank = true;
                continue;
            }
            const bool joins = c == '@' || c == '.' || out.ends_with('@') || out.ends_with('.');
            if (blank && !joins) out += ' ';
            blank = false;
            out += c;
        }
        return out;
    }

    void finish() {
        if (has_angle_) {
            std::string_view address = angle_;
            if (address.starts_with('@')) address.remove_prefix(address.rfind(':') + 1);
            if (!address.empty()) add(address, name());
        } else if (!base::trim(bare_).empty()) {
            add(without_blanks(bare_), decode_words(base::trim(comment_)));
        }
        clear();
    }

    void add(std::string_view address, std::string name) {
        auto email = base::Email::parse(address);
        if (!email || broken_) {
            list_.malformed = true;
        } else if (list_.addresses.size() >= count_max_) {
            list_.over_limit = true;
        } else {
            list_.addresses.push_back({std::move(name), std::move(*email)});
        }
    }

    void clear() {
        bare_.clear();
        angle_.clear();
        comment_.clear();
        quoted_.clear();
        has_angle_ = false;
        broken_ = false;
    }

    struct Quoted {
        std::size_t at;
        std::size_t length;
        std::string content;
    };

    std::string_view text_;
    std::size_t count_max_;
    std::size_t at_ = 0;
    AddressList list_;
    std::string bare_;
    std::string angle_;
    std::string comment_;
    std::vector<Quoted> quoted_;
    bool has_angle_ = false;
    bool broken_ = false;
    // Once a closing sign is missing, no later one is looked for: that would be quadratic.
    bool quotes_unclosed_ = false;
    bool comments_unclosed_ = false;
    bool angles_unclosed_ = false;
};

}  // namespace

AddressList parse_addresses(std::string_view value, std::size_t count_max) {
    return Parser(value, count_max).parse();
}

}  // namespace mime
