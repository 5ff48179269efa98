// What became of mails outside of any sequence, after a crash: answers by hand and test mails that
// never left are cancelled (whoever wrote one writes it again), and a reply whose answer was proven
// to have arrived is answered. Part of settle.h. Inside a job, campaign role.
#pragma once
#include <cstdint>
#include <vector>

#include "base/time.h"
#include "store/connection.h"

namespace campaign {

struct ProvenAnswer {
    std::int64_t reply_id = 0;
    std::int64_t email_id = 0;
    base::Timestamp at;
};

struct SinglesLook {
    std::vector<std::int64_t> left;  // prepared, and nobody sends them any more
    std::vector<ProvenAnswer> answers;
    bool empty() const { return left.empty() && answers.empty(); }
};
// Reads only; at most 100 of a kind.
SinglesLook look_at_singles(store::Connection& connection, base::Timestamp now);
void settle_singles(store::Connection& connection, base::Timestamp now);

}  // namespace campaign
