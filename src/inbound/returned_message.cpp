#include "inbound/returned_message.h"

#include "base/text.h"
#include "inbound/address_scan.h"

namespace inbound {

namespace {

constexpr std::size_t kHeaderMax = 32 * 1024;

// The first value of a field in a header block, unfolded; the block ends at a blank line.
std::string field(std::string_view block, std::string_view name) {
    std::string value;
    bool inside = false;
    while (!block.empty()) {
        const std::size_t end = std::min(block.find('\n'), block.size());
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(std::min(block.size(), end + 1));
        const bool goes_on = line.starts_with(' ') || line.starts_with('\t');
        if (inside && !goes_on) break;
        if (!inside && !goes_on && line.size() > name.size() && line[name.size()] == ':' &&
            base::starts_with_ignoring_case(line, name)) {
            inside = true;
            value = base::trim(line.substr(name.size() + 1));
        } else if (inside) {
            value += ' ';
            value += base::trim(line);
        }
        if (value.size() > 2000) break;
    }
    return value;
}

std::optional<base::MessageId> id_in(std::string_view value) {
    const auto ids = base::parse_message_ids(value, 1);
    if (!ids.empty()) return ids.front();
    return base::MessageId::parse(base::trim(value));
}

void read_block(std::string_view block, ReturnedMessage& result) {
    block = block.substr(0, kHeaderMax);
    result.found = true;
    if (!result.message_id) result.message_id = id_in(field(block, "Message-ID"));
    if (result.to.empty()) result.to = first_address(field(block, "To"));
}

}  // namespace

ReturnedMessage returned_message(const mime::Message& report, std::string_view in_text) {
    ReturnedMessage result;
    for (const mime::ReportPart& part : report.report_parts) {
        const bool holds_header = part.type.find("rfc822") != std::string::npos ||
                                  part.type == "message/global" ||
                                  part.type == "message/global-headers";
        if (holds_header && (!part.nested || !result.message_id)) read_block(part.text, result);
    }
    if (!in_text.empty()) read_block(in_text, result);
    if (!result.message_id && !report.in_reply_to.empty())
        result.message_id = report.in_reply_to.front();
    return result;
}

}  // namespace inbound
