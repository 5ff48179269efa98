#include "base/message_id.h"

#include "base/random.h"
#include "base/text.h"

namespace base {

std::optional<MessageId> MessageId::parse(std::string_view text) {
    text = trim(text);
    if (text.starts_with('<')) {
        if (!text.ends_with('>')) return std::nullopt;
        text = text.substr(1, text.size() - 2);
    }
    if (text.empty() || text.size() > 990) return std::nullopt;
    for (const char c : text)
        if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '<' || c == '>')
            return std::nullopt;
    MessageId id;
    id.text_ = std::string(text);
    return id;
}

MessageId MessageId::generate(std::string_view domain, Random& random) {
    MessageId id;
    id.text_ = random.alphanumeric(24) + "@" + std::string(domain);
    return id;
}

std::vector<MessageId> parse_message_ids(std::string_view value, std::size_t count_max) {
    std::vector<MessageId> ids;
    for (std::size_t open = value.find('<');
         open != std::string_view::npos && ids.size() < count_max;
         open = value.find('<', open + 1)) {
        const std::size_t close = value.find('>', open);
        if (close == std::string_view::npos) break;
        if (auto id = MessageId::parse(value.substr(open, close - open + 1))) ids.push_back(*id);
    }
    return ids;
}

}  // namespace base
