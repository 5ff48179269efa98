#include "store/job.h"

namespace store {
namespace {

constexpr std::size_t kUrgent = 0;
constexpr std::size_t kNormal = 1;

}  // namespace

void deliver(base::Loop& loop, std::vector<Ended> ended) {
    if (ended.empty()) return;
    loop.post([all = std::move(ended)] {
        for (const Ended& job : all) job.tell(job.problem);
    });
}

void JobQueue::push(Job job) {
    const bool urgent = job.urgency == Urgency::urgent;
    if (urgent) ++urgent_;
    ++size_;
    auto& lanes = lanes_[static_cast<std::size_t>(job.role)];
    lanes[urgent ? kUrgent : kNormal].push_back(std::move(job));
}

Role JobQueue::turn() {
    CHECK(size_ > 0);
    for (std::size_t step = 1; step <= kRoles; ++step) {
        const std::size_t role = (last_ + step) % kRoles;
        const bool urgent = !lanes_[role][kUrgent].empty();
        if (!urgent && (urgent_ > 0 || lanes_[role][kNormal].empty())) continue;
        last_ = role;
        return static_cast<Role>(role);
    }
    base::check_failed("a queue that is not empty has a turn", __FILE__, __LINE__);
}

std::optional<Job> JobQueue::take(Role role) {
    auto& lanes = lanes_[static_cast<std::size_t>(role)];
    const bool urgent = !lanes[kUrgent].empty();
    if (!urgent && (urgent_ > 0 || lanes[kNormal].empty())) return std::nullopt;
    Lane& lane = lanes[urgent ? kUrgent : kNormal];
    Job job = std::move(lane.front());
    lane.pop_front();
    if (urgent) --urgent_;
    --size_;
    return job;
}

}  // namespace store
