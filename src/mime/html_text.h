// HTML reduced to the text a person reads: tags out, entities decoded, script, style, head,
// comments and hidden elements left out, blocks on lines of their own, blanks as a browser shows
// them.
//
// Not a sanitizer: the result is plain text and must be escaped where it becomes HTML again. `html`
// is UTF-8. Linear; never fails, never recurses; stops after `bytes_max` bytes of text.
#pragma once
#include <string>
#include <string_view>

namespace mime {

std::string html_to_text(std::string_view html, std::size_t bytes_max = 1 << 20);
// The same with "> " before the lines of a blockquote, which is how mail programs quote.
std::string html_to_quoted_text(std::string_view html, std::size_t bytes_max = 1 << 20);

// The other way for our own mail: escaped, paragraphs at blank lines, <br> at line ends. `text` is
// UTF-8 with any line ends.
std::string text_to_html(std::string_view text);

}  // namespace mime
