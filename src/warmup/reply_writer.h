// Writes the answer to a found mail: through the model, in the context of the thread, else by
// grammar.
#pragma once
#include "base/random.h"
#include "llm/chat_model.h"

namespace warmup {

struct WrittenReply {
    std::string body;
    std::string generated_via;  // "groq" or "fallback"
};

// `received` is the text of our own mail as it was found. It goes to the model as data between two
// lines drawn by chance; the answer is checked before use (threats.md row 14). Never fails: what
// the model does not deliver comes from the grammar, with a warning that says why.
base::Task<WrittenReply> write_reply(
    llm::ChatModel& model, std::string subject, std::string received, base::Random& random
);

}  // namespace warmup
