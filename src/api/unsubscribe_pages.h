// The pages that whoever unsubscribes in a browser sees: plain HTML without script, style or
// anything loaded, in the reader's language (data/api/unsubscribe_pages.json). They show nothing
// that was sent to us. Pure functions.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "net/server_message.h"

namespace api {

struct PageText {
    std::string title;
    std::string ask;     // above the button
    std::string button;  // it posts
    std::string done;
    std::string direction = "ltr";
};

// By language (ISO 639-1); compiled in. English is always there.
const std::map<std::string, PageText, std::less<>>& page_texts();

// The language among ours that an Accept-Language header (RFC 9110 section 12.5.4) likes best; of
// several it likes the same, the first; "en" where it likes none.
std::string choose_language(std::string_view accept_language);

// Stands in every page that asks, whatever its language: the words of RFC 8058, so that the button
// is taken as the mail programs' click is. By it `campaign start` knows our page from another's.
inline constexpr std::string_view kUnsubscribeField =
    "<input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">";

enum class UnsubscribePage { ask, done };
net::ServerReply unsubscribe_page(UnsubscribePage page, const std::string& language, int status);

// To everything that is no unsubscribe link of ours, in one and the same way.
net::ServerReply nothing_here();

}  // namespace api
