// Asks the verifier that a campaign names: the owner's command, or an https URL.
#pragma once
#include <memory>
#include <string>

#include "base/clock.h"
#include "campaign/verifier.h"
#include "net/http_client.h"

namespace engine {

// Null where the campaign names none. `key` stands in for {key} of a URL
// (PILOTLIGHT_VERIFIER_KEY): it never lies in the store.
std::unique_ptr<campaign::Verifier> make_verifier(
    const campaign::VerifierSpec& spec, base::Clock& clock, net::HttpClient& http, std::string key
);

}  // namespace engine
