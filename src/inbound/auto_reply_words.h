// data/inbound/auto_reply.txt, read once.
#pragma once
#include "inbound/word_lists.h"

namespace inbound {

const WordLists& auto_reply_words();

}  // namespace inbound
