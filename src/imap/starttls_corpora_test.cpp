// Plays third-party material: hostile STARTTLS servers against the session, recorded dialogues
// against reader and parser. The sets lie outside the project; without them the tests are skipped.
#include <boost/json.hpp>
#include <cstdio>
#include <sstream>

#include "base/text.h"
#include "imap/parser_parts.h"
#include "imap/session.h"
#include "imap/test_corpora.h"

namespace imap {
namespace {

namespace json = boost::json;

std::string capability_name(const json::value& value) {
    if (value.is_object() && !value.get_object().empty()) {
        const auto& member = *value.get_object().begin();
        const std::string name = to_upper(innermost(member.value()));
        if (member.key() == "Other") return name;
        return to_upper(std::string_view(member.key())) + '=' + name;
    }
    const std::string name = to_upper(innermost(value));
    if (name == "LOGINREFERRALS") return "LOGIN-REFERRALS";
    if (name == "MAILBOXREFERRALS") return "MAILBOX-REFERRALS";
    if (name == "SASLIR") return "SASL-IR";
    return name;
}

std::vector<std::string> capability_names(const json::value* list) {
    // The greeting wraps its list twice more.
    while (list != nullptr && !list->is_null()) {
        if (list->is_object() && list->get_object().contains("NonEmptyVec"))
            list = &list->get_object().at("NonEmptyVec");
        else if (list->is_array() && list->get_array().size() == 1 &&
                 (list->get_array()[0].is_array() ||
                  (list->get_array()[0].is_object() &&
                   list->get_array()[0].get_object().contains("NonEmptyVec"))))
            list = &list->get_array()[0];
        else
            break;
    }
    std::vector<std::string> names;
    if (list != nullptr && list->is_array())
        for (const json::value& one : list->get_array()) names.push_back(capability_name(one));
    return names;
}

struct Case {
    std::string id;
    std::string greeting;  // whole lines
    std::string after_greeting;
    std::string after_tls;
    std::optional<std::string> starttls;             // "<tag>" in it is the command's tag
    std::optional<std::string> capability_override;  // the same, instead of CAPABILITY's answer
    bool transition = true;
    bool good_certificate = true;
    bool implicit = false;
    std::set<std::string> hidden;                          // answered with BAD
    std::set<std::string> ignored;                         // not answered
    std::set<std::string> refused;                         // answered with NO and a referral
    std::array<std::vector<std::string>, 4> capabilities;  // clear, tls, clear + login, tls + login
};

std::string greeting_of(const json::object& one) {
    if (const json::value* override_value = one.if_contains("override_response"))
        if (override_value->get_object().contains("greeting"))
            return text_of(override_value->get_object(), "greeting");
    const json::object& greeting = one.at("greeting").get_object();
    std::string line = "* " + to_upper(text_of(greeting, "kind"));
    const json::value& code = greeting.at("code");
    if (code.is_string()) line += " [" + to_upper(innermost(code)) + ']';
    if (code.is_object()) {
        const auto& member = *code.get_object().begin();
        std::string words = innermost(member.value());
        if (member.key() == "Capability")
            words = base::join(capability_names(&member.value()), " ");
        line += " [" + to_upper(std::string_view(member.key())) + ' ' + words + ']';
    }
    return line + ' ' + innermost(greeting.at("text")) + "\r\n";
}

std::set<std::string> names_of(const json::object& one, std::string_view key) {
    std::set<std::string> names;
    if (const json::value* list = one.if_contains(key); list != nullptr && list->is_array())
        for (const json::value& name : list->get_array()) names.insert(to_upper(innermost(name)));
    return names;
}

Case case_of(const json::object& line) {
    const json::object& one = line.at("case").get_object();
    Case out;
    out.id = text_of(line, "id");
    out.greeting = greeting_of(one);
    out.after_greeting = text_of(one, "response_after_greeting");
    out.after_tls = text_of(one, "response_after_tls");
    if (one.contains("starttls_response")) out.starttls = text_of(one, "starttls_response");
    if (const json::value* answers = one.if_contains("override_response"))
        if (answers->get_object().contains("capability"))
            out.capability_override = text_of(answers->get_object(), "capability");
    if (const json::value* transition = one.if_contains("starttls_transition"))
        out.transition = transition->get_bool();
    const std::string certificate =
        innermost(one.at("cert").get_object().at("Cert").get_object().at("crt_path"));
    out.good_certificate = certificate == "certs/example.org.pem";
    out.implicit = one.at("implicit_tls").get_bool();
    out.hidden = names_of(one, "hide_commands");
    out.ignored = names_of(one, "ignore_commands");
    constexpr std::array kLists{"caps", "caps_tls", "caps_auth", "caps_tls_auth"};
    for (std::size_t i = 0; i < kLists.size(); ++i)
        out.capabilities[i] = capability_names(one.if_contains(kLists[i]));
    return out;
}

// The text between the quotes of `key: Some("…")`, unescaped.
std::optional<std::string> some_text(std::string_view line, std::string_view key) {
    const std::string start = std::string(key) + ": Some(\"";
    if (!line.starts_with(start)) return std::nullopt;
    std::string out;
    for (std::size_t at = start.size(); at < line.size() && line[at] != '"'; ++at) {
        char byte = line[at];
        if (byte == '\\' && at + 1 < line.size()) {
            byte = line[++at];
            if (byte == 'r') byte = '\r';
            if (byte == 'n') byte = '\n';
        }
        out += byte;
    }
    return out;
}

// The set describes some cases as lines to put in by hand.
std::vector<Case> with_variants(const Case& base_case, const json::array& lines) {
    std::vector<Case> out{base_case};
    const auto variant = [&]() -> Case& {
        out.push_back(base_case);
        out.back().id += " variant " + std::to_string(out.size() - 1);
        return out.back();
    };
    Case with_mechanisms = base_case;
    Case with_referrals = base_case;
    for (const json::value& value : lines) {
        const std::string_view line = base::trim(std::string_view(value.get_string()));
        if (const auto text = some_text(line, "starttls_response")) variant().starttls = *text;
        if (const auto text = some_text(line, "response_after_greeting"))
            variant().after_greeting = *text;
        if (const auto text = some_text(line, "response_after_tls")) {
            if (out.size() == 1) variant();
            out.back().after_tls = *text;
        }
        if (line.starts_with("Auth(Other(Atom(\"")) {
            const std::string mechanism(line.substr(17, line.find('"', 17) - 17));
            for (auto& list : with_mechanisms.capabilities) list.push_back("AUTH=" + mechanism);
        }
        if (line.starts_with("override_")) {
            const std::string_view name = line.substr(9, line.find(':') - 9);
            with_referrals.refused.insert(to_upper(name));
        }
        if (line == "kind: No," || line == "kind: Bad,")
            variant().greeting = line == "kind: No," ? "* NO x\r\n" : "* BAD x\r\n";
        if (line.starts_with("tag: Some(Tag(inner:") && out.size() == 1 &&
            base_case.id.find("greeting") != std::string::npos)
            variant().greeting = "XYZ OK hi\r\n";
    }
    if (with_mechanisms.capabilities != base_case.capabilities) {
        with_mechanisms.id += " with mechanisms";
        out.push_back(with_mechanisms);
    }
    if (!with_referrals.refused.empty()) {
        with_referrals.id += " with referrals";
        out.push_back(with_referrals);
    }
    return out;
}

// What the server of a case says inside TLS, so that anything else is injected.
constexpr std::string_view kList = "* LIST () \"/\" INBOX\r\n";
constexpr std::string_view kSelect =
    "* 3 EXISTS\r\n* OK [UIDVALIDITY 42] ok\r\n* OK [UIDNEXT 8] ok\r\n";
constexpr std::string_view kSearch = "* SEARCH 7\r\n";
constexpr std::string_view kFetch = "* 1 FETCH (UID 7 BODY[] {4}\r\nreal)\r\n";

class FakeServer {
  public:
    explicit FakeServer(const Case& one) : case_(one), tls(one.implicit) {}

