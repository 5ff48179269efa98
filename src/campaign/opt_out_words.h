// The visible way out of every campaign mail: a sentence in the campaign's language and the postal
// address. Sentences are data (data/campaign/opt_out.txt); a test shows that inbound understands
// the answer that each of them asks for.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "campaign/settings.h"

namespace campaign {

// By ISO 639-1 code ("pt-BR" is Portuguese); nothing for a language we have none of.
std::optional<std::string> opt_out_sentence(std::string_view language);
// The answer that this sentence asks for.
std::optional<std::string> opt_out_answer(std::string_view language);
std::vector<std::string> opt_out_languages();

// The body with opt-out sentence and postal address at its end; a body that ends with them is
// given back as it is. invalid_input: no postal address, a language without a sentence.
base::Result<std::string> append_footer(std::string_view body, const Settings& settings);
// The same for HTML, escaped, before </body> where there is one.
base::Result<std::string> append_html_footer(std::string_view html, const Settings& settings);
// The body without that footer.
std::string without_footer(std::string_view body, const Settings& settings);

}  // namespace campaign
