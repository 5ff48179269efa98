// Under which names mail servers report on deliveries. Pure.
#pragma once
#include <string_view>

namespace inbound {

// Whether the value of a From field, not decoded, names a mail server, by its display name or by
// the part before the @. A field that names nobody is a server's too.
bool is_daemon(std::string_view from);

}  // namespace inbound
