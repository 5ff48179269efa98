#include "warmup/grammar.h"

#include <stdexcept>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"

namespace warmup {

namespace {

constexpr int kDepthMax = 8;

void start_with_capital(std::string& text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
        text[0] = static_cast<char>(text[0] - 'a' + 'A');
}

}  // namespace

Grammar::Grammar(std::string_view text) {
    std::vector<std::string>* list = nullptr;
    for (const std::string& raw : base::split(text, '\n')) {
        const std::string_view line = base::trim(raw);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with('['))
            list = &lists_[std::string(line.substr(1, line.size() - 2))];
        else if (list != nullptr)
            list->emplace_back(line);
    }
    // Every alternative is expanded once, so that a bad name is found at the start and not in a
    // cycle.
    base::SeededRandom random(1);
    for (const auto& [name, lines] : lists_)
        for (std::size_t i = 0; i < lines.size() * 4; ++i) expand(name, random, 0);
}

const Grammar& Grammar::local() {
    static const Grammar grammar(embedded::warmup("grammar.txt"));
    return grammar;
}

std::string Grammar::expand(std::string_view list, base::Random& random, int depth) const {
    const auto found = lists_.find(list);
    if (found == lists_.end() || found->second.empty() || depth > kDepthMax)
        throw std::runtime_error("grammar: no list [" + std::string(list) + "], or it never ends");
    std::string line = random.pick(found->second);
    for (std::size_t open = line.find('{'); open != std::string::npos; open = line.find('{')) {
        const std::size_t close = line.find('}', open);
        if (close == std::string::npos) throw std::runtime_error("grammar: no } in: " + line);
        const std::string inner =
            expand(line.substr(open + 1, close - open - 1), random, depth + 1);
        line.replace(open, close - open + 1, inner);
    }
    return line;
}

PlainText Grammar::opening(base::Random& random) const {
    PlainText text;
    text.subject = expand("subject", random, 0);
    start_with_capital(text.subject);
    text.body = expand("greeting", random, 0) + "\n\n" + expand("opening", random, 0) + " " +
                expand("middle", random, 0);
    if (random.chance(0.4)) text.body += " " + expand("middle", random, 0);
    text.body += "\n\n" + expand("question", random, 0) + "\n\n" + expand("close", random, 0);
    return text;
}

std::string Grammar::reply(base::Random& random) const {
    std::string body = expand("greeting", random, 0) + "\n\n" + expand("reply_opening", random, 0) +
                       " " + expand("reply_middle", random, 0);
    body += " " + expand("reply_close", random, 0) + "\n\n" + expand("close", random, 0);
    return body;
}

}  // namespace warmup
