#include "mime/compose.h"

#include <algorithm>

#include "base/text.h"
#include "mime/body_encoding.h"
#include "mime/header_writer.h"
#include "mime/html_text.h"

namespace mime {

namespace {

base::Result<> refuse(std::string message) {
    return base::fail(base::ErrorCode::invalid_input, "mime.compose", std::move(message));
}

base::Result<> check_body(std::string_view what, std::string_view body) {
    if (body.find('\0') != std::string_view::npos)
        return refuse("the " + std::string(what) + " has a NUL character; take it out");
    if (!base::is_utf8(body)) return refuse("the " + std::string(what) + " is not UTF-8");
    return {};
}

base::Result<> check_address(std::string_view header, const Address& address) {
    if (address.email.empty())
        return refuse("the address of " + std::string(header) + " is missing");
    return check_header_value(header, address.name);
}

bool is_own_header(std::string_view name) {
    constexpr std::string_view kOwn[] = {
        "from", "to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version"
    };
    if (base::starts_with_ignoring_case(name, "content-")) return true;
    return std::ranges::any_of(kOwn, [&](std::string_view own) {
        return base::equals_ignoring_case(own, name);
    });
}

base::Result<> check_extra_header(const std::string& name, const std::string& value) {
    const bool named = !name.empty() && name.size() <= 70 && std::ranges::all_of(name, [](char c) {
        return c > ' ' && c < 0x7f && c != ':';
    });
    if (!named) return refuse("'" + base::printable(name, 40) + "' is no header name");
    if (is_own_header(name))
        return refuse("the header " + name + " has its own field; set that one");
    if (auto checked = check_header_value(name, value); !checked) return checked;
    std::size_t word = 0;
    for (const char c : value) {
        if (c < 0x20 || c >= 0x7f)
            return refuse("the value of " + name + " has a character that is not printable ASCII");
        word = c == ' ' ? 0 : word + 1;
        if (word > 900) return refuse("the value of " + name + " has a word over 900 bytes");
    }
    return {};
}

base::Result<> check(const Outgoing& message) {
    if (auto checked = check_address("From", message.from); !checked) return checked;
    if (auto checked = check_address("To", message.to); !checked) return checked;
    if (auto checked = check_header_value("Subject", message.subject); !checked) return checked;
    if (!is_writable(message.message_id))
        return refuse(
            "the Message-ID '" + base::printable(message.message_id.str(), 80) +
            "' is missing or not printable ASCII"
        );
    for (const auto& [name, value] : message.extra_headers)
        if (auto checked = check_extra_header(name, value); !checked) return checked;
    if (auto checked = check_body("text", message.text); !checked) return checked;
    return check_body("HTML", message.html);
}

std::vector<base::MessageId> references_of(const Outgoing& message) {
    std::vector<base::MessageId> ids = message.references;
    // RFC 5322 section 3.6.4: the list ends with the message that is answered.
    if (message.in_reply_to && std::ranges::find(ids, *message.in_reply_to) == ids.end())
        ids.push_back(*message.in_reply_to);
    return trim_references(ids);
}

// Up to the line that says what the body is.
void write_headers(std::string& out, const Outgoing& message) {
    HeaderWriter writer(out);
    writer.address("From", message.from);
    writer.address("To", message.to);
    writer.text("Subject", message.subject);
    writer.plain("Date", base::to_rfc5322(message.date, message.zone_offset));
    writer.ids("Message-ID", {message.message_id});
    if (message.in_reply_to && is_writable(*message.in_reply_to))
        writer.ids("In-Reply-To", {*message.in_reply_to});
    if (const auto references = references_of(message); !references.empty())
        writer.ids("References", references);
    for (const auto& [name, value] : message.extra_headers) writer.plain(name, value);
    out += "MIME-Version: 1.0\r\n";
}

void write_content(std::string& out, std::string_view type, const EncodedBody& body) {
    out += "Content-Type: ";
    out += type;
    out += "; charset=utf-8\r\nContent-Transfer-Encoding: ";
    out += body.transfer_encoding;
    out += "\r\n\r\n";
    out += body.bytes;
    out += "\r\n";
}

// The blank line end before a boundary belongs to it, so a body comes back exactly as it was.
void write_part(
    std::string& out, std::string_view boundary, std::string_view type, const EncodedBody& body
) {
    out += "--";
    out += boundary;
    out += "\r\n";
    write_content(out, type, body);
}

std::string draw_boundary(const EncodedBody& text, const EncodedBody& html, base::Random& random) {
    while (true) {
        std::string boundary = "------------" + random.alphanumeric(24);
        const bool taken = text.bytes.find(boundary) != std::string::npos ||
                           html.bytes.find(boundary) != std::string::npos;
        if (!taken) return boundary;
    }
}

}  // namespace

base::Result<std::string> compose(const Outgoing& message, base::Random& random) {
    if (auto checked = check(message); !checked) return base::pass_on(checked);
    const EncodedBody text = encode_body(message.text);
    std::string out;
    if (message.text_only) {
        write_headers(out, message);
        write_content(out, "text/plain", text);
        // Nothing follows: a line end of the text's own is enough.
        if (text.bytes.ends_with("\r\n")) out.resize(out.size() - 2);
        return out;
    }
    const EncodedBody html =
        encode_body(message.html.empty() ? text_to_html(message.text) : message.html);
    const std::string boundary = draw_boundary(text, html, random);
    out.reserve(1536 + text.bytes.size() + html.bytes.size());
    write_headers(out, message);
    out += "Content-Type: multipart/alternative;\r\n boundary=\"" + boundary + "\"\r\n\r\n";
    write_part(out, boundary, "text/plain", text);
    write_part(out, boundary, "text/html", html);
    out += "--";
    out += boundary;
    out += "--\r\n";
    return out;
}

}  // namespace mime
