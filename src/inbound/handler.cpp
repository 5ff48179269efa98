#include "inbound/handler.h"

namespace inbound {

// Most sides have none.
base::Task<base::Result<>> Handler::after_look(
    imap::Client&, std::vector<imap::Folder>, base::MonotonicTime
) {
    co_return base::Result<>();
}

}  // namespace inbound
