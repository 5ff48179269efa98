#include "inbound/auto_reply_words.h"

#include "base/embedded.h"

namespace inbound {

const WordLists& auto_reply_words() {
    static const WordLists words(embedded::inbound("auto_reply.txt"));
    return words;
}

}  // namespace inbound
