// Whose Authentication-Results count in a mailbox (RFC 8601 section 2.5): its provider's, by
// data/warmup/authentication_servers.json, and those of servers below its IMAP host's own domain or
// below the mailbox's domain. Pure.
#pragma once
#include "mailbox/mailbox.h"
#include "mime/authentication.h"

namespace warmup {

mime::AuthenticationServers authentication_servers(const mailbox::Mailbox& mailbox);

}  // namespace warmup
