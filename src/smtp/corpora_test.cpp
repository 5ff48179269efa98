// Plays third-party material against the session: hostile STARTTLS servers, recorded replies, and
// ends of data that lax servers take. The sets lie outside the project; without them the tests are
// skipped.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/random.h"
#include "base/text.h"
#include "smtp/client.h"
#include "smtp/data_block.h"
#include "smtp/test_server.h"

namespace smtp {
namespace {

namespace json = boost::json;

const base::MonotonicTime kLater{std::chrono::hours(1)};
const Credentials kCredentials{"ann@example.com", "s3cret-word"};

std::filesystem::path corpora() {
    const char* path = std::getenv("PILOTLIGHT_CORPORA");
    return path == nullptr ? "" : path;
}

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string to_upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return out;
}

// Every string of a nested value, such as [["Plain", {"Other": "X"}]].
void strings_of(const json::value& value, std::string& line) {
    if (value.is_string()) line += " " + std::string(value.get_string());
    if (value.is_array())
        for (const json::value& inner : value.get_array()) strings_of(inner, line);
    if (value.is_object())
        for (const auto& member : value.get_object()) strings_of(member.value(), line);
}

// "StartTLS" stands for itself, {"Auth": [["Plain"]]} is a keyword with parameters, and {"Other":
// "X"} is a keyword that upstream has no name for.
std::string keyword_of(const json::value& value) {
    if (value.is_string()) return to_upper(std::string_view(value.get_string()));
    if (!value.is_object() || value.get_object().empty()) return "";
    const auto& member = *value.get_object().begin();
    std::string line;
    if (member.key() != "Other") line = to_upper(std::string_view(member.key()));
    strings_of(member.value(), line);
    return std::string(base::trim(line));
}

std::vector<std::string> keywords_of(const json::object& one, const char* key) {
    std::vector<std::string> keywords;
    if (const json::value* list = one.if_contains(key); list != nullptr && list->is_array())
        for (const json::value& value : list->get_array()) keywords.push_back(keyword_of(value));
    return keywords;
}

const std::string* string_of(const json::object& one, const char* key, std::string& into) {
    const json::value* value = one.if_contains(key);
    if (value == nullptr || !value->is_string()) return nullptr;
    into = std::string(value->get_string());
    return &into;
}

std::set<std::string> verbs_of(const json::object& one, const char* key) {
    std::set<std::string> verbs;
    if (const json::value* list = one.if_contains(key); list != nullptr && list->is_array())
        for (const json::value& value : list->get_array())
            if (value.is_string()) verbs.insert(to_upper(std::string_view(value.get_string())));
    return verbs;
}

// Self-signed, expired and foreign certificates have names of their own; the good one is plain.
bool certificate_is_good(const json::object& one) {
    std::string path;
    if (const json::value* cert = one.if_contains("cert")) strings_of(*cert, path);
    return path.find("example.org.pem") != std::string::npos;
}

test::Script script_of(const json::object& one) {
    test::Script script;
    std::string text;
    if (string_of(one, "greeting", text)) script.greeting = text;
    script.keywords = keywords_of(one, "capabilities");
    script.keywords_tls = keywords_of(one, "capabilities_tls");
    if (const json::value* replies = one.if_contains("override_response"))
        for (const auto& member : replies->get_object())
            if (member.value().is_string())
                script.replies[to_upper(std::string_view(member.key()))] =
                    std::string(member.value().get_string());
    for (const std::string& verb : verbs_of(one, "hide_commands"))
        script.replies[verb] = "500 Syntax error, command unrecognized\r\n";
    for (const std::string& verb : verbs_of(one, "ignore_commands")) script.replies[verb] = "";
    for (const char* key : {"stls_response", "starttls_response"})
        if (string_of(one, key, text)) script.replies["STARTTLS"] = text;
    script.ignored_tls = verbs_of(one, "ignore_commands_tls");
    script.handshake_fails = !certificate_is_good(one);
    if (const json::value* made = one.if_contains("stls_make_transition"))
        script.handshake_fails = script.handshake_fails || (made->is_bool() && !made->get_bool());
    return script;
}

// A manual variant is a line of the case's own notation, `name: value,`, or prose.
std::optional<json::object> variant_of(const json::value& line, json::object one) {
    if (!line.is_string()) return std::nullopt;
    const std::string text(base::trim(std::string_view(line.get_string())));
    const std::size_t colon = text.find(": ");
    if (colon == std::string::npos || text.find(' ') < colon) return std::nullopt;
    std::string value = text.substr(colon + 2);
    if (value.ends_with(',')) value.pop_back();
    boost::system::error_code error;
    json::value parsed = json::parse(value, error);
    if (error) return std::nullopt;
    one[text.substr(0, colon)] = std::move(parsed);
    return one;
}

// The case itself, and it with each of its manual changes.
std::vector<json::object> variants_of(const json::object& row) {
    const json::object& one = row.at("case").as_object();
    std::vector<json::object> variants = {one};
    const json::value* lines = row.if_contains("manual_variants");
    if (lines == nullptr || !lines->is_array()) return variants;
    for (const json::value& line : lines->get_array())
        if (std::optional<json::object> variant = variant_of(line, one))
            variants.push_back(std::move(*variant));
    return variants;
}

// True where everything the client said in clear could be read by anyone without harm.
bool harmless(const std::string& clear_bytes) {
    for (const std::string& line : base::split(clear_bytes, '\n')) {
        const std::string verb(base::trim(line.substr(0, line.find(' '))));
        const bool known = verb.empty() || verb == "EHLO" || verb == "STARTTLS" || verb == "QUIT";
        if (!known) return false;
    }
    return true;
}

void play(const test::Script& script, net::Tls tls, std::size_t read_bytes_max) {
    test::TestDialer dialer(script, {}, read_bytes_max);
    test::TestClock clock;
    base::Result<std::unique_ptr<Client>> client = test::run(Client::connect(
        dialer, clock, {"mx.example.com", 587, tls}, {"[192.0.2.1]", kCredentials}, kLater
    ));
    EXPECT_TRUE(harmless(dialer.server->clear_bytes())) << dialer.server->clear_bytes();
    const auto answer = script.replies.find("STARTTLS");
    const bool injects = answer != script.replies.end() && answer->second.starts_with("220") &&
                         answer->second.find('\n') + 1 < answer->second.size();
    if (injects && tls == net::Tls::starttls) EXPECT_FALSE(client.has_value());
    if (!client) {
        EXPECT_FALSE(client.error().message.empty());
        EXPECT_EQ(client.error().describe().find(kCredentials.password), std::string::npos);
        return;
    }
    EXPECT_TRUE(dialer.server->encrypted()) << "ready without TLS";
    const Envelope envelope{
        base::Email::parse("ann@example.com").value(), base::Email::parse("ben@example.org").value()
    };
    const Client::BeforeDot allow = []() -> base::Task<base::Result<>> {
        co_return base::Result<>{};
    };
    const SendResult result = test::run((*client)->send(envelope, "hi\r\n", allow, kLater));
    const bool arrived = !dialer.server->messages().empty();
    EXPECT_TRUE(arrived || result.outcome != Outcome::accepted);
    EXPECT_TRUE(
        !arrived || result.outcome == Outcome::accepted || result.outcome == Outcome::in_doubt
    );
    test::run((*client)->quit(kLater));
    EXPECT_FALSE((*client)->usable());
}

TEST(Corpora, HostileStarttlsServersGetNothingSecret) {
    const std::filesystem::path file = corpora() / "starttls/cases.jsonl";
    if (corpora().empty() || !std::filesystem::exists(file))
        GTEST_SKIP() << "set PILOTLIGHT_CORPORA to play the STARTTLS cases";
    std::size_t cases = 0;
    std::size_t runs = 0;
    for (const std::string& line : base::split(read_file(file), '\n')) {
        if (base::trim(line).empty()) continue;
        const json::object row = json::parse(line).as_object();
        if (row.at("proto").as_string() != "smtp") continue;
        SCOPED_TRACE(std::string(row.at("id").as_string()));
        ++cases;
        for (const json::object& variant : variants_of(row)) {
            const test::Script script = script_of(variant);
            for (const net::Tls tls : {net::Tls::starttls, net::Tls::implicit}) {
                for (const std::size_t read_bytes_max : {1U, 3U, 8192U}) {
                    play(script, tls, read_bytes_max);
                    ++runs;
                }
            }
        }
    }
    EXPECT_GE(cases, 30U);
    RecordProperty("runs", static_cast<int>(runs));
}

// The good server of the set must work, or the test above could pass by refusing everything.
TEST(Corpora, TheSetsOwnGoodServerIsServed) {
    const std::filesystem::path file = corpora() / "starttls/cases.jsonl";
    if (corpora().empty() || !std::filesystem::exists(file))
        GTEST_SKIP() << "set PILOTLIGHT_CORPORA to play the STARTTLS cases";
    bool found = false;
    for (const std::string& line : base::split(read_file(file), '\n')) {
        if (line.find("testcases/smtp/setup.ron") == std::string::npos) continue;
        found = true;
        const json::object row = json::parse(line).as_object();
        test::TestDialer dialer(script_of(row.at("case").as_object()));
        test::TestClock clock;
        const base::Result<std::unique_ptr<Client>> client = test::run(Client::connect(
            dialer,
            clock,
            {"mx.example.com", 587, net::Tls::starttls},
            {"[192.0.2.1]", kCredentials},
            kLater
        ));
        EXPECT_TRUE(client.has_value()) << client.error().describe();
        EXPECT_EQ(dialer.server->count("AUTH"), 1U);
    }
    EXPECT_TRUE(found);
}

std::vector<std::string> recorded_replies() {
    std::vector<std::filesystem::path> paths;
    const std::filesystem::path folder = corpora() / "transcripts/smtp";
    if (corpora().empty() || !std::filesystem::exists(folder)) return {};
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (entry.path().extension() == ".txt") paths.push_back(entry.path());
    std::ranges::sort(paths);
    std::vector<std::string> replies;
    for (const std::filesystem::path& path : paths) replies.push_back(read_file(path));
    return replies;
}

TEST(Corpora, RecordedRepliesAreRead) {
    const std::vector<std::string> files = recorded_replies();
    if (files.empty()) GTEST_SKIP() << "set PILOTLIGHT_CORPORA to read the recorded replies";
    for (const std::string& file : files) {
        for (const std::size_t step : {std::size_t{1}, std::size_t{5}, file.size()}) {
            ReplyParser parser;
            std::size_t replies = 0;
            for (std::size_t at = 0; at < file.size(); at += step) {
                std::string_view piece = std::string_view(file).substr(at, step);
                while (!piece.empty()) {
                    const base::Result<std::size_t> eaten = parser.eat(piece);
                    ASSERT_TRUE(eaten.has_value()) << file << eaten.error().describe();
                    piece.remove_prefix(*eaten);
                    if (!parser.complete()) continue;
                    const Reply reply = parser.take(Command::mail);
                    EXPECT_TRUE(reply.code >= 200 && reply.code < 600);
                    ++replies;
                }
            }
            EXPECT_TRUE(parser.idle()) << file;
            EXPECT_GE(replies, 1U) << file;
        }
    }
}

// Recorded replies in any order: the session always ends or waits for an order, and never logs in
// in clear.
TEST(Corpora, RecordedRepliesInAnyOrderAreSurvived) {
    const std::vector<std::string> files = recorded_replies();
    if (files.empty()) GTEST_SKIP() << "set PILOTLIGHT_CORPORA to play the recorded replies";
    base::SeededRandom random(7);
    std::size_t logins = 0;
    for (int round = 0; round < 20000; ++round) {
        Session session({"[192.0.2.1]", kCredentials}, net::Tls::starttls, false);
        bool clear = true;
        for (int step = 0; step < 60 && !session.ready(); ++step) {
            const net::Action action = session.next();
            if (std::holds_alternative<net::Done>(action)) break;
            if (const auto* write = std::get_if<net::Write>(&action)) {
                ASSERT_TRUE(!clear || harmless(write->bytes)) << write->bytes;
                session.on_written();
            } else if (std::holds_alternative<net::StartTls>(action)) {
                session.on_tls_started();
                clear = false;
            } else {
                session.on_bytes(random.pick(files));
            }
        }
        logins += session.state() == State::ready || session.state() == State::auth_plain ? 1 : 0;
        ASSERT_TRUE(!session.ready() || !clear);
    }
    RecordProperty("logins", static_cast<int>(logins));
}

// As whoever composes a message repairs its text: every CR, LF and CRLF becomes CRLF, NUL vanishes.
std::string repaired(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\0') continue;
        const bool line_end = text[i] == '\r' || text[i] == '\n';
        if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') ++i;
        out += line_end ? "\r\n" : std::string(1, text[i]);
    }
    return out;
}

