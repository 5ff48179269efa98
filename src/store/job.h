// A job on its way through the store, and the queue that says which comes next.
#pragma once
#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "store/database.h"

namespace store {

struct Job {
    Role role = Role::owner;
    Urgency urgency = Urgency::normal;
    bool read_only = false;
    std::function<void(Connection&)> run;
    std::function<void(std::exception_ptr)> on_end;
};

// A job that has ended, on its way back to the loop.
struct Ended {
    std::function<void(std::exception_ptr)> tell;
    std::exception_ptr problem;
};

// Hands what has ended to the loop, in order.
void deliver(base::Loop& loop, std::vector<Ended> ended);

// Urgent jobs go before all others; roles take turns; within role and urgency first come, first
// served. Not thread-safe.
class JobQueue {
  public:
    void push(Job job);
    bool empty() const { return size_ == 0; }
    std::size_t size() const { return size_; }

    // Whose turn it is: among the roles with urgent jobs, else among all with jobs. Not when empty.
    Role turn();
    // The next job of this role. Nothing where it has none, or only normal ones while another role
    // has urgent ones waiting.
    std::optional<Job> take(Role role);

  private:
    using Lane = std::deque<Job>;
    static constexpr std::size_t kRoles = 4;

    std::array<std::array<Lane, 2>, kRoles> lanes_;  // by role, then urgent first
    std::size_t urgent_ = 0;
    std::size_t size_ = 0;
    std::size_t last_ = kRoles - 1;
};

}  // namespace store
