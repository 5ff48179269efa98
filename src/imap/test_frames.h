// Test support: bytes of a server as frames and parsed responses.
#pragma once
#include "imap/parser.h"
#include "imap/response_reader.h"

namespace imap {

// All whole responses in `pieces`, handed to the reader one after another.
inline base::Result<std::vector<Frame>> read_frames(
    const std::vector<std::string_view>& pieces, ReaderLimits limits = {}
) {
    ResponseReader reader(limits);
    std::vector<Frame> frames;
    for (std::string_view piece : pieces) {
        while (!piece.empty()) {
            base::Result<std::optional<Frame>> frame = reader.next(piece);
            if (!frame) return base::pass_on(frame);
            if (*frame) frames.push_back(std::move(**frame));
        }
    }
    return frames;
}

// The one response in `bytes`.
inline Response parse_one(std::string_view bytes) {
    base::Result<std::vector<Frame>> frames = read_frames({bytes});
    if (!frames) return Malformed{"unread", frames.error()};
    if (frames->size() != 1) return Malformed{"not one response", {}};
    return parse_response(std::move(frames->front()));
}

}  // namespace imap
