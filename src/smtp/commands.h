// The command lines we send (RFC 5321 section 4.1), each ending with CRLF.
//
// Addresses and names are checked where they are made; they are checked for CR, LF, NUL and other
// control characters once more here, at the last moment before they become a command (command
// injection). Errors: invalid_input, unsupported (the server lacks 8BITMIME or SMTPUTF8),
// limit_exceeded (over SIZE).
#pragma once
#include <string>
#include <string_view>

#include "base/result.h"
#include "smtp/capabilities.h"
#include "smtp/data_block.h"
#include "smtp/types.h"

namespace smtp {

// Refuses an EHLO name that is empty, "localhost", or has a blank or control character.
base::Result<> check_ehlo_name(std::string_view name);

// "MAIL FROM:<…> SIZE=… BODY=8BITMIME SMTPUTF8", with the parameters that are needed and offered.
base::Result<std::string> mail_command(
    const Envelope& envelope, const DataBlock& block, const Capabilities& capabilities
);
base::Result<std::string> rcpt_command(const Envelope& envelope);

// The answers of AUTH PLAIN (RFC 4616) and AUTH LOGIN, in base64, without line end.
std::string plain_response(const Credentials& credentials);
// The secret in every form that it is sent in, the longest first.
std::vector<std::string> secrets_of(const Credentials& credentials);
// invalid_input where login or password is empty or holds a NUL (PLAIN's separator), or where the
// access token is none.
base::Result<> check_credentials(const Credentials& credentials);

}  // namespace smtp
