// Logins by OAuth2 with the program itself, against a provider on the loopback: the three ways,
// what the program says when a login has ended, and where tokens must never stand.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "net/asio_loop.h"
#include "net/curl_http_client.h"
#include "net/loopback_server.h"
#include "tests/e2e/program.h"
#include "tests/lab/secret_forms.h"
#include "tests/oauth/identity_provider.h"
#include "tests/support/temporary_folder.h"

namespace e2e {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kClientSecret = "client-secret-planted-77";

// One HTTP request of a connection, given to the provider.
void serve(int fd, support::IdentityProvider& provider) {
    const std::string head = net::receive_until(fd, "\r\n\r\n");
    const std::size_t target = head.find('/');
    const std::string path = head.substr(target, head.find(' ', target) - target);
    const std::string lower = base::to_lower(head);
    const std::size_t length_at = lower.find("content-length: ");
    const std::size_t length =
        length_at == std::string::npos ? 0 : std::stoul(lower.substr(length_at + 16));
    std::string body(length, '\0');
    if (::recv(fd, body.data(), length, MSG_WAITALL) != static_cast<ssize_t>(length)) return;
    const net::HttpResponse response = provider.answer(path, body);
    net::send_text(
        fd,
        fmt::format(
            "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
            "close\r\n\r\n{}",
            response.status,
            response.body.size(),
            response.body
        )
    );
}

class OAuth : public Program {
  protected:
    void SetUp() override {
        must({"init"});
        const std::string url = fmt::format("http://127.0.0.1:{}", server_.port());
        edit(
            "pilotlight.toml",
            "[oauth.google]\n",
            fmt::format(
                "[oauth.google]\nclient_id = \"client\"\nauthorize_url = \"{0}/auth\"\n"
                "token_url = \"{0}/token\"\n",
                url
            )
        );
        edit(
            "pilotlight.toml",
            "[oauth.microsoft]\n",
            fmt::format(
                "[oauth.microsoft]\nclient_id = \"client\"\nauthorize_url = \"{0}/auth\"\n"
                "device_url = \"{0}/device\"\ntoken_url = \"{0}/token\"\n",
                url
            )
        );
        for (const char* provider : {"gmail", "outlook"})
            edit(
                "pilotlight.toml",
                fmt::format("[provider.{}]\n", provider),
                fmt::format(
                    "[provider.{}]\nsmtp_host = \"127.0.0.1\"\nsmtp_port = 1\n"
                    "imap_host = \"127.0.0.1\"\nimap_port = 1\n",
                    provider
                )
            );
        environment["GOOGLE_CLIENT_SECRET"] = kClientSecret;
    }

    void add(const std::string& email, const std::string& provider) {
        must(
            {"mailbox",
             "add",
             email,
             "--role",
             "seed",
             "--provider",
             provider,
             "--oauth",
             "--accept-policy"}
        );
    }
    boost::json::object listed(const std::string& email) {
        const auto document = boost::json::parse(json({"mailbox", "list"}));
        for (const auto& one : document.at("mailboxes").as_array())
            if (one.at("email").as_string() == email) return one.as_object();
        ADD_FAILURE() << email << " is not listed";
        return {};
    }
    // Waits until the program has said where the browser should go, and goes there: the address
    // that the provider sends it back to.
    std::string redirect() {
        const bool shown = lab::await(seconds(30), [this] {
            const std::size_t at = said().find("/auth?");
            return at != std::string::npos && said().find('\n', at) != std::string::npos;
        });
        EXPECT_TRUE(shown) << said();
        const std::string text = said();
        const std::size_t query = text.find("/auth?") + 6;
        const net::HttpResponse sent =
            provider_.answer("/auth", text.substr(query, text.find('\n', query) - query));
        EXPECT_EQ(sent.status, 302) << sent.body;
        return sent.header("location");
    }
    // What the browser shows.
    std::string visit(const std::string& url) {
        net::AsioLoop loop;
        net::CurlHttpClient http(loop, {});
        net::HttpRequest request;
        request.url = url;
        request.allow_private_addresses = true;
        const auto response = base::run_to_end(loop, http.send(std::move(request)));
        EXPECT_TRUE(response) << response.error().describe();
        return response ? response->body : "";
    }
    // Nothing that the provider handed out, nor the client's secret, was printed or lies in a file.
    void expect_no_secret_shown() const {
        std::vector<std::string> secrets = provider_.secrets();
        secrets.emplace_back(kClientSecret);
        for (const std::string& secret : secrets)
            for (const std::string& form : lab::forms_of(secret)) {
                EXPECT_EQ(printed().find(form), std::string::npos) << form;
                for (const std::string& file : files())
                    EXPECT_EQ(text(file).find(form), std::string::npos) << form << " in " << file;
            }
    }

    static support::IdentityProvider::Settings settings() {
        support::IdentityProvider::Settings made;
        made.interval_s = 1;
        return made;
    }
    support::IdentityProvider provider_{settings()};
    net::LoopbackServer server_{[this](int fd) { serve(fd, provider_); }};
};

}  // namespace

