// How often models may be asked: counted for each purpose, model and UTC day in `llm_usage`.
//
//   const Permit permit = co_await budget.reserve(model);   // counted before the request leaves
//   … the request …
//   co_await budget.record(model, {.failed = true});         // and its outcome after
//
// A request is counted in the transaction that permits it, so that a crash can't make it free.
// Where requests have a gap between them, the one that is permitted begins it in that transaction,
// so that all processes together keep the pace, and what only waits is not counted.
// Counts, gaps and blocks survive restarts; the limit holds for all models of the purpose together.
// Without a store (nullptr) they live in this object only. Errors: StoreError is thrown where the
// store is lost.
#pragma once
#include <map>
#include <string>

#include "base/clock.h"
#include "store/database.h"

namespace llm {

struct Permit {
    enum class Kind {
        granted,
        blocked,  // the provider asked not to be asked with this model before `until`
        paced,    // another one was permitted just now; ask again at `until`
        used_up,  // the day's limit is reached; `until` is the next UTC midnight
    };
    Kind kind = Kind::granted;
    base::Timestamp until;
};

struct Usage {
    bool failed = false;
    int tokens_in = 0;
    int tokens_out = 0;
    base::Timestamp blocked_until{};  // 0: not blocked
};

class Budget {
  public:
    struct Options {
        std::string purpose;  // "warmup" or "campaign", as the role's rows are named
        store::Role role = store::Role::warmup;
        std::int64_t requests_per_day = 0;
        base::Duration request_gap{0};  // between two requests of the purpose, all models together
    };
    Budget(Options options, base::Clock& clock, store::Database* database);

    base::Task<Permit> reserve(std::string model);
    base::Task<> record(std::string model, Usage usage);
    // Requests of the present UTC day, all models together.
    base::Task<std::int64_t> used_today();

    const Options& options() const { return options_; }

  private:
    struct Counted {
        std::int64_t day = 0;
        std::int64_t requests = 0;
        std::map<std::string, base::Timestamp> blocked;
        base::Timestamp next_at{};
    };
    Permit reserve_in_memory(const std::string& model);

    Options options_;
    base::Clock& clock_;
    store::Database* database_;
    Counted counted_;  // without a store
};

}  // namespace llm