    std::string answer(const std::string& line) {
        const std::vector<std::string> words = base::split(base::trim(line), ' ');
        const std::string tag = words[0];
        std::string verb = words.size() > 1 ? to_upper(words[1]) : "";
        if (verb == "UID" && words.size() > 2) verb = to_upper(words[2]);
        if (case_.ignored.contains(verb)) return "";
        if (case_.hidden.contains(verb)) return tag + " BAD unknown command\r\n";
        if (case_.refused.contains(verb) || (verb == "EXAMINE" && case_.refused.contains("SELECT")))
            return tag +
                   " NO [REFERRAL imap://;AUTH=*@attacker.example.org:243/] try another "
                   "server.\r\n";
        return data(verb, tag) + final_line(verb, tag);
    }

    bool may_handshake() const {
        return case_.transition && case_.good_certificate && starttls_said_;
    }

  private:
    const Case& case_;
    bool logged_in_ = false;
    bool starttls_said_ = false;

    std::string data(const std::string& verb, const std::string& tag) {
        if (verb == "CAPABILITY" && case_.capability_override && !tls) {
            overridden_ = true;
            return base::replace_all(*case_.capability_override, "<tag>", tag);
        }
        if (verb == "CAPABILITY") {
            const std::size_t list = (tls ? 1U : 0U) + (logged_in_ ? 2U : 0U);
            return "* CAPABILITY " + base::join(case_.capabilities[list], " ") + "\r\n";
        }
        if (verb == "LIST") return std::string(kList);
        if (verb == "EXAMINE" || verb == "SELECT") return std::string(kSelect);
        if (verb == "SEARCH") return std::string(kSearch);
        if (verb == "FETCH") return std::string(kFetch);
        return "";
    }

