#include "mime/authentication.h"

#include <algorithm>
#include <set>
#include <vector>

#include "base/text.h"

namespace mime {

namespace {

constexpr std::size_t kValueMax = 64 * 1024;
constexpr std::size_t kResultMax = 32;

// The pieces between semicolons, comments left out; quoted strings may hold semicolons and
// brackets.
std::vector<std::string> statements_of(std::string_view value) {
    std::vector<std::string> statements(1);
    int depth = 0;
    bool in_quotes = false;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const char c = value[at];
        const bool escaped = c == '\\' && (in_quotes || depth > 0) && at + 1 < value.size();
        if (escaped) {
            ++at;
            if (depth == 0) statements.back() += value[at];
        } else if (depth > 0) {
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        } else if (c == '"') {
            in_quotes = !in_quotes;
            statements.back() += c;
        } else if (in_quotes) {
            statements.back() += c;
        } else if (c == '(') {
            ++depth;
            statements.back() += ' ';
        } else if (c == ';') {
            statements.emplace_back();
        } else {
            statements.back() += c;
        }
    }
    return statements;
}

bool is_keyword(std::string_view text) {
    for (const char c : text) {
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
        if (!fits) return false;
    }
    return !text.empty() && text.size() <= kResultMax;
}

struct MethodResult {
    std::string method;
    std::string result;
};

// "method [/ version] = result …" (RFC 8601 section 2.2, methodspec).
std::optional<MethodResult> read_statement(std::string_view statement) {
    const std::size_t equals = statement.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    std::string_view method = base::trim(statement.substr(0, equals));
    method = base::trim(method.substr(0, method.find('/')));
    const std::string_view rest = base::trim(statement.substr(equals + 1));
    const std::string_view result = rest.substr(0, rest.find_first_of(" \t\r\n"));
    MethodResult read{base::to_lower(method), base::to_lower(result)};
    if (!is_keyword(read.method) || !is_keyword(read.result)) return std::nullopt;
    return read;
}

void keep_first(std::optional<std::string>& slot, const std::string& result) {
    if (!slot) slot = result;
}

// The part before the first semicolon without a version, in lower case; empty where that part is a
// result already (RFC 8601 section 2.2).
std::string authserv_id(std::string_view value) {
    const std::string first = statements_of(value.substr(0, kValueMax)).front();
    if (first.find('=') != std::string::npos) return {};
    const std::string_view id = base::trim(first);
    return base::to_lower(id.substr(0, id.find_first_of(" \t\r\n")));
}

bool is_below(std::string_view name, std::string_view domain) {
    if (domain.empty() || !name.ends_with(domain)) return false;
    return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

// The host after "by" in the topmost Received header (RFC 5321 section 4.4), in lower case; empty
// where it is no host name.
std::string receiving_host(const Message& message) {
    std::string said = statements_of(message.header("Received").substr(0, kValueMax)).front();
    std::ranges::replace(said, '\t', ' ');
    bool after_by = false;
    for (const std::string& word : base::split(said, ' ')) {
        if (word.empty()) continue;
        if (after_by) {
            const std::string host = base::to_lower(word);
            const bool is_name = std::ranges::all_of(host, [](char c) {
                return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
            });
            const bool has_letter =
                std::ranges::any_of(host, [](char c) { return c >= 'a' && c <= 'z'; });
            return is_name && has_letter ? host : std::string();
        }
        after_by = base::equals_ignoring_case(word, "by");
    }
    return {};
}

// What `more` says where nothing was said yet.
void complete(Authentication& verdicts, const Authentication& more) {
    for (const auto slot :
         {&Authentication::spf, &Authentication::dkim, &Authentication::dmarc, &Authentication::arc
         })
        if (!(verdicts.*slot)) verdicts.*slot = more.*slot;
}

}  // namespace

Authentication parse_authentication_results(std::string_view value) {
    Authentication verdicts;
    // The first piece is the authserv-id, which has no '=': a result there has none before it.
    for (const std::string& statement : statements_of(value.substr(0, kValueMax))) {
        const auto read = read_statement(statement);
        if (!read) continue;
        if (read->method == "spf") keep_first(verdicts.spf, read->result);
        if (read->method == "dmarc") keep_first(verdicts.dmarc, read->result);
        if (read->method == "arc") keep_first(verdicts.arc, read->result);
        if (read->method != "dkim") continue;
        if (!verdicts.dkim || read->result == "pass") verdicts.dkim = read->result;
    }
    return verdicts;
}

Authentication authentication_of(const Message& message) {
    return parse_authentication_results(message.header("Authentication-Results"));
}

Authentication authentication_of(const Message& message, const AuthenticationServers& servers) {
    Authentication verdicts;
    std::set<std::string> heard;
    const std::string receiver = receiving_host(message);
    bool topmost = true;
    for (const auto& [name, value] : message.headers) {
        if (!base::equals_ignoring_case(name, "Authentication-Results")) continue;
        const std::string id = authserv_id(value);
        const bool named = std::ranges::any_of(servers.domains, [&](const std::string& domain) {
            return is_below(id, domain);
        });
        const bool received_it = !receiver.empty() && id == receiver;
        const bool counts = named || received_it || (id.empty() && servers.unnamed && topmost);
        topmost = false;
        if (counts && heard.insert(id).second)
            complete(verdicts, parse_authentication_results(value));
    }
    return verdicts;
}

}  // namespace mime
