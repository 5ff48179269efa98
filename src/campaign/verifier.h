// The verifier hook: somebody else's word about an address before its first mail. A command or an
// https URL (rules.verifier of the campaign file); this is what to ask and how its answer reads,
// engine/verifiers.h asks.
//
//   valid    → the lead may be written to
//   risky    → it may, and the lead says so ("catch-all")
//   invalid  → the lead stops; its address is marked invalid
//   unknown  → asked again 6 hours later; until then nothing is sent
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/task.h"

namespace campaign {

enum class Verification { valid, risky, invalid, unknown };
std::string_view to_string(Verification verification);

struct VerifierAnswer {
    Verification verdict = Verification::unknown;
    std::string words;  // what it said, for people
};

class Verifier {
  public:
    virtual ~Verifier() = default;
    // Bounded in time; what fails is unknown.
    virtual base::Task<VerifierAnswer> verify(std::string email) = 0;
};

// Settings::verifier, cut apart.
struct VerifierSpec {
    enum class Kind { none, command, url };
    Kind kind = Kind::none;
    std::string target;  // path, or URL with {email} and perhaps {key}
};
VerifierSpec read_verifier(std::string_view setting);

// The first word of a text ("valid"), or a JSON object with status, result, verdict or
// deliverability in one of the words that such services use. Anything else is unknown.
VerifierAnswer read_verifier_answer(std::string_view answer);

// The URL to ask; address and key percent-encoded (RFC 3986 section 2.1).
std::string verifier_url(std::string_view url, std::string_view email, std::string_view key);

}  // namespace campaign
