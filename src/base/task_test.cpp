#include "base/task.h"

namespace {

base::Task<int> answer(int value) { co_return value; }

base::Task<int> failing() {
    throw std::runtime_error("broken");
    co_return 0;
}

base::Task<int> wait_for(base::Completion<int>& completion) {
    const int value = co_await completion;
    co_return value + 1;
}

base::Task<> gather(std::vector<base::Task<int>> tasks, std::vector<int>& out) {
    out = co_await base::when_all(std::move(tasks));
}

}  // namespace

TEST(Task, WhenAllKeepsTheOrderWhateverEndsFirst) {
    base::Completion<int> late;
    std::vector<base::Task<int>> tasks;
    tasks.push_back(wait_for(late));
    tasks.push_back(answer(7));
    std::vector<int> out;
    bool ended = false;
    base::start(gather(std::move(tasks), out), [&](std::exception_ptr problem) {
        EXPECT_FALSE(problem);
        ended = true;
    });
    EXPECT_FALSE(ended);
    late.complete(1);
    EXPECT_TRUE(ended);
    EXPECT_EQ(out, (std::vector<int>{2, 7}));
}

TEST(Task, AnExceptionReachesTheAwaiterAfterAllHaveEnded) {
    std::vector<base::Task<int>> tasks;
    tasks.push_back(failing());
    tasks.push_back(answer(1));
    std::vector<int> out;
    std::exception_ptr seen;
    base::start(gather(std::move(tasks), out), [&](std::exception_ptr problem) { seen = problem; });
    ASSERT_TRUE(seen);
    EXPECT_THROW(std::rethrow_exception(seen), std::runtime_error);
}

TEST(Task, NothingRunsBeforeTheAwait) {
    bool ran = false;
    auto mark = [](bool& flag) -> base::Task<> {
        flag = true;
        co_return;
    };
    {
        const base::Task<> never = mark(ran);
    }
    EXPECT_FALSE(ran);
}
