// Whose servers an address uses: by its domain, then by its domain's MX records, then by the SRV
// records that name its mail services (RFC 6186, RFC 8314 section 5.1).
//
// DNS answers are not proven. An MX record can only choose among the providers we know. A server
// that an SRV record names is taken where it lies in the address's own domain or is a known
// provider's; any other host is named in the error for the owner to confirm (RFC 6186 section 6):
// a forged answer must not be able to collect a password.
#pragma once
#include "base/email.h"
#include "mailbox/presets.h"
#include "net/dns_client.h"

namespace mailbox {

struct Discovery {
    const Preset* preset = nullptr;  // null: the servers below, by SRV
    net::Endpoint smtp;
    net::Endpoint imap;
    std::string how;  // "its mail goes to mx.zoho.eu"
};

// What the four SRV questions gave; empty where there was nothing.
struct ServiceRecords {
    std::vector<net::SrvRecord> submissions;  // implicit TLS
    std::vector<net::SrvRecord> submission;   // STARTTLS
    std::vector<net::SrvRecord> imaps;
    std::vector<net::SrvRecord> imap;
};
// The servers of the address, or invalid_input with the mend: no such records, one side only, or a
// host that the owner has to confirm. TLS from the first byte is preferred (RFC 8314 section 5.1).
base::Result<Discovery> choose_services(const base::Email& email, const ServiceRecords& records);

// Errors: invalid_input, with the mend and, where DNS failed, with why.
base::Task<base::Result<Discovery>> discover(
    net::DnsClient& dns, base::Email email, base::MonotonicTime deadline
);

}  // namespace mailbox
