// What to do after one request to a model: a pure decision.
//
// | outcome                              | then |
// |--------------------------------------|----------------------------------------------------------|
// | a fitting answer                     | done | | model gone (404, retired)            | next
// model, and never this one again                     | | 401, 403                             |
// stop: every model would refuse the key                   | | 413 | stop: the question is too long
// | | 429, wait of at most 10 s known      | wait and ask again, at most twice | | 429 otherwise |
// block the model (as told, or 60 s), next model           | | 408, 424, 498, 499, 5xx | back off
// and ask again, at most twice; then next model   | | 400, 422, a bad answer               | next
// model                                               | | network, connection closed           |
// back off and ask again, at most twice; then stop         | | timed out, TLS, private address … |
// stop: the next model has the same server                 |
#pragma once
#include <optional>

#include "base/random.h"
#include "llm/chat_format.h"

namespace llm {

inline constexpr base::Duration kShortWait = std::chrono::seconds(10);
inline constexpr int kRetriesMax = 2;

enum class Step { done, retry, next_model, stop };

struct Decision {
    Step step = Step::stop;
    base::Duration wait{0};                              // before a retry
    std::optional<base::Duration> block = std::nullopt;  // the model is not asked again for so long
};

// `retries` have been made with this model already.
Decision decide(const Attempt& attempt, int retries, base::Random& random);

}  // namespace llm
