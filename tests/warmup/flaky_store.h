// A store that is lost at the n-th job, as for a process that is killed there.
//
// Life cycle: wraps an open store, which stays whole behind it. Jobs are counted from 1.
#pragma once
#include "base/check.h"
#include "store/database.h"

namespace tests {

enum class Loss {
    before,        // the job did not run
    after_commit,  // it was committed, and nobody heard of it
};

class FlakyStore : public store::Database {
  public:
    explicit FlakyStore(store::Database& inner) : inner_(inner) {}

    // Job `number` from now on is lost, and all later ones unless `once`. 0: none.
    void lose(long number, Loss loss = Loss::before, bool once = false) {
        jobs_ = 0;
        lost_at_ = number;
        loss_ = loss;
        once_ = once;
    }
    long jobs() const { return jobs_; }
    std::string_view engine() const override { return inner_.engine(); }

  protected:
    void submit(Work work) override {
        ++jobs_;
        const bool here = jobs_ == lost_at_;
        const bool gone = lost_at_ != 0 && jobs_ > lost_at_ && !once_;
        if (gone || (here && loss_ == Loss::before)) return work.on_end(lost());
        base::start(hand_on(inner_, std::move(work), here), [](std::exception_ptr problem) {
            if (problem) std::rethrow_exception(problem);
        });
    }

  private:
    static std::exception_ptr lost() {
        return std::make_exception_ptr(
            store::StoreError(store::StoreError::Kind::lost, "the store is gone")
        );
    }
    static base::Task<> hand_on(store::Database& inner, Work work, bool lose_the_end) {
        std::exception_ptr problem;
        std::function<void(store::Connection&)> job = std::move(work.job);
        try {
            if (work.read_only)
                co_await inner.read(work.role, std::move(job));
            else
                co_await inner.run(work.role, std::move(job), work.urgency);
        } catch (...) {
            problem = std::current_exception();  // handed on below
        }
        work.on_end(lose_the_end && !problem ? lost() : problem);
    }

    store::Database& inner_;
    long jobs_ = 0;
    long lost_at_ = 0;
    Loss loss_ = Loss::before;
    bool once_ = false;
};

}  // namespace tests
