// Where a session that logs in by OAuth2 gets its access token (RFC 6749): the door between the
// connector and mailbox/oauth_token_source.h, so that tests and the sandbox hand in their own.
//
// Errors: unauthenticated where the owner has to authorize the mailbox (message and mend are safe
// to show); network, unavailable, timed_out where a later try may work. A token is never in them.
#pragma once
#include <string>

#include "base/result.h"
#include "base/task.h"
#include "base/time.h"
#include "mailbox/mailbox.h"

namespace mailbox {

class TokenSource {
  public:
    virtual ~TokenSource() = default;
    // A token that is good for a login now. Bearer tokens are secrets: the caller keeps it for the
    // login alone.
    virtual base::Task<base::Result<std::string>> access_token(
        Mailbox mailbox, base::MonotonicTime deadline
    ) = 0;
    // A server refused this token before its time: the next one will be another. Nothing happens
    // where another one is there already.
    virtual base::Task<> discard(Mailbox mailbox, std::string token) = 0;
};

}  // namespace mailbox
