#include "mime/message.h"

#include <algorithm>

#include "base/text.h"
#include "mime/address_list.h"
#include "mime/encoded_word.h"
#include "mime/gmime_reader.h"
#include "mime/html_text.h"
#include "mime/structure.h"
#include "mime/utf8.h"

namespace mime {

namespace {

void note(Message& message, std::string defect) {
    if (std::ranges::find(message.defects, defect) == message.defects.end())
        message.defects.push_back(std::move(defect));
}

// A header decoded for people: more than this is no subject and no name any more.
constexpr std::size_t kDecodedHeaderMax = 64 * 1024;

std::vector<Address> read_addresses(Message& message, std::string_view name) {
    AddressList list = parse_addresses(message.header(name));
    if (list.malformed) note(message, "an address in " + std::string(name) + " does not parse");
    if (list.over_limit)
        note(message, "over 1000 addresses in " + std::string(name) + ": the rest is left out");
    return std::move(list.addresses);
}

std::optional<base::MessageId> read_message_id(std::string_view value) {
    const auto ids = base::parse_message_ids(value, 1);
    if (!ids.empty()) return ids.front();
    return base::MessageId::parse(value);  // sent without its brackets
}

void read_fields(Message& message, const HeaderBlock& block) {
    message.headers.reserve(block.fields.size());
    for (const HeaderField& field : block.fields)
        message.headers.emplace_back(std::string(field.name), unfold(field.value));
    message.from = read_addresses(message, "From");
    message.to = read_addresses(message, "To");
    message.subject = decode_words(message.header("Subject").substr(0, kDecodedHeaderMax));
    message.message_id = read_message_id(message.header("Message-ID"));
    message.in_reply_to = base::parse_message_ids(message.header("In-Reply-To"));
    message.references = base::parse_message_ids(message.header("References"));
    const std::string_view date = message.header("Date");
    message.date = parse_date(date);
    if (!message.date && !date.empty()) note(message, "the date is malformed");
}

std::string charset_of(const Entity& entity) {
    return entity.content_type.raw("charset").value_or("");
}

std::string name_of(const Entity& entity) {
    if (auto name = entity.disposition.text("filename")) return std::move(*name);
    return entity.content_type.text("name").value_or("");
}

// A byte order mark in front of the first header: an editor saved the file.
std::string_view without_mark(std::string_view bytes) {
    return bytes.starts_with("\xef\xbb\xbf") ? bytes.substr(3) : bytes;
}

std::string with_plain_line_ends(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\r', at), text.size());
        out += text.substr(at, end - at);
        if (end < text.size()) out += '\n';
        at = end + (text.substr(end).starts_with("\r\n") ? 2 : 1);
    }
    return out;
}

// Collects the readable text of a message within the limit.
class TextBuilder {
  public:
    TextBuilder(Message& message, const Structure& structure, const Limits& limits)
        : message_(message), structure_(structure), limits_(limits) {
        for (const Entity& entity : structure.entities)
            if (entity.type == "text/plain" && is_readable(entity))
                if (const int choice = alternative_of(entity); choice >= 0)
                    has_plain_.push_back(choice);
    }

    // How many decoded bytes of a leaf are of use; 0 where it is no text for people. A little over
    // the limit, so that the character there is whole.
    std::size_t wanted_bytes(const Entity& entity) const {
        const bool only_leaf = structure_.entities.size() == 1 && entity.type.starts_with("text/");
        const bool is_text = entity.type == "text/plain" || entity.type == "text/html" || only_leaf;
        if (!is_text || !is_readable(entity)) return 0;
        return limits_.text_bytes_max - std::min(limits_.text_bytes_max, bytes_read_) + 8;
    }

    void add(const Entity& entity, const Transferred& body) {
        bytes_read_ += body.bytes.size();
        if (body.bytes.size() < body.size) note_cut();
        Converted converted = to_utf8(body.bytes, charset_of(entity));
        if (!converted.charset_known)
            note(message_, "unknown charset '" + base::printable(charset_of(entity), 40) + "'");
        if (converted.charset_guessed) note(message_, "8-bit text without a charset");
        if (entity.type != "text/html") return append(with_plain_line_ends(converted.text));
        if (!has_plain_sibling(entity))
            append(html_to_text(converted.text, limits_.text_bytes_max));
        if (message_.html.empty()) message_.html = std::move(converted.text);
    }

  private:
    // Not an attachment, and not within an attached or returned message.
    static bool is_readable(const Entity& entity) {
        return !entity.in_message && entity.disposition.head() != "attachment";
    }

