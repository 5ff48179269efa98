#include "mime/html_text.h"

#include <algorithm>

#include "base/text.h"
#include "mime/html_entities.h"

namespace mime {

namespace {

constexpr std::size_t kTagMax = 16 * 1024;
constexpr std::size_t kNone = std::string_view::npos;

bool is_any(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

bool is_block(std::string_view name) {
    return is_any(name, {"div",     "tr",      "li",      "ul",     "ol",    "table",  "section",
                         "article", "header",  "footer",  "center", "form",  "dl",     "dt",
                         "dd",      "address", "caption", "tbody",  "thead", "tfoot",  "main",
                         "nav",     "aside",   "figure",  "body",   "html",  "option", "fieldset"});
}
bool is_paragraph(std::string_view name) {
    return is_any(name, {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "hr"});
}
bool is_void(std::string_view name) {
    return is_any(
        name,
        {"br", "img", "hr", "meta", "link", "input", "area", "base", "col", "wbr", "embed", "source"
        }
    );
}
// Elements whose content is never shown. Their content is no markup, but for head's.
bool is_unseen(std::string_view name) {
    return is_any(
        name,
        {"script", "style", "title", "textarea", "template", "head", "select", "object", "svg"}
    );
}

// Joins pieces of text the way a browser does: one blank for many, lines at blocks, one blank line
// at most.
class Page {
  public:
    explicit Page(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    bool full() const { return out_.size() >= bytes_max_; }
    void set_preformatted(bool on) { preformatted_ = on; }
    // Lines that start from here on are quoted.
    void set_quoted(bool on) { quoted_ = on; }
    void line_end() { breaks_ = std::max(breaks_, 1); }
    void paragraph() { breaks_ = std::max(breaks_, 2); }
    void hard_break() {
        blank_ = false;
        if (!out_.empty()) breaks_ = std::min(breaks_ + 1, 2);
    }
    void blank() { blank_ = true; }
    void put(std::string_view text) {
        if (is_invisible(text)) return;
        if (text == "\xc2\xa0") return blank();
        if (breaks_ > 0 && !out_.empty()) {
            while (out_.ends_with(' ')) out_.pop_back();
            out_.append(static_cast<std::size_t>(breaks_), '\n');
        } else if (blank_ && !out_.empty() && !out_.ends_with('\n')) {
            out_ += ' ';
        }
        if (quoted_ && (out_.empty() || out_.ends_with('\n'))) out_ += "> ";
        breaks_ = 0;
        blank_ = false;
        out_ += text;
    }
    void character(char c) {
        if (!is_space(c))
            put(std::string_view(&c, 1));
        else if (preformatted_ && c == '\n')
            hard_break();
        else
            blank();
    }
    std::string take() { return std::move(out_); }

  private:
    // Zero-width characters that hide or pad: U+200B, U+FEFF, U+2060, U+00AD, U+034F.
    static bool is_invisible(std::string_view text) {
        return is_any(
            text, {"\xe2\x80\x8b", "\xef\xbb\xbf", "\xe2\x81\xa0", "\xc2\xad", "\xcd\x8f"}
        );
    }

    std::size_t bytes_max_;
    std::string out_;
    int breaks_ = 0;  // line ends before the next text
    bool blank_ = false;
    bool preformatted_ = false;
    bool quoted_ = false;
};

struct Tag {
    std::string name;
    bool closing = false;
    bool hidden = false;
    std::size_t end = 0;  // behind '>'
};

class Reducer {
  public:
    Reducer(std::string_view html, std::size_t bytes_max, bool marks_quotes)
        : html_(html), page_(bytes_max), marks_quotes_(marks_quotes) {}

    std::string reduce() {
        while (at_ < html_.size() && !page_.full()) {
            if (html_[at_] == '<' && markup()) continue;
            if (html_[at_] == '&' && hidden_.empty() && entity()) continue;
            text();
        }
        return page_.take();
    }

  private:
    void text() {
        const std::size_t length = code_point_length();
        if (hidden_.empty()) {
            if (length == 1)
                page_.character(html_[at_]);
            else
                page_.put(html_.substr(at_, length));
        }
        at_ += length;
    }

    std::size_t code_point_length() const {
        const auto first = static_cast<unsigned char>(html_[at_]);
        const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
        return std::min(length, html_.size() - at_);
    }

    bool entity() {
        std::string decoded;
        const std::size_t length = decode_entity(html_.substr(at_), decoded);
        if (length == 0) return false;
        at_ += length;
        if (decoded.size() == 1)
            page_.character(decoded.front());
        else
            page_.put(decoded);
        return true;
    }

    // False where the '<' is text.
    bool markup() {
        const std::string_view rest = html_.substr(at_);
        if (rest.starts_with("<!--")) {
            const std::size_t end = html_.find("-->", at_ + 2);  // "<!-->" is a whole comment
            at_ = end == kNone ? html_.size() : end + 3;
            return true;
        }
        if (rest.size() < 2) return false;
        if (rest[1] == '!' || rest[1] == '?') {
            const std::size_t end = html_.find('>', at_);
            at_ = end == kNone ? html_.size() : end + 1;
            return true;
        }
        const bool closing = rest[1] == '/';
        if (rest.size() < (closing ? 3U : 2U) || !is_letter(rest[closing ? 2 : 1])) return false;
        const Tag tag = read_tag(closing);
        at_ = tag.end;
        apply(tag);
        return true;
    }

    Tag read_tag(bool closing) {
        Tag tag;
        tag.closing = closing;
        std::size_t at = at_ + (closing ? 2 : 1);
        const std::size_t name_at = at;
        while (at < html_.size() && !is_space(html_[at]) && html_[at] != '>' && html_[at] != '/')
            ++at;
        tag.name = base::to_lower(html_.substr(name_at, std::min<std::size_t>(at - name_at, 32)));
        const std::size_t end = tag_end(at);
        tag.end = std::min(end + 1, html_.size());
        const std::string_view attributes = html_.substr(at, std::min(end, html_.size()) - at);
        tag.hidden = !closing && hides(attributes);
        return tag;
    }

    // Where the '>' stands; quotes protect it, unless they are never closed.
    std::size_t tag_end(std::size_t at) {
        char quote = 0;
        const std::size_t stop = std::min(html_.size(), at + kTagMax);
        for (std::size_t i = at; i < stop && broken_tags_ < 100; ++i) {
            const char c = html_[i];
            if (quote != 0)
                quote = c == quote ? char{0} : quote;
            else if (c == '"' || c == '\'')
                quote = c;
            else if (c == '>')
                return i;
        }
        ++broken_tags_;
        return std::min(html_.find('>', at), html_.size());
    }

    static bool hides(std::string_view attributes) {
        if (attributes.size() < 6) return false;
        std::string plain;
        for (const char c : base::to_lower(attributes.substr(0, 4096)))
            if (!is_space(c)) plain += c;
        for (const std::string_view sign :
             {"display:none",
              "visibility:hidden",
              "font-size:0;",
              "font-size:0\"",
              "font-size:0px",
              "mso-hide:all"})
            if (plain.find(sign) != kNone) return true;
        return false;
    }

    void apply(const Tag& tag) {
        if (!hidden_.empty()) return within_hidden(tag);
        if (!tag.closing && !is_void(tag.name) && (is_unseen(tag.name) || tag.hidden)) {
            hidden_ = tag.name;
            hidden_depth_ = 1;
            if (is_any(tag.name, {"script", "style", "title", "textarea"})) skip_raw(tag.name);
            return;
        }
        if (tag.name == "br") return page_.hard_break();
        if (tag.name == "td" || tag.name == "th") return page_.blank();
        if (tag.name == "pre") page_.set_preformatted(!tag.closing);
        if (tag.name == "blockquote") quote(!tag.closing);
        if (is_paragraph(tag.name)) return page_.paragraph();
        if (is_block(tag.name)) return page_.line_end();
    }

    void quote(bool opens) {
        if (opens)
            ++quotes_;
        else if (quotes_ > 0)
            --quotes_;
        page_.set_quoted(marks_quotes_ && quotes_ > 0);
    }

    void within_hidden(const Tag& tag) {
        // A head that is not closed ends where the body starts.
        if (hidden_ == "head" && tag.name == "body" && !tag.closing) return hidden_.clear();
        if (tag.name != hidden_) return;
        hidden_depth_ += tag.closing ? -1 : 1;
        if (hidden_depth_ <= 0) hidden_.clear();
    }

    // Raw text ends only at its own closing tag.
    void skip_raw(const std::string& name) {
        for (std::size_t at = html_.find("</", at_); at != kNone; at = html_.find("</", at + 2)) {
            if (!base::starts_with_ignoring_case(html_.substr(at + 2), name)) continue;
            at_ = at;
            return;
        }
        at_ = html_.size();
    }

    std::string_view html_;
    Page page_;
    std::size_t at_ = 0;
    std::string hidden_;  // the element whose content is being skipped
    int hidden_depth_ = 0;
    int broken_tags_ = 0;
    bool marks_quotes_;
    std::size_t quotes_ = 0;  // open blockquotes
};

void append_escaped(std::string& out, std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = std::min(text.find_first_of("&<>\"", at), text.size());
        out += text.substr(at, end - at);
        at = end;
        if (at == text.size()) break;
        const char c = text[at];
        out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&quot;";
    }
}

}  // namespace

std::string html_to_text(std::string_view html, std::size_t bytes_max) {
    return Reducer(html, bytes_max, false).reduce();
}

std::string html_to_quoted_text(std::string_view html, std::size_t bytes_max) {
    return Reducer(html, bytes_max, true).reduce();
}

std::string text_to_html(std::string_view text) {
    std::string out = "<html>\r\n<body>\r\n";
    bool open = false;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
        if (base::trim(line).empty()) {
            if (open) out += "</p>\r\n";
            open = false;
            continue;
        }
        out += open ? "<br>\r\n" : "<p>";
        append_escaped(out, line);
        open = true;
    }
    if (open) out += "</p>\r\n";
    return out + "</body>\r\n</html>\r\n";
}

}  // namespace mime
