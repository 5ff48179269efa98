// How a server of the sandbox can misbehave; plain values, set through World::set_fault.
#pragma once

namespace sandbox {

// Of one account, from the moment a session is known to be its own (the login command).
struct Fault {
    bool refuse_login = false;  // SMTP 535, IMAP NO, though the password is right
    bool hang = false;  // no answer to the login and none ever after; the connection stays open
    bool greylist_once = false;  // 451 to the next RCPT, then gone
    // For so many messages the connection is dropped …
    int drop_before_dot = 0;  // … before the final dot is read: the message is not accepted
    int drop_after_dot = 0;   // … after it: the message is accepted and no 250 says so
};

// Of all servers of one provider.
struct ServerFault {
    bool refuse_connections = false;   // dialing fails
    bool hang_after_greeting = false;  // the greeting comes, then nothing ever
};

}  // namespace sandbox