    std::string final_line(const std::string& verb, const std::string& tag) {
        if (std::exchange(overridden_, false)) return "";
        if (verb == "STARTTLS") {
            starttls_said_ = true;
            return base::replace_all(case_.starttls.value_or("<tag> OK begin\r\n"), "<tag>", tag);
        }
        if (verb == "AUTHENTICATE" && !waits_) {
            waits_ = tag;
            return "+ \r\n";
        }
        if (verb == "LOGIN" || waits_) logged_in_ = true;
        return waits_ ? std::exchange(waits_, std::nullopt).value() + " OK in\r\n"
                      : tag + " OK done\r\n";
    }

    bool overridden_ = false;
    std::optional<std::string> waits_;

  public:
    bool tls;
};

struct Played {
    bool was_ready = false;
    bool ended = false;
    std::string in_clear;
    std::vector<Reply> replies;
    std::optional<base::Error> error;
    std::set<std::string> seen;  // of the capabilities that only clear text spoke of
};

Played play(const Case& one, std::size_t piece_bytes) {
    Played out;
    FakeServer server(one);
    Session session(
        {"me@example.com", "hunter2"},
        one.implicit ? net::Tls::implicit : net::Tls::starttls,
        one.implicit
    );
    std::string wire = one.greeting + one.after_greeting;
    std::vector<Command> commands{
        Logout{},
        FetchUids{"7", "UID BODY[]"},
        SearchUids{"ALL"},
        SelectFolder{"INBOX", true},
        ListFolders{}
    };
    for (int actions = 0; actions < 10'000 && !out.ended; ++actions) {
        const net::Action action = session.next();
        if (const auto* write = std::get_if<net::Write>(&action)) {
            if (!server.tls) out.in_clear += write->bytes;
            wire += server.answer(write->bytes);
            session.on_written();
        } else if (std::holds_alternative<net::Read>(action)) {
            const std::string piece = wire.substr(0, piece_bytes);
            wire.erase(0, piece.size());
            if (piece.empty())
                session.on_timeout();
            else
                session.on_bytes(piece);
        } else if (std::holds_alternative<net::StartTls>(action)) {
            // Clear bytes that still lie in the socket are no TLS record: a handshake fails on
            // them.
            if (!wire.empty() || !server.may_handshake()) {
                session.on_failure({base::ErrorCode::tls, "net.tls", "handshake failed", {}, 0, {}}
                );
                continue;
            }
            server.tls = true;
            session.on_tls_started();
            wire = one.after_tls;
        } else if (std::holds_alternative<net::Ready>(action)) {
            if (out.was_ready) {
                base::Result<Reply> reply = session.take_reply();
                if (reply) out.replies.push_back(std::move(*reply));
            }
            for (const std::string& name : one.capabilities[0])
                if (session.has(name)) out.seen.insert(name);
            out.was_ready = true;
            session.command(commands.back());
            commands.pop_back();
        } else {
            out.ended = true;
        }
    }
    out.error = session.error();
    return out;
}

// Whether an honest client gets in: TLS is offered, starts cleanly, and passwords are taken inside.
bool should_get_in(const Case& one) {
    const auto has = [](const std::vector<std::string>& list, std::string_view name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    const bool greeted = one.greeting.starts_with("* OK");
    const bool offered = has(one.capabilities[0], "STARTTLS") ||
                         (one.greeting.find("STARTTLS") != std::string::npos &&
                          one.greeting.find("[CAPABILITY") != std::string::npos);
    const bool hidden = one.hidden.contains("STARTTLS") || one.ignored.contains("STARTTLS") ||
                        one.capability_override;
    const std::string answer = one.starttls.value_or("<tag> OK x\r\n");
    const std::size_t tagged = answer.find("<tag> OK");
    const bool clean =
        tagged != std::string::npos && answer.find("\r\n", tagged) + 2 == answer.size();
    const bool password =
        !has(one.capabilities[1], "LOGINDISABLED") || has(one.capabilities[1], "AUTH=PLAIN");
    const bool refused = one.refused.contains("LOGIN") || one.refused.contains("AUTHENTICATE");
    return greeted && offered && !hidden && clean && one.transition && one.good_certificate &&
           password && !refused;
}

void expect_nothing_survived(const Case& one, const Played& played) {
    for (const Reply& reply : played.replies) {
        EXPECT_LE(reply.folders.size(), 1U);
        for (const Folder& folder : reply.folders) EXPECT_EQ(folder.name, "INBOX");
        for (const std::uint32_t uid : reply.uids) EXPECT_EQ(uid, 7U);
        EXPECT_TRUE(reply.selected.exists == 0 || reply.selected.exists == 3);
        EXPECT_TRUE(reply.selected.uidvalidity == 0 || reply.selected.uidvalidity == 42);
        EXPECT_LE(reply.fetched.size(), 1U);
        for (const Fetched& message : reply.fetched)
            EXPECT_EQ(message.sections.at("BODY[]"), "real");
    }
    std::set<std::string> inside(one.capabilities[3].begin(), one.capabilities[3].end());
    for (const std::string& name : played.seen) EXPECT_TRUE(inside.contains(name)) << name;
}

TEST(ImapCorpora, HostileStartTlsServersGetNoSecretAndLeaveNothing) {
    const std::filesystem::path path = corpora() / "starttls" / "cases.jsonl";
    if (corpora().empty())
        GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set: hostile servers not played";
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    const std::string token = sasl_plain("me@example.com", "hunter2");
    std::istringstream lines(read_file(path));
    int cases = 0;
    int plays = 0;
    int got_in = 0;
    for (std::string line; std::getline(lines, line);) {
        const json::value value = json::parse(line);
        if (text_of(value.get_object(), "proto") != "imap") continue;
        ++cases;
        const json::array none;
        const json::value* variants = value.get_object().if_contains("manual_variants");
        for (const Case& one : with_variants(
                 case_of(value.get_object()), variants != nullptr ? variants->get_array() : none
             )) {
            SCOPED_TRACE(one.id);
            for (const std::size_t piece_bytes : {std::size_t{1} << 20, std::size_t{1}}) {
                ++plays;
                const Played played = play(one, piece_bytes);
                EXPECT_TRUE(played.ended);
                EXPECT_EQ(played.was_ready, should_get_in(one))
                    << (played.error ? played.error->describe() : "no error");
                EXPECT_NE(played.was_ready && !played.error, played.error.has_value());
                got_in += played.was_ready;
                for (const std::string_view secret : {"hunter2", "LOGIN", "AUTHENTICATE"})
                    EXPECT_EQ(played.in_clear.find(secret), std::string::npos);
                EXPECT_EQ(played.in_clear.find(token), std::string::npos);
                expect_nothing_survived(one, played);
            }
        }
    }
    EXPECT_GT(cases, 0);
    std::printf(
        "imap starttls: %d cases, %d plays, %d logged in through TLS\n", cases, plays, got_in
    );
}

}  // namespace
}  // namespace imap