TEST_F(OAuth, GoogleByABrowserOnThisMachine) {
    add("ann@example.com", "gmail");
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "paused");
    EXPECT_THAT(
        std::string(listed("ann@example.com").at("status_reason").as_string()),
        HasSubstr("pilotlight mailbox authorize ann@example.com")
    );
    lab::Process login = begin({"--verbose", "mailbox", "authorize", "ann@example.com"});
    const std::string back = redirect();
    // Somebody else's address does not end the login.
    EXPECT_THAT(visit(back.substr(0, back.find('?')) + "/?code=x&state=y"), HasSubstr("nothing"));
    EXPECT_THAT(visit(back), HasSubstr("has the login"));
    const Outcome outcome = end(login);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "active");
    EXPECT_EQ(listed("ann@example.com").at("login_method").as_string(), "oauth2");
    EXPECT_EQ(provider_.requests(), 1);
    expect_no_secret_shown();
}

TEST_F(OAuth, GoogleByAPastedAddress) {
    add("ann@example.com", "gmail");
    const support::TemporaryFolder folder;
    const std::string line = folder.file("line");
    ASSERT_EQ(::mkfifo(line.c_str(), 0600), 0);
    const int pipe = ::open(line.c_str(), O_RDWR | O_CLOEXEC);
    const auto paste = [&](const std::function<std::string(std::string)>& change) {
        lab::Process login = begin({"mailbox", "authorize", "ann@example.com", "--paste"}, line);
        const std::string address = change(redirect()) + "\n";
        EXPECT_EQ(
            ::write(pipe, address.data(), address.size()), static_cast<ssize_t>(address.size())
        );
        return end(login);
    };
    const Outcome wrong = paste([](std::string) { return "http://127.0.0.1/?code=x&state=y"; });
    EXPECT_EQ(wrong.exit_code, 2);
    EXPECT_THAT(wrong.err, HasSubstr("another login"));
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "paused");
    const Outcome right = paste([](std::string address) { return address; });
    EXPECT_EQ(right.exit_code, 0) << right.err;
    EXPECT_EQ(listed("ann@example.com").at("status").as_string(), "active");
    ::close(pipe);
    expect_no_secret_shown();
}

TEST_F(OAuth, MicrosoftByACode) {
    add("bob@example.org", "outlook");
    provider_.approve_after(1);
    const auto document =
        boost::json::parse(json({"mailbox", "authorize", "bob@example.org"})).as_object();
    EXPECT_EQ(document.at("issuer").as_string(), "microsoft");
    EXPECT_TRUE(document.at("warning").is_null());
    EXPECT_THAT(printed(), HasSubstr("WDJB-MJHT"));
    EXPECT_EQ(provider_.requests(), 2);
    EXPECT_EQ(listed("bob@example.org").at("status").as_string(), "active");
    expect_no_secret_shown();
}

TEST_F(OAuth, WhatIsMissingIsSaidBeforeAnythingIsTried) {
    add("ann@example.com", "gmail");
    environment.erase("GOOGLE_CLIENT_SECRET");
    const Outcome secret = run({"mailbox", "authorize", "ann@example.com"});
    EXPECT_EQ(secret.exit_code, 2);
    EXPECT_THAT(secret.err, HasSubstr("GOOGLE_CLIENT_SECRET"));
    const Outcome device = run({"mailbox", "authorize", "ann@example.com", "--device", "--paste"});
    EXPECT_EQ(device.exit_code, 2);
    const Outcome zoho = run(
        {"mailbox",
         "add",
         "zoe@example.com",
         "--role",
         "seed",
         "--provider",
         "zoho",
         "--oauth",
         "--accept-policy"}
    );
    EXPECT_EQ(zoho.exit_code, 2);
    EXPECT_THAT(zoho.err, HasSubstr("--oauth"));
    EXPECT_EQ(provider_.requests(), 0);
}

// Nobody can reach the mail servers here; the token is asked for before.
TEST_F(OAuth, ATokenThatHasEndedIsRenewedOnTheWay) {
    add("bob@example.org", "outlook");
    must({"mailbox", "authorize", "bob@example.org"});
    edit_store("UPDATE mailbox_tokens SET refresh_from = 0, access_expires_at = 0");
    for (int i = 0; i < 2; ++i)
        EXPECT_EQ(run({"--verbose", "mailbox", "check", "bob@example.org"}).exit_code, 1);
    EXPECT_EQ(provider_.exchanges(), 1);
    EXPECT_EQ(listed("bob@example.org").at("status").as_string(), "active");
    expect_no_secret_shown();
}

TEST_F(OAuth, ALoginThatHasEndedPausesTheMailboxAndNamesTheMend) {
    add("bob@example.org", "outlook");
    must({"mailbox", "authorize", "bob@example.org"});
    edit_store("UPDATE mailbox_tokens SET refresh_from = 0, access_expires_at = 0");
    provider_.withdraw();
    for (int i = 0; i < 2; ++i) {
        const Outcome check = run({"mailbox", "check", "bob@example.org"});
        EXPECT_EQ(check.exit_code, 1);
        EXPECT_THAT(check.out, HasSubstr("pilotlight mailbox authorize bob@example.org"));
    }
    EXPECT_EQ(provider_.refused(), 1);
    EXPECT_EQ(listed("bob@example.org").at("status").as_string(), "paused");
    must({"mailbox", "authorize", "bob@example.org"});
    EXPECT_EQ(listed("bob@example.org").at("status").as_string(), "active");
    expect_no_secret_shown();
}

}  // namespace e2e
