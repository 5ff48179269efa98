#include "sandbox/imap_fetch.h"

#include "base/text.h"
#include "sandbox/imap_words.h"

namespace sandbox {

namespace {

using What = FetchItem::What;
using Section = FetchItem::Section;

std::string upper(std::string text) {
    for (char& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return text;
}

std::optional<FetchItem> simple_item(const std::string& name, bool gmail) {
    if (name == "UID") return FetchItem{.what = What::uid, .name = name};
    if (name == "FLAGS") return FetchItem{.what = What::flags, .name = name};
    if (name == "INTERNALDATE") return FetchItem{.what = What::internal_date, .name = name};
    if (name == "RFC822.SIZE") return FetchItem{.what = What::size, .name = name};
    if (gmail && name == "X-GM-MSGID") return FetchItem{.what = What::gm_msgid, .name = name};
    if (gmail && name == "X-GM-THRID") return FetchItem{.what = What::gm_thrid, .name = name};
    if (gmail && name == "X-GM-LABELS") return FetchItem{.what = What::gm_labels, .name = name};
    FetchItem body{.what = What::body, .peek = false, .name = name};
    if (name == "RFC822") return body;
    if (name == "RFC822.TEXT") {
        body.section = Section::text;
        return body;
    }
    if (name == "RFC822.HEADER") {
        body.section = Section::header;
        body.peek = true;
        return body;
    }
    return std::nullopt;
}

// The field names after HEADER.FIELDS, between the parentheses.
bool read_field_names(ImapReader& reader, FetchItem& item, std::string& label) {
    if (!reader.space() || !reader.eat('(')) return false;
    do {
        std::optional<std::string> name = reader.astring();
        if (!name) return false;
        item.field_names.push_back(std::move(*name));
    } while (reader.space());
    label += " (" + base::join(item.field_names, " ") + ")";
    return reader.eat(')');
}

bool read_section(ImapReader& reader, FetchItem& item, std::string& label) {
    if (reader.peek() == ']') return true;
    const std::optional<std::string> name = reader.atom();
    if (!name) return false;
    label = upper(*name);
    if (label == "HEADER") {
        item.section = Section::header;
    } else if (label == "TEXT") {
        item.section = Section::text;
    } else if (label == "HEADER.FIELDS" || label == "HEADER.FIELDS.NOT") {
        item.section = label == "HEADER.FIELDS" ? Section::fields : Section::fields_not;
        return read_field_names(reader, item, label);
    } else {
        return false;
    }
    return true;
}

bool read_partial(ImapReader& reader, FetchItem& item) {
    if (!reader.eat('<')) return true;
    const std::optional<std::uint32_t> from = reader.number();
    const std::optional<std::uint32_t> count =
        from && reader.eat('.') ? reader.number() : std::nullopt;
    if (!count || *count == 0 || !reader.eat('>')) return false;
    item.partial = {*from, *count};
    return true;
}

std::optional<FetchItem> body_item(ImapReader& reader, bool peek, const ImapManner& manner) {
    FetchItem item{.what = What::body, .peek = peek, .name = {}};
    std::string label;
    if (!reader.eat('[') || !read_section(reader, item, label) || !reader.eat(']'))
        return std::nullopt;
    if (!read_partial(reader, item)) return std::nullopt;
    item.name = "BODY[" + (manner.upper_case_sections ? upper(label) : label) + "]";
    if (item.partial) item.name += "<" + std::to_string(item.partial->first) + ">";
    return item;
}

std::optional<FetchItem> read_item(ImapReader& reader, const ImapManner& manner, bool gmail) {
    // '[' is an atom character: the name ends there.
    ImapReader start = reader;
    const std::optional<std::string> name = reader.until('[');
    const std::string before = name ? upper(*name) : "";
    if (before == "BODY" || before == "BODY.PEEK")
        return body_item(reader, before == "BODY.PEEK", manner);
    reader = start;
    const std::optional<std::string> atom = reader.atom();
    return atom ? simple_item(upper(*atom), gmail) : std::nullopt;
}

// The header block's fields that are (or are not) named, folding kept, with the blank line.
std::string selected_fields(const Mail& mail, const FetchItem& item) {
    const std::string_view block = std::string_view(mail.raw).substr(0, mail.body_at);
    std::string out;
    bool taken = false;
    for (std::size_t at = 0; at < block.size();) {
        const std::size_t end = std::min(block.find("\r\n", at), block.size() - 2) + 2;
        const std::string_view line = block.substr(at, end - at);
        at = end;
        if (line == "\r\n") break;
        if (line[0] != ' ' && line[0] != '\t') {
            const std::string_view name = line.substr(0, line.find(':'));
            const bool named =
                std::ranges::any_of(item.field_names, [&](const std::string& wanted) {
                    return base::equals_ignoring_case(wanted, base::trim(name));
                });
            taken = named == (item.section == Section::fields);
        }
        if (taken) out += line;
    }
    return out + "\r\n";
}

std::string body_bytes(const Mail& mail, const FetchItem& item) {
    std::string out;
    switch (item.section) {
        case Section::whole:
            out = mail.raw;
            break;
        case Section::header:
            out = mail.raw.substr(0, mail.body_at);
            break;
        case Section::text:
            out = mail.raw.substr(mail.body_at);
            break;
        case Section::fields:
        case Section::fields_not:
            out = selected_fields(mail, item);
            break;
    }
    if (!item.partial) return out;
    if (item.partial->first >= out.size()) return {};
    return out.substr(item.partial->first, item.partial->second);
}

std::string label_list(const std::vector<std::string>& labels) {
    std::vector<std::string> quoted;
    for (const std::string& label : labels) quoted.push_back(imap_quoted(label));
    return "(" + base::join(quoted, " ") + ")";
}

std::string item_answer(
    const FetchItem& item, const Entry& entry, const MailStore& store, const StoreFolder& folder
) {
    const Mail& mail = *entry.mail;
    switch (item.what) {
        case What::uid:
            return "UID " + std::to_string(entry.uid);
        case What::flags:
            return "FLAGS " + flag_list(mail);
        case What::internal_date:
            return "INTERNALDATE \"" + imap_date_time(mail.internal_date) + "\"";
        case What::size:
            return "RFC822.SIZE " + std::to_string(mail.raw.size());
        case What::gm_msgid:
        case What::gm_thrid:
            return item.name + " " + std::to_string(mail.id);
        case What::gm_labels:
            return "X-GM-LABELS " + label_list(store.labels_of(mail, folder));
        case What::body:
            return item.name + " " + imap_literal(body_bytes(mail, item));
    }
    return {};
}

}  // namespace

std::optional<std::vector<FetchItem>> parse_fetch_items(
    ImapReader& reader, const ImapManner& manner, bool gmail
) {
    std::vector<FetchItem> items;
    ImapReader start = reader;
    const std::optional<std::string> macro = reader.atom();
    if (macro && base::equals_ignoring_case(*macro, "FAST") && reader.at_end()) {
        for (const char* name : {"FLAGS", "INTERNALDATE", "RFC822.SIZE"})
            items.push_back(*simple_item(name, gmail));
        return items;
    }
    reader = start;
    const bool list = reader.eat('(');
    do {
        std::optional<FetchItem> item = read_item(reader, manner, gmail);
        if (!item) return std::nullopt;
        items.push_back(std::move(*item));
    } while (list && reader.space());
    if ((list && !reader.eat(')')) || !reader.at_end()) return std::nullopt;
    return items;
}

bool sets_seen(const std::vector<FetchItem>& items) {
    return std::ranges::any_of(items, [](const FetchItem& item) {
        return item.what == What::body && !item.peek;
    });
}

std::string flag_list(const Mail& mail) {
    return "(" + base::join(std::vector<std::string>(mail.flags.begin(), mail.flags.end()), " ") +
           ")";
}

std::string fetch_answer(
    const std::vector<FetchItem>& items,
    const Entry& entry,
    const MailStore& store,
    const StoreFolder& folder
) {
    std::vector<std::string> parts = {"UID " + std::to_string(entry.uid)};
    for (const FetchItem& item : items)
        if (item.what != What::uid) parts.push_back(item_answer(item, entry, store, folder));
    return base::join(parts, " ");
}

}  // namespace sandbox
