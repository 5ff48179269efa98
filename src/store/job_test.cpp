#include "store/job.h"

namespace {

using store::Job;
using store::JobQueue;
using store::Role;
using store::Urgency;

Job job(Role role, int number, std::vector<int>& done, Urgency urgency = Urgency::normal) {
    Job made;
    made.role = role;
    made.urgency = urgency;
    made.on_end = [&done, number](std::exception_ptr) { done.push_back(number); };
    return made;
}

// Takes group after group, as the writer does.
std::vector<int> drain(JobQueue& queue, std::vector<int>& done) {
    while (!queue.empty()) {
        const Role role = queue.turn();
        while (std::optional<Job> next = queue.take(role)) next->on_end(nullptr);
    }
    return done;
}

class CountingLoop : public base::Loop {
  public:
    void post(std::function<void()> work) override {
        ++posted;
        work();
    }
    bool run_until(const bool& done) override { return done; }
    int posted = 0;
};

}  // namespace

TEST(JobQueue, ConsecutiveJobsOfOneRoleFormAGroup) {
    JobQueue queue;
    std::vector<int> done;
    for (int i = 0; i < 3; ++i) {
        queue.push(job(Role::warmup, i, done));
        queue.push(job(Role::campaign, 10 + i, done));
    }
    EXPECT_THAT(drain(queue, done), testing::ElementsAre(0, 1, 2, 10, 11, 12));
    EXPECT_EQ(queue.size(), 0U);
}

TEST(JobQueue, UrgentJobsGoBeforeAllOthersOfEveryRole) {
    JobQueue queue;
    std::vector<int> done;
    queue.push(job(Role::warmup, 1, done));
    queue.push(job(Role::campaign, 2, done));
    queue.push(job(Role::warmup, 3, done, Urgency::urgent));
    queue.push(job(Role::campaign, 4, done, Urgency::urgent));
    EXPECT_THAT(drain(queue, done), testing::ElementsAre(3, 4, 2, 1));
}

TEST(JobQueue, AnUrgentJobOfAnotherRoleEndsAGroupOfNormalOnes) {
    JobQueue queue;
    std::vector<int> done;
    queue.push(job(Role::warmup, 1, done));
    queue.push(job(Role::warmup, 2, done));
    const Role role = queue.turn();
    ASSERT_EQ(role, Role::warmup);
    ASSERT_TRUE(queue.take(role));
    queue.push(job(Role::campaign, 3, done, Urgency::urgent));
    EXPECT_FALSE(queue.take(role));
    EXPECT_EQ(queue.turn(), Role::campaign);
}

TEST(JobQueue, RolesTakeTurnsSoThatNoneStarves) {
    JobQueue queue;
    std::vector<int> done;
    std::vector<Role> turns;
    for (int i = 0; i < 4; ++i) {
        for (const Role role : {Role::warmup, Role::campaign, Role::operator_})
            queue.push(job(role, i, done));
        turns.push_back(queue.turn());
        queue.take(turns.back());
    }
    EXPECT_THAT(
        turns, testing::ElementsAre(Role::warmup, Role::campaign, Role::operator_, Role::warmup)
    );
}

TEST(Deliver, HandsAGroupToTheLoopInOnePiece) {
    CountingLoop loop;
    std::vector<int> done;
    std::vector<store::Ended> ended;
    for (int i = 0; i < 3; ++i) ended.push_back({job(Role::warmup, i, done).on_end, nullptr});
    store::deliver(loop, std::move(ended));
    EXPECT_EQ(loop.posted, 1);
    EXPECT_THAT(done, testing::ElementsAre(0, 1, 2));
    store::deliver(loop, {});
    EXPECT_EQ(loop.posted, 1);
}
