#include "bench/options.h"

#include <algorithm>

namespace bench {

Options::Options(
    std::span<char*> arguments,
    const std::vector<std::string>& names,
    const std::vector<std::string>& flags
) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string name = arguments[i];
        if (std::ranges::find(flags, name) != flags.end()) {
            values_[name];
            continue;
        }
        if (std::ranges::find(names, name) == names.end())
            throw std::invalid_argument(fmt::format("unknown option '{}'", name));
        if (i + 1 == arguments.size())
            throw std::invalid_argument(fmt::format("{} needs a value", name));
        values_[name] = arguments[++i];
    }
}

const std::string& Options::text(const std::string& name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) throw std::invalid_argument(fmt::format("{} is missing", name));
    return found->second;
}

int run_main(const char* name, int count, char** words, void (*run)(std::span<char*> arguments)) {
    try {
        run({words, static_cast<std::size_t>(count)});
        return 0;
    } catch (const std::invalid_argument& error) {
        fmt::print(stderr, "{}: {}\n", name, error.what());
        return 2;
    } catch (const std::exception& error) {
        fmt::print(stderr, "{}: {}\n", name, error.what());
        return 1;
    }
}

}  // namespace bench
