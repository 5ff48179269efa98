#include "inbound/body_batches.h"

namespace inbound {

std::vector<BodyBatch> body_batches(const std::vector<Sized>& messages) {
    std::vector<BodyBatch> batches;
    BodyBatch open;
    std::uint64_t bytes = 0;
    const auto close = [&] {
        if (!open.uids.empty()) batches.push_back(std::move(open));
        open = {};
        bytes = 0;
    };
    for (const Sized& message : messages) {
        if (message.bytes == 0 || message.bytes > kBodyBytesMax) {
            batches.push_back({{message.uid}, true});
            continue;
        }
        if (open.uids.size() == kBatchCountMax || bytes + message.bytes > kBatchBytesMax) close();
        open.uids.push_back(message.uid);
        bytes += message.bytes;
    }
    close();
    return batches;
}

}  // namespace inbound
