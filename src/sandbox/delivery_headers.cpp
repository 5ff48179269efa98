#include "sandbox/delivery_headers.h"

namespace sandbox {

namespace {

// A documentation address (RFC 5737), the same for all mail of one provider.
std::string relay_address(const Provider& provider) {
    return "192.0.2." + std::to_string(10 + provider.name.size());
}

std::string date(base::Timestamp time) { return base::to_rfc5322(time, std::chrono::minutes(0)); }

std::string results_outlook(const Hop& hop, const std::string& dkim, const std::string& dmarc) {
    return fmt::format(
        "Authentication-Results: spf=pass (sender IP is {})\r\n smtp.mailfrom={}; dkim={} ({})\r\n"
        " header.d={};dmarc={} action=none\r\n header.from={};compauth=pass reason=100\r\n",
        relay_address(hop.from_provider),
        hop.from.domain(),
        dkim,
        dkim == "pass" ? "signature was verified" : "body hash did not verify",
        hop.from.domain(),
        dmarc,
        hop.header_from_domain
    );
}

std::string results_with_server(
    const Hop& hop, const std::string& dkim, const std::string& dmarc, base::Random& random
) {
    const std::string server = "mx." + hop.to_provider.host_domain;
    return fmt::format(
        "Authentication-Results: {};\r\n       dkim={} header.i=@{} header.s=mail header.b={};\r\n"
        "       spf=pass ({}: domain of {} designates {} as permitted sender) smtp.mailfrom={};\r\n"
        "       dmarc={} (p=NONE sp=NONE dis=NONE) header.from={}\r\n",
        server,
        dkim,
        hop.from.domain(),
        random.alphanumeric(8),
        hop.to_provider.host_domain,
        hop.from.str(),
        relay_address(hop.from_provider),
        hop.from.str(),
        dmarc,
        hop.header_from_domain
    );
}

std::string received(const Hop& hop, base::Random& random) {
    const std::string relay = "sender." + hop.from_provider.host_domain;
    const std::string relayed = fmt::format(
        "Received: from {0} ({0}. [{1}])\r\n        by mx.{2} with ESMTPS id {3}\r\n"
        "        for <{4}>;\r\n        {5}\r\n",
        relay,
        relay_address(hop.from_provider),
        hop.to_provider.host_domain,
        random.alphanumeric(16),
        hop.to.str(),
        date(hop.filed_at)
    );
    const std::string submitted = fmt::format(
        "Received: from {} (client [127.0.0.1])\r\n        by {} with ESMTPSA id {};\r\n        "
        "{}\r\n",
        hop.ehlo_name,
        hop.from_provider.smtp.host,
        random.alphanumeric(12),
        date(hop.accepted_at)
    );
    return relayed + submitted;
}

}  // namespace

bool aligned(const Hop& hop) { return hop.header_from_domain == hop.from.domain(); }

std::string delivery_headers(const Hop& hop, base::Random& random) {
    const std::string dkim = hop.dkim_broken ? "fail" : "pass";
    const std::string dmarc = aligned(hop) ? "pass" : "fail";
    const std::string results = hop.to_provider.name == "outlook"
                                    ? results_outlook(hop, dkim, dmarc)
                                    : results_with_server(hop, dkim, dmarc, random);
    std::string out = "Return-Path: <" + hop.from.str() + ">\r\n";
    if (hop.to_provider.name != "outlook") out = "Delivered-To: " + hop.to.str() + "\r\n" + out;
    out += results;
    out += received(hop, random);
    return out;
}

}  // namespace sandbox
