// The word lists of data/campaign/*.txt that writing and review use, read once.
#pragma once
#include "inbound/phrases.h"
#include "inbound/word_lists.h"

namespace campaign {

const inbound::WordLists& greeting_words();  // greetings.txt
const inbound::Phrases& banned_phrases();    // banned_phrases.txt
const inbound::Phrases& model_leftovers();   // model_leftovers.txt
const inbound::WordSet& reply_prefixes();    // reply_prefixes.txt
// Legal forms of companies ("GmbH"), as they are written; strong: they mean nothing else.
const std::vector<std::string>& company_suffixes(bool strong);

// The first of `phrases` that stands in the text (any case), as the text has it; empty: none.
std::string phrase_in(const inbound::Phrases& phrases, std::string_view text);

// The words of a text, as it has them: letters with what joins them ("O'Brien", "Anne-Marie",
// "Booking.com"). Views into the text.
struct Word {
    std::string_view text;
    std::size_t at = 0;    // bytes in the text
    bool capital = false;  // it begins with a capital letter
    std::size_t end() const { return at + text.size(); }
};
std::vector<Word> words_with_places(std::string_view text);

}  // namespace campaign
