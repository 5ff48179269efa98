// A lead file on the disk, read in pieces: what it is encoded in and how it is cut is found by
// itself, then its rows come group by group.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "campaign/lead_columns.h"
#include "campaign/lead_file.h"
#include "campaign/lead_rows.h"
#include "campaign/text_encoding.h"

namespace cli {

// Records of a file, or of standard input ("-", 256 MiB at most), whatever they mean.
class RecordSource {
  public:
    // not_found, permission or invalid_input.
    static base::Result<RecordSource> open(const std::string& path);
    RecordSource(RecordSource&& other) noexcept;
    ~RecordSource();

    // Nothing at the end.
    std::optional<campaign::LeadRecord> next();

    campaign::Encoding encoding() const;
    char delimiter() const;
    std::size_t bytes_read() const;
    std::size_t bytes_total() const;

  private:
    struct Reading;
    explicit RecordSource(std::unique_ptr<Reading> reading);

    std::unique_ptr<Reading> reading_;
};

class LeadSource {
  public:
    // Errors as above; invalid_input where no column holds addresses.
    static base::Result<LeadSource> open(const std::string& path, const campaign::ColumnWish& wish);

    // The next `count_max` rows; fewer at the end, none after it.
    std::vector<campaign::LeadRow> next(std::size_t count_max);

    const campaign::LeadColumns& columns() const { return columns_; }
    const std::vector<std::string>& heading() const { return heading_; }
    campaign::Encoding encoding() const { return records_.encoding(); }
    char delimiter() const { return records_.delimiter(); }
    std::size_t bytes_read() const { return records_.bytes_read(); }
    std::size_t bytes_total() const { return records_.bytes_total(); }

  private:
    explicit LeadSource(RecordSource records) : records_(std::move(records)) {}

    RecordSource records_;
    campaign::LeadColumns columns_;
    std::vector<std::string> heading_;
    std::vector<campaign::LeadRecord> waiting_;  // a first record that was no heading
};

}  // namespace cli
