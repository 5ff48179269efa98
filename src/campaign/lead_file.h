// Reads records of delimited text (RFC 4180 and what programs make of it) as they come in: quotes,
// doubled quotes, line ends within them, CRLF, LF or CR; blank lines are left out. No I/O.
//
//   LeadFile file(guess_delimiter(head));
//   file.feed(piece); … file.finish();
//   while (auto record = file.next()) …     // nothing: needs more, or the end
//
// A record that cannot be read comes with its problem instead of fields; one with a quote that is
// never closed takes its own line only, and reading goes on behind it. Limits: kRecordBytesMax,
// kFieldsMax.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace campaign {

inline constexpr std::size_t kRecordBytesMax = 256 * 1024;
inline constexpr std::size_t kFieldsMax = 500;

struct LeadRecord {
    std::int64_t line = 0;  // where it starts, from 1
    std::vector<std::string> fields;
    std::string problem;  // not empty: there are no fields
};

// Comma, semicolon or tab: the one that cuts the first lines into the most equal pieces.
char guess_delimiter(std::string_view head);

class LeadFile {
  public:
    explicit LeadFile(char delimiter) : delimiter_(delimiter) {}

    void feed(std::string_view utf8) { text_ += utf8; }
    void finish() { finished_ = true; }
    std::optional<LeadRecord> next();

  private:
    enum class Step { record, more };
    Step scan(LeadRecord& record);
    void drop(std::size_t count);
    bool skip_blank_lines();
    bool take_quoted(std::size_t& at, std::string& field) const;
    // An unreadable record; its first line is left behind next.
    LeadRecord give_up(std::string problem);
    bool skip_rest_of_line();

    char delimiter_;
    std::string text_;
    std::size_t start_ = 0;  // what is before is done with
    std::int64_t line_ = 1;
    bool finished_ = false;
    bool skipping_ = false;
};

}  // namespace campaign
