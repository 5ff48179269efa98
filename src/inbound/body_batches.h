// Which messages are fetched in full together: few requests, bounded memory. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace inbound {

// Of a larger message only so much is read: text and reports stand in front, attachments behind.
constexpr std::uint64_t kBodyBytesMax = 2 << 20;
constexpr std::uint64_t kBatchBytesMax = 8 << 20;
constexpr std::size_t kBatchCountMax = 50;

struct Sized {
    std::uint32_t uid = 0;
    std::uint64_t bytes = 0;  // 0: the server did not say
};

struct BodyBatch {
    std::vector<std::uint32_t> uids;
    bool cut = false;  // only their first kBodyBytesMax
};

// Every message stands in one batch. A batch holds at most kBatchCountMax messages whose sizes, as
// the server told them, are kBatchBytesMax together; one of unknown or too great a size stands
// alone in a batch that is cut.
std::vector<BodyBatch> body_batches(const std::vector<Sized>& messages);

}  // namespace inbound
