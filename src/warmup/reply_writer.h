// Writes the answer to a found mail: through the model, in the context of the thread, else by
// grammar.
#pragma once
#include <optional>

#include "base/random.h"
#include "llm/chat_model.h"

namespace warmup {

struct WrittenReply {
    std::string body;
    std::string generated_via;  // "groq" or "fallback"
    // Why the model did not write it. `model_silent`: it is not worth asking again in this cycle.
    std::optional<base::Error> problem;
    bool model_silent = false;
};

// An answer from the grammar.
WrittenReply fallback_reply(base::Random& random);

// `received` is the text of our own mail as it was found. It goes to the model as data between two
// lines drawn by chance; the answer is checked before use (threats.md row 14). Never fails: what
// the model does not deliver comes from the grammar, with a warning that says why.
base::Task<WrittenReply> write_reply(
    llm::ChatModel& model, std::string subject, std::string received, base::Random& random
);

}  // namespace warmup
