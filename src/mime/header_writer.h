// Writes the header block of a message: folded at 78 where possible, never over 998 (RFC 5322
// section 2.1.1), encoded by RFC 2047 where not plain ASCII.
//
// Values must be free of CR, LF and NUL and be UTF-8: `check_header_value` says so before anything
// is written, and the writer checks again (CHECK), so that no value can become a header of its own.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/message_id.h"
#include "base/result.h"
#include "mime/compose.h"

namespace mime {

// invalid_input, naming the header, for CR, LF, NUL and text that is not UTF-8.
base::Result<> check_header_value(std::string_view header, std::string_view value);

class HeaderWriter {
  public:
    explicit HeaderWriter(std::string& out) : out_(out) {}

    // Free text such as a subject.
    void text(std::string_view name, std::string_view value);
    void address(std::string_view name, const Address& address);
    // Message ids, separated by blanks.
    void ids(std::string_view name, const std::vector<base::MessageId>& ids);
    // ASCII as it is, folded at blanks.
    void plain(std::string_view name, std::string_view value);

  private:
    void start(std::string_view name);
    void word(std::string_view word);
    void end();

    std::string& out_;
    std::size_t line_at_ = 0;  // where the current line starts in `out_`
};

// The ids that fit in one References field of 998 bytes: the first, which names the thread, and the
// newest.
std::vector<base::MessageId> trim_references(const std::vector<base::MessageId>& references);

// True where the id can stand in a header: printable ASCII, and short enough for one line.
bool is_writable(const base::MessageId& id);

}  // namespace mime
