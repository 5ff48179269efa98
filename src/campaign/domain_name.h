// Domain names as DNS knows them (libidn2), and whom they belong to (libpsl, the Public Suffix
// List).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace campaign {

// Lower case, every label in ASCII (IDNA2008 with the mapping of UTS 46): "Müller.DE" →
// "xn--mller-kva.de". Nothing where it is no domain name.
std::optional<std::string> ascii_domain(std::string_view domain);

// The part that one party registers: "mail.shop.co.uk" → "shop.co.uk". A public suffix itself, and
// what has no dot, stays as it is. The domain must be in ASCII.
std::string registrable_domain(std::string_view ascii_domain);

}  // namespace campaign
