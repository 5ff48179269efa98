// Any mail: mime::read_message, with GMime, charsets and HTML under it.
#include "base/check.h"
#include "base/text.h"
#include "mime/message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const mime::Message read = mime::read_message(bytes);
    CHECK(base::is_utf8(read.text) && base::is_utf8(read.html) && base::is_utf8(read.subject));
    CHECK(read.leaves.size() == read.parts.size());
    for (const mime::Address& address : read.from) CHECK(base::is_utf8(address.name));
    return 0;
}
