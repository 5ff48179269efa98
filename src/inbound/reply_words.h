// data/inbound/reply_words.txt, read once.
#pragma once
#include "inbound/word_lists.h"

namespace inbound {

const WordLists& reply_words();

}  // namespace inbound