    int alternative_of(const Entity& entity) const {
        int above = entity.parent;
        while (above >= 0) {
            const Entity& container = structure_.entities[static_cast<std::size_t>(above)];
            if (container.type == "multipart/alternative") return above;
            above = container.parent;
        }
        return -1;
    }

    bool has_plain_sibling(const Entity& entity) const {
        return std::ranges::find(has_plain_, alternative_of(entity)) != has_plain_.end();
    }

    void append(std::string_view text) {
        if (text.empty()) return;
        std::string& out = message_.text;
        if (!out.empty() && !out.ends_with('\n')) out += '\n';
        const std::size_t room =
            limits_.text_bytes_max - std::min(limits_.text_bytes_max, out.size());
        if (text.size() > room) note_cut();
        out += text.size() > room ? repair_utf8(text.substr(0, room)) : std::string(text);
    }

    void note_cut() {
        note(message_, "over " + std::to_string(limits_.text_bytes_max) + " bytes of text: cut");
    }

    Message& message_;
    const Structure& structure_;
    const Limits& limits_;
    std::size_t bytes_read_ = 0;
    std::vector<int> has_plain_;  // the alternatives that offer plain text
};

// The types whose bytes a reader of reports needs.
bool is_report_type(std::string_view type) {
    constexpr std::string_view kTypes[] = {
        "message/delivery-status",
        "message/global-delivery-status",
        "message/feedback-report",
        "message/disposition-notification",
        "message/rfc822",
        "message/global",
        "text/rfc822-headers",
        "message/rfc822-headers",
        "message/global-headers",
        "text/rfc822",
    };
    return std::ranges::find(kTypes, type) != std::end(kTypes);
}

bool has_header_first(std::string_view type) {
    return type == "message/rfc822" || type == "message/global" || type == "text/rfc822";
}

// Blank lines in front belong to no header block, and some servers put them there.
std::string header_block_of(std::string text) {
    const std::size_t begin = std::min(text.find_first_not_of("\r\n"), text.size());
    const std::size_t blank = std::min(text.find("\n\n", begin), text.find("\r\n\r\n", begin));
    return text.substr(begin, blank == std::string::npos ? blank : blank - begin + 1);
}

void add_report_part(Message& message, const Entity& entity, std::size_t& room) {
    if (room == 0 || !is_report_type(entity.type)) return;
    std::string text = decode_transfer(entity.transfer_encoding, entity.body, room).bytes;
    if (has_header_first(entity.type)) text = header_block_of(std::move(text));
    room -= std::min(room, text.size());
    message.report_parts.push_back({entity.type, std::move(text), entity.in_message});
}

void read_leaves(Message& message, const Structure& structure, const Limits& limits) {
    TextBuilder builder(message, structure, limits);
    std::size_t report_room = limits.report_bytes_max;
    for (const Entity& entity : structure.entities) {
        if (entity.is_multipart()) continue;
        const std::size_t wanted = builder.wanted_bytes(entity);
        const Transferred body = decode_transfer(entity.transfer_encoding, entity.body, wanted);
        message.leaves.push_back(entity.type);
        message.parts.push_back({entity.type, name_of(entity), body.size});
        if (wanted > 0) builder.add(entity, body);
        add_report_part(message, entity, report_room);
    }
    // Some senders put an empty text/plain beside the HTML.
    if (base::trim(message.text).empty() && !message.html.empty())
        message.text = html_to_text(message.html, limits.text_bytes_max);
}

}  // namespace

std::string_view Message::header(std::string_view name) const {
    for (const auto& [field, value] : headers)
        if (base::equals_ignoring_case(field, name)) return value;
    return {};
}

Message read_message(std::string_view bytes, const Limits& limits) {
    bytes = without_mark(bytes);
    const Structure structure = read_structure(bytes, limits);
    Message message;
    message.defects = structure.defects;
    read_fields(message, structure.header);
    read_leaves(message, structure, limits);
    return message;
}

Message read_headers(std::string_view bytes, const Limits& limits) {
    bytes = without_mark(bytes);
    const HeaderBlock block = read_header_block(
        bytes,
        0,
        limits.header_bytes_max,
        limits.header_lines_max,
        [](std::string_view) { return false; }
    );
    Message message;
    if (block.over_limit)
        note(
            message,
            "header block over " + std::to_string(limits.header_lines_max) + " fields or " +
                std::to_string(limits.header_bytes_max) + " bytes: the rest is left out"
        );
    read_fields(message, block);
    return message;
}

}  // namespace mime
