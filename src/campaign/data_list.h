// Lists of words from data/campaign/, compiled in: one a line, `#` starts a comment, the words
// after the first of a line are its value ("at the-domain free-mail").
#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace campaign {

using WordSet = std::set<std::string, std::less<>>;
using WordMap = std::map<std::string, std::string, std::less<>>;

// Of any text, for tests; the functions below read the compiled files.
WordMap read_word_map(std::string_view text);

// Read once, in lower case. A file that is not there is a bug (CHECK).
const WordSet& free_mail_domains();
const WordSet& disposable_domains();
const WordSet& role_names();
// ISO 3166-1 alpha-2 in upper case → since when and by which rule.
const WordMap& consent_first_countries();

}  // namespace campaign
