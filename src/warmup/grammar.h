// Texts from the local grammar (data/warmup/grammar.txt): what warmup writes when no model answers.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"

namespace warmup {

struct PlainText {
    std::string subject;
    std::string body;
};

class Grammar {
  public:
    // Reads the list format described in the file; throws std::runtime_error where a {name} is
    // unknown.
    explicit Grammar(std::string_view text);
    // The built-in one.
    static const Grammar& local();

    // An opening: subject, greeting, opening, one or two middles, question, close.
    PlainText opening(base::Random& random) const;
    // An answer's body.
    std::string reply(base::Random& random) const;

  private:
    std::string expand(std::string_view list, base::Random& random, int depth) const;

    std::map<std::string, std::vector<std::string>, std::less<>> lists_;
};

}  // namespace warmup
