// Plays third-party cases of hostile STARTTLS servers against the session. The set lies outside the
// project; without it the test is skipped.
#include <cstdio>
#include <sstream>

#include "base/text.h"
#include "imap/parser_parts.h"
#include "imap/session.h"
#include "imap/test_starttls_cases.h"

namespace imap {
namespace {

namespace json = boost::json;

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

// A session and the server of a case, with the bytes between them.
class Play {
  public:
    Play(const Case& one, std::size_t piece_bytes)
        : case_(one),
          piece_bytes_(piece_bytes),
          server_(one),
          session_(
              {"me@example.com", "hunter2"},
              one.implicit ? net::Tls::implicit : net::Tls::starttls,
              one.implicit
          ),
          wire_(one.greeting + one.after_greeting) {}

    Played run() {
        for (int actions = 0; actions < 10'000 && !out_.ended; ++actions) step(session_.next());
        out_.error = session_.error();
        return std::move(out_);
    }

  private:
    void step(const net::Action& action) {
        if (const auto* write = std::get_if<net::Write>(&action)) {
            if (!server_.tls) out_.in_clear += write->bytes;
            wire_ += server_.answer(write->bytes);
            session_.on_written();
        } else if (std::holds_alternative<net::Read>(action)) {
            read();
        } else if (std::holds_alternative<net::StartTls>(action)) {
            shake_hands();
        } else if (std::holds_alternative<net::Ready>(action)) {
            give_command();
        } else {
            out_.ended = true;
        }
    }

    void read() {
        const std::string piece = wire_.substr(0, piece_bytes_);
        wire_.erase(0, piece.size());
        if (piece.empty()) return session_.on_timeout();
        session_.on_bytes(piece);
    }

    // Clear bytes that still lie in the socket are no TLS record: a handshake fails on them.
    void shake_hands() {
        if (!wire_.empty() || !server_.may_handshake())
            return session_.on_failure({base::ErrorCode::tls, "net.tls", "no handshake", {}, 0, {}}
            );
        server_.tls = true;
        session_.on_tls_started();
        wire_ = case_.after_tls;
    }

    void give_command() {
        if (out_.was_ready) {
            base::Result<Reply> reply = session_.take_reply();
            if (reply) out_.replies.push_back(std::move(*reply));
        }
        for (const std::string& name : case_.capabilities[0])
            if (session_.has(name)) out_.seen.insert(name);
        out_.was_ready = true;
        session_.command(commands_.back());
        commands_.pop_back();
    }

    const Case& case_;
    std::size_t piece_bytes_;
    FakeServer server_;
    Session session_;
    std::string wire_;
    std::vector<Command> commands_{
        Logout{},
        FetchUids{"7", "UID BODY[]"},
        SearchUids{"ALL"},
        SelectFolder{"INBOX", true},
        ListFolders{}
    };
    Played out_;
};

// Lines that a client has to skip, and no others.
bool only_untagged_data(const std::string& text) {
    for (const std::string& line : base::split(text, '\n'))
        if (!line.empty() && (!line.starts_with("* ") || line.find("PREAUTH") != std::string::npos))
            return false;
    return true;
}

// Whether an honest client gets in: TLS is offered, starts cleanly, and passwords are taken inside.
// Nothing where both is right.
std::optional<bool> should_get_in(const Case& one) {
    const auto has = [](const std::vector<std::string>& list, std::string_view name) {
        return std::find(list.begin(), list.end(), name) != list.end();
    };
    if (one.implicit) return std::nullopt;
    const std::string answer = one.starttls.value_or("<tag> OK x\r\n");
    const std::size_t tagged = answer.find("<tag> OK");
    const bool clean =
        tagged != std::string::npos && answer.find("\r\n", tagged) + 2 == answer.size();
    const bool offered = has(one.capabilities[0], "STARTTLS") ||
                         (one.greeting.find("STARTTLS") != std::string::npos &&
                          one.greeting.find("[CAPABILITY") != std::string::npos);
    bool answered = !one.capability_override;
    for (const std::string_view verb : {"STARTTLS", "CAPABILITY", "LOGIN", "AUTHENTICATE"})
        for (const auto* names : {&one.hidden, &one.ignored, &one.refused})
            answered = answered && !names->contains(std::string(verb));
    const bool password =
        !has(one.capabilities[1], "LOGINDISABLED") || has(one.capabilities[1], "AUTH=PLAIN");
    if (!one.greeting.starts_with("* OK") || !offered || !answered || !clean || !one.transition ||
        !one.good_certificate || !password)
        return false;
    if (!only_untagged_data(one.after_greeting) || !only_untagged_data(answer.substr(0, tagged)))
        return std::nullopt;
    return true;
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

void expect_safe(const Case& one, const Played& played) {
    EXPECT_TRUE(played.ended);
    EXPECT_EQ(played.was_ready, should_get_in(one).value_or(played.was_ready))
        << (played.error ? played.error->describe() : "no error");
    EXPECT_TRUE(played.was_ready || played.error.has_value());
    const std::string token = sasl_plain("me@example.com", "hunter2");
    for (const std::string_view secret : {"hunter2", "LOGIN", "AUTHENTICATE", token.c_str()})
        EXPECT_EQ(played.in_clear.find(secret), std::string::npos);
    expect_nothing_survived(one, played);
}

TEST(ImapCorpora, HostileStartTlsServersGetNoSecretAndLeaveNothing) {
    const std::filesystem::path path = corpora() / "starttls" / "cases.jsonl";
    if (corpora().empty())
        GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set: hostile servers not played";
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
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
                const Played played = Play(one, piece_bytes).run();
                expect_safe(one, played);
                got_in += played.was_ready;
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
