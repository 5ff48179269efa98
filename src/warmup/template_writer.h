// Writes templates: through the model, and where that fails through the local grammar, visibly.
#pragma once
#include "base/random.h"
#include "llm/chat_model.h"
#include "warmup/types.h"

namespace warmup {

struct WrittenText {
    std::string subject;
    std::string body;
    std::optional<std::string> html_body;
};

struct WrittenTemplates {
    std::vector<WrittenText> texts;
    std::string generated_via;  // "groq" or "fallback"
};

// What a model's answer holds: {"templates": [{"subject", "body"}, …]}. Malformed ones are left
// out, as are texts that stand in `known` (bodies). protocol where nothing is left.
base::Result<std::vector<WrittenText>> read_templates(
    const std::string& json, int count, const std::vector<std::string>& known
);

// `count` texts from the model. Where it does not deliver (not configured, refused, timed out,
// nonsense) a warning says why, and the grammar fills up to `at_least`. Bodies in `known` are not
// written again. The groups stand in order: the model's first.
base::Task<std::vector<WrittenTemplates>> write_templates(
    llm::ChatModel& model,
    int count,
    int at_least,
    std::vector<std::string> known,
    base::Random& random
);

}  // namespace warmup
