// What providers put on top of a message on its way, each in its own manner: Return-Path, two
// Received lines, Authentication-Results (RFC 8601; the Outlook-like one names no server, as the
// real one).
#pragma once
#include <string>

#include "base/email.h"
#include "base/random.h"
#include "base/time.h"
#include "sandbox/provider.h"

namespace sandbox {

struct Hop {
    const Provider& from_provider;
    const Provider& to_provider;
    base::Email from;
    base::Email to;
    std::string header_from_domain = {};
    std::string ehlo_name = {};  // what the submitting client called itself
    base::Timestamp accepted_at = {};
    base::Timestamp filed_at = {};
    bool dkim_broken = false;  // some lists and gateways break signatures on the way
};

// True where From and envelope agree, which is what DMARC asks for (RFC 7489 section 3.1).
bool aligned(const Hop& hop);
// Header lines with CRLF; the same hop and chance give the same bytes.
std::string delivery_headers(const Hop& hop, base::Random& random);

}  // namespace sandbox
