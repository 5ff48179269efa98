// Mailboxes from a CSV file (RFC 4180): quoted fields, doubled quotes, CRLF or LF, a byte order
// mark.
//
//   email,role,password,name,provider
//   ann@example.com,sender,"a ""word"", with comma",Ann Lee,zoho
//
// The first line names the columns in any order: email and role must be there; password, name,
// zone, login, provider, smtp and imap may be. Problems are found all at once, one line each with
// the line of the file; passwords are announced to the log's mask and never stand in one. Limit:
// 500 rows.
#pragma once
#include <string_view>

#include "cli/mailbox_import.h"

namespace cli {

// True where the first line looks like the heading of such a file.
bool is_mailbox_csv(std::string_view text);
base::Result<std::vector<ImportRow>> read_mailbox_csv(std::string_view text);

}  // namespace cli
