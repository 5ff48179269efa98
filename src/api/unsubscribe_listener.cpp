#include "api/unsubscribe_listener.h"

#include "base/log.h"
#include "base/text.h"

namespace api {

namespace {

constexpr std::string_view kField = "List-Unsubscribe";
constexpr std::string_view kValue = "One-Click";

// A multipart form (RFC 7578): the part of our name, and what stands in it. Part borders need no
// care, since the value itself is compared.
bool part_says_so(std::string_view body) {
    for (const std::string_view form : {"name=\"List-Unsubscribe\"", "name=List-Unsubscribe\r\n"}) {
        const std::size_t name = body.find(form);
        if (name == std::string_view::npos) continue;
        const std::size_t blank = body.find("\r\n\r\n", name + form.size() - 2);
        if (blank == std::string_view::npos) continue;
        const std::string_view value = body.substr(blank + 4);
        if (base::equals_ignoring_case(base::trim(value.substr(0, value.find("\r\n"))), kValue))
            return true;
    }
    return false;
}

bool pair_says_so(std::string_view body) {
    for (const std::string& pair : base::split(body, '&')) {
        const std::size_t equals = pair.find('=');
        if (equals == std::string::npos) continue;
        const std::string value = base::replace_all(pair.substr(equals + 1), "%2D", "-");
        const std::string name = base::replace_all(pair.substr(0, equals), "%2D", "-");
        if (base::equals_ignoring_case(base::trim(name), kField) &&
            base::equals_ignoring_case(base::trim(value), kValue))
            return true;
    }
    return false;
}

}  // namespace

std::string_view token_of(std::string_view target) {
    constexpr std::string_view kPath = "/u/";
    if (!target.starts_with(kPath)) return {};
    return target.substr(kPath.size(), target.find('?') - kPath.size());
}

bool is_one_click(std::string_view content_type, std::string_view body) {
    if (base::starts_with_ignoring_case(content_type, "multipart/form-data"))
        return part_says_so(body);
    return pair_says_so(body);
}

UnsubscribeListener::UnsubscribeListener(Parts parts) : parts_(std::move(parts)) {}

base::Task<net::ServerReply> UnsubscribeListener::answer(net::ServerRequest request) {
    const std::string_view token = token_of(request.target);
    const std::optional<campaign::UnsubscribeClaim> claim = parts_.key.read_token(token);
    if (!claim) co_return nothing_here();
    const std::string language = choose_language(request.header("Accept-Language"));
    if (request.method != "POST") co_return unsubscribe_page(UnsubscribePage::ask, language, 200);
    if (!is_one_click(request.header("Content-Type"), request.body))
        co_return unsubscribe_page(UnsubscribePage::ask, language, 400);
    const campaign::Unsubscription unsubscription =
        campaign::unsubscription_of(*claim, parts_.vault);
    const base::Timestamp now = parts_.clock.now();
    const bool news = co_await parts_.db.run(
        store::Role::campaign,
        [unsubscription, now](store::Connection& connection) {
            return campaign::unsubscribe(connection, unsubscription, now);
        }
    );
    if (news) base::log::info("unsubscribe", "a recipient of campaign {} left", claim->campaign_id);
    co_return unsubscribe_page(UnsubscribePage::done, language, 200);
}

}  // namespace api
