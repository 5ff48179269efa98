#include "api/unsubscribe_pages.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/check.h"
#include "base/embedded.h"
#include "base/text.h"

namespace api {

namespace {

constexpr std::size_t kLanguagesMax = 50;

std::string member(const boost::json::object& object, std::string_view name) {
    const boost::json::value* value = object.if_contains(name);
    return value == nullptr ? std::string() : std::string(value->as_string());
}

std::map<std::string, PageText, std::less<>> read_texts() {
    std::map<std::string, PageText, std::less<>> texts;
    const auto document = boost::json::parse(embedded::api("unsubscribe_pages.json"));
    for (const auto& [language, value] : document.as_object()) {
        const boost::json::object& object = value.as_object();
        PageText text{
            member(object, "title"),
            member(object, "ask"),
            member(object, "button"),
            member(object, "done"),
        };
        if (object.contains("direction")) text.direction = member(object, "direction");
        texts.emplace(language, std::move(text));
    }
    CHECK(texts.contains("en"));
    return texts;
}

// Our own texts; nothing of a stranger's gets into a page.
std::string escaped(std::string_view text) {
    std::string out = base::replace_all(std::string(text), "&", "&amp;");
    out = base::replace_all(std::move(out), "<", "&lt;");
    return base::replace_all(std::move(out), ">", "&gt;");
}

double weight_of(std::string_view parameters) {
    const std::string_view text = base::trim(parameters);
    if (text.empty()) return 1;
    if (!base::starts_with_ignoring_case(text, "q=")) return 0;
    double weight = 0;
    const auto [end, problem] = std::from_chars(text.data() + 2, text.data() + text.size(), weight);
    return problem == std::errc() && weight >= 0 && weight <= 1 ? weight : 0;
}

// Ours for "de-CH", "DE", "no"; "" where we have none.
std::string our_language(std::string_view range) {
    std::string language = base::to_lower(base::trim(range.substr(0, range.find('-'))));
    if (language == "no" || language == "nn") language = "nb";
    if (language == "iw") language = "he";
    return page_texts().contains(language) ? language : std::string();
}

void add_guards(net::ServerReply& reply) {
    reply.headers = {
        {"Content-Security-Policy",
         "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
        {"Cache-Control", "no-store"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Robots-Tag", "noindex, nofollow"},
    };
}

}  // namespace

const std::map<std::string, PageText, std::less<>>& page_texts() {
    static const auto texts = read_texts();
    return texts;
}

std::string choose_language(std::string_view accept_language) {
    std::string best = "en";
    double best_weight = 0;
    std::vector<std::string> ranges = base::split(accept_language, ',');
    if (ranges.size() > kLanguagesMax) ranges.resize(kLanguagesMax);
    for (const std::string& range : ranges) {
        const std::size_t semicolon = std::min(range.find(';'), range.size());
        const std::string language = our_language(std::string_view(range).substr(0, semicolon));
        const double weight = weight_of(range.substr(std::min(semicolon + 1, range.size())));
        if (language.empty() || weight <= best_weight) continue;
        best = language;
        best_weight = weight;
    }
    return best;
}

net::ServerReply unsubscribe_page(UnsubscribePage page, const std::string& language, int status) {
    const PageText& text = page_texts().find(language)->second;
    const std::string form = fmt::format(
        "<p>{}</p>\n<form method=\"post\">{}<button>{}</button></form>",
        escaped(text.ask),
        kUnsubscribeField,
        escaped(text.button)
    );
    const std::string done = fmt::format("<p>{}</p>", escaped(text.done));
    net::ServerReply reply;
    reply.status = status;
    reply.content_type = "text/html; charset=utf-8";
    reply.body = fmt::format(
        "<!doctype html>\n<html lang=\"{}\" dir=\"{}\">\n<head><meta charset=\"utf-8\">"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        "<title>{}</title></head>\n<body><main>\n<h1>{}</h1>\n{}\n</main></body>\n</html>\n",
        language,
        text.direction,
        escaped(text.title),
        escaped(text.title),
        page == UnsubscribePage::ask ? form : done
    );
    add_guards(reply);
    reply.headers.emplace_back("Content-Language", language);
    reply.headers.emplace_back("Vary", "Accept-Language");
    return reply;
}

net::ServerReply nothing_here() {
    net::ServerReply reply;
    reply.status = 404;
    reply.body = "There is nothing here.\n";
    add_guards(reply);
    return reply;
}

}  // namespace api
