// How addresses are compared, and which organisation they belong to.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"

namespace campaign {

// The address without case, its domain in ASCII (leads.email_key, suppressions.value):
// "Ann@Müller.DE" → "ann@xn--mller-kva.de".
std::string address_key(const base::Email& email);

// The registrable domain; "" at free-mail providers, where neighbours are strangers. Any domain is
// taken, in ASCII or not.
std::string organisation_of(std::string_view domain);
bool is_free_mail(std::string_view domain);

// Of an address key: what is behind its @.
std::string_view domain_of(std::string_view address_key);

// The domain and its parents that still have a dot; a public suffix such as "gov.uk" is one.
std::vector<std::string> domain_and_parents(std::string_view domain);

}  // namespace campaign