TEST(Corpora, EndOfDataSequencesLeaveOneEndOnTheWire) {
    const std::filesystem::path file = corpora() / "smtp-smuggling/eod-sequences.json";
    if (corpora().empty() || !std::filesystem::exists(file))
        GTEST_SKIP() << "set PILOTLIGHT_CORPORA to try the smuggling sequences";
    const json::value set = json::parse(read_file(file));
    std::vector<std::string> sequences;
    for (const json::value& value : set.at("sequences").as_array())
        sequences.emplace_back(value.as_string());
    ASSERT_FALSE(sequences.empty());
    const std::string smuggled =
        "MAIL FROM:<eve@example.com>\r\nRCPT TO:<x@example.com>\r\nDATA\r\n";
    for (const std::string& sequence : sequences) {
        for (const std::string& body :
             {sequence,
              "text" + sequence,
              "text\r\n" + sequence + smuggled,
              sequence + sequence,
              sequence + smuggled + "\r\n"}) {
            const base::Result<DataBlock> raw = make_data_block(body);
            if (!raw) EXPECT_EQ(raw.error().code, base::ErrorCode::invalid_input);
            const base::Result<DataBlock> mended = make_data_block(repaired(body));
            ASSERT_TRUE(mended.has_value());
            for (const auto* block : {&raw, &mended}) {
                if (!block->has_value()) continue;
                const std::string wire = "\r\n" + (*block)->bytes + ".\r\n";
                // Whatever a server takes for the end of data, it meets none before the real one.
                const std::size_t end = wire.size() - 5;
                EXPECT_EQ(wire.find("\r\n.\r\n"), end);
                for (const std::string& other : sequences)
                    EXPECT_GE(wire.find(other), end) << ::testing::PrintToString(wire);
            }
        }
    }
}

}  // namespace
}  // namespace smtp
