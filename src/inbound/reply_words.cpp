#include "inbound/reply_words.h"

#include "base/embedded.h"

namespace inbound {

const WordLists& reply_words() {
    static const WordLists words(embedded::inbound("reply_words.txt"));
    return words;
}

}  // namespace inbound
