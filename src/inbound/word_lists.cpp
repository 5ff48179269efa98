#include "inbound/word_lists.h"

#include "base/check.h"
#include "base/text.h"
#include "inbound/fold.h"

namespace inbound {

WordLists::WordLists(std::string_view file_text) {
    std::vector<std::string>* open = nullptr;
    for (const std::string& line : base::split(file_text, '\n')) {
        const std::string_view entry = base::trim(line);
        if (entry.empty() || entry.starts_with('#')) continue;
        if (entry.starts_with('[') && entry.ends_with(']')) {
            open = &lists_[std::string(entry.substr(1, entry.size() - 2))];
            continue;
        }
        CHECK(open != nullptr);
        open->push_back(fold(entry));
    }
}

const std::vector<std::string>& WordLists::of(std::string_view name) const {
    const auto found = lists_.find(name);
    CHECK(found != lists_.end());
    return found->second;
}

WordSet WordLists::set_of(std::string_view name) const {
    const std::vector<std::string>& list = of(name);
    return {list.begin(), list.end()};
}

}  // namespace inbound
