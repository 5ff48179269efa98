#include "smtp/data_block.h"

#include <algorithm>

namespace smtp {

namespace {

std::unexpected<base::Error> refuse(std::string_view what, std::size_t at) {
    return base::fail(
        base::ErrorCode::invalid_input,
        "smtp.data",
        "the message has " + std::string(what) + " at byte " + std::to_string(at) +
            "; every line must end with CRLF"
    );
}

// Refuses bare CR, bare LF and NUL.
base::Result<> check_line_ends(std::string_view message) {
    if (message.empty())
        return base::fail(base::ErrorCode::invalid_input, "smtp.data", "the message is empty");
    if (const std::size_t at = message.find('\0'); at != std::string_view::npos)
        return refuse("a NUL", at);
    std::size_t start = 0;
    while (start < message.size()) {
        const std::size_t cr = message.find('\r', start);
        const std::size_t lf = message.find('\n', start);
        if (cr == std::string_view::npos && lf == std::string_view::npos) break;
        if (cr == std::string_view::npos || lf < cr) return refuse("a bare LF", lf);
        if (lf != cr + 1) return refuse("a bare CR", cr);
        start = lf + 1;
    }
    return {};
}

}  // namespace

base::Result<DataBlock> make_data_block(std::string_view message) {
    if (base::Result<> good = check_line_ends(message); !good) return base::pass_on(good);
    DataBlock block;
    block.bytes.reserve(message.size() + message.size() / 64 + 2);
    std::size_t start = 0;
    while (start < message.size()) {
        const std::size_t lf = message.find('\n', start);
        const std::size_t end = lf == std::string_view::npos ? message.size() : lf + 1;
        if (message[start] == '.') block.bytes += '.';
        block.bytes += message.substr(start, end - start);
        start = end;
    }
    block.size_bytes = message.size();
    if (!message.ends_with("\r\n")) {
        block.bytes += "\r\n";
        block.size_bytes += 2;
    }
    block.eight_bit = std::ranges::any_of(message, [](char c) { return (c & 0x80) != 0; });
    return block;
}

}  // namespace smtp
