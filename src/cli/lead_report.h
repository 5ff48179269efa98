// What an import of leads tells: the report of every refused row (CSV), and the summary.
#pragma once
#include <string>
#include <vector>

#include "campaign/lead_import.h"
#include "cli/lead_source.h"

namespace cli {

class LeadReport {
  public:
    void add(const std::vector<campaign::RefusedRow>& rows);
    // line,email,reason,why; a value that a spreadsheet would take for a formula gets a quote mark.
    std::string csv() const { return "line,email,reason,why\n" + rows_; }
    const std::vector<campaign::RefusedRow>& first() const { return first_; }

  private:
    std::string rows_;
    std::vector<campaign::RefusedRow> first_;  // to show; known ones are not among them
};

struct ImportShown {
    const std::string& campaign;
    const LeadSource& source;
    const campaign::ImportTotals& totals;
    const LeadReport& report;
    bool dry_run = false;
};
std::string import_json(const ImportShown& shown);
std::string import_text(const ImportShown& shown, const std::string& report_path);

}  // namespace cli
