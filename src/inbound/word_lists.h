// The word lists of data/inbound/*.txt: "[name]" opens a list, each further line is an entry, a
// line that starts with '#' is a comment. Entries are folded (inbound/fold.h).
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace inbound {

using WordSet = std::set<std::string, std::less<>>;

class WordLists {
  public:
    explicit WordLists(std::string_view file_text);
    // In the order of the file. The list must exist: a missing one is a defect of the build.
    const std::vector<std::string>& of(std::string_view name) const;
    WordSet set_of(std::string_view name) const;

  private:
    std::map<std::string, std::vector<std::string>, std::less<>> lists_;
};

}  // namespace inbound
