// Answers that a chat model could have given: valid JSON for whatever schema is asked, with short
// varied English sentences, without links, prices, digits or capitals. For tests without a model.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace support {

// The body of a 200 answer to a chat-completions request. Strings are shaped by their property's
// name (subject, html…, else a body); arrays get minItems, else the first number from 1 to 50 that
// the user's text names, else 5. `serial` varies the sentences: equal serials give equal answers.
// A request that is not understood gets an answer with empty content.
std::string plausible_completion(std::string_view request_body, std::uint64_t serial);

}  // namespace support
