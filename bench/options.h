// The command line of a bench program: "--name value" pairs, and flags without a value.
//
//   const Options options(arguments, {"--port", "--ca"}, {"--sequential"});
//   options.number<std::uint16_t>("--port"); options.text("--ca"); options.flag("--sequential");
//   int main(int count, char** words) { return bench::run_main("imap_idle", count, words, run); }
//
// Errors: std::invalid_argument with the words for whoever called it.
#pragma once
#include <fmt/format.h>

#include <charconv>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

class Options {
  public:
    // `arguments` with the program's own name in front. Every name must be known.
    Options(
        std::span<char*> arguments,
        const std::vector<std::string>& names,
        const std::vector<std::string>& flags = {}
    );

    bool flag(const std::string& name) const { return values_.contains(name); }
    const std::string& text(const std::string& name) const;
    std::string text(const std::string& name, const std::string& otherwise) const {
        return values_.contains(name) ? text(name) : otherwise;
    }
    // From 1 on.
    template <class Number>
    Number number(const std::string& name) const {
        const std::string& given = text(name);
        Number value{};
        const char* end = given.data() + given.size();
        const auto [stop, error] = std::from_chars(given.data(), end, value);
        if (error != std::errc() || stop != end || value < 1)
            throw std::invalid_argument(fmt::format("{} '{}' is not a number from 1", name, given));
        return value;
    }
    template <class Number>
    Number number(const std::string& name, Number otherwise) const {
        return values_.contains(name) ? number<Number>(name) : otherwise;
    }

  private:
    std::map<std::string, std::string> values_;
};

// What main() returns: 0, 2 where it was called wrongly, 1 for any other failure; with a line of
// words.
int run_main(const char* name, int count, char** words, void (*run)(std::span<char*> arguments));

}  // namespace bench
