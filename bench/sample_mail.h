// Mail to measure with: plain English of a given length, no two texts equal.
#pragma once
#include <cstdint>
#include <string>

#include "mime/compose.h"

namespace bench {

// Paragraphs of about `bytes` bytes; `number` makes the text unlike all others.
std::string sample_text(std::size_t number, std::size_t bytes);
// The same as simple HTML.
std::string sample_html(const std::string& text);

// A message of multipart/alternative: about 1 kB where `body_bytes` is 80, 2.3 kB (what
// `smtp-source -l 2048` sends) where it is kBodyBytes.
mime::Outgoing sample_mail(std::size_t number, std::size_t body_bytes);
inline constexpr std::size_t kBodyBytes = 680;

}  // namespace bench
