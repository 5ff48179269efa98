// A text written by hand, with merge fields and variations:
//
//   {{first_name}}          the lead's value; without one the text is not written
//   {{first_name|there}}    with a fallback (empty where nothing follows the bar)
//   {Hi|Hello|Good {morning|day}}   one of these, drawn anew for each lead; may be nested
//   \{ \} \| \\              the characters themselves
//
// Strict: what is not closed, not known or has no value is an error that names the place, and never
// becomes text. Values are put in as they are and not read again. Limits: 64 KiB, 10 levels.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "campaign/merge_fields.h"

namespace campaign {

// How values become part of the text.
enum class TextKind { plain, html };

class TextTemplate {
  public:
    // invalid_input says what is wrong and where (line and column).
    static base::Result<TextTemplate> parse(std::string_view text);

    // invalid_input names the field that has no value.
    base::Result<std::string> render(
        const MergeFields& fields, base::Random& random, TextKind kind = TextKind::plain
    ) const;

    // Every field that any variation names, in order of their first place.
    std::vector<std::string> fields() const;
    // How many texts it can make, at most 10^9.
    std::int64_t variations() const;

    struct Node;

  private:
    std::shared_ptr<const Node> root_;
};

// The values are escaped for HTML text and attributes.
std::string escape_html(std::string_view text);

// Chance that is the same for a lead and a text, so that a preview shows what will be sent.
base::SeededRandom chance_of(std::int64_t lead_id, std::int64_t text_id);

}  // namespace campaign
