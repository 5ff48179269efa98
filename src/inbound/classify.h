// What a received message is: one decision for every place that reads mail.
//
// A pure function; linear; never fails. The order decides: warmup (by token, where the name of the
// token's header is known, so that two of our own mailboxes never answer each other's vacation),
// complaint, bounce, automatic reply, opt-out, reply, other.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "inbound/bounce.h"
#include "mime/message.h"

namespace inbound {

enum class Kind { reply, bounce, auto_reply, complaint, unsubscribe, warmup, other };

std::string_view to_string(Kind kind);

struct Classified {
    Kind kind = Kind::other;
    std::string reply_text;       // without quotes and signature; empty for a bounce or complaint
    std::vector<Bounce> bounces;  // of a bounce or complaint
    std::optional<base::MessageId> original_message_id;
    std::optional<base::Timestamp> return_date;  // of an automatic reply
};

// Whether a message carries a valid warmup token; empty where the header's name is not known.
using WarmupTest = std::function<bool(const mime::Message&)>;

Classified classify(
    const mime::Message& message,
    const WarmupTest& is_warmup = {},
    const BounceRules& rules = BounceRules::standard()
);

}  // namespace inbound
