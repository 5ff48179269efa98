// A provider's submission server (RFC 5321, 6409, 4954, 3207, 1870, 2920) as a ServerSession.
//
// One per connection: EHLO → STARTTLS → EHLO → AUTH (PLAIN, LOGIN, or by token) → (MAIL RCPT DATA)*
// → QUIT. It is strict where a client could go wrong: bare LF, commands sent ahead where PIPELINING
// was not offered, input before TLS, mail from another's address. Limits: command line 4 KiB, text
// line 1 MiB, 100 recipients, the provider's message size, three refused logins.
#pragma once
#include "sandbox/post_office.h"
#include "sandbox/server_session.h"

namespace sandbox {

class SmtpServer final : public ServerSession {
  public:
    SmtpServer(PostOffice& office, const Provider& provider);

    ServerAnswer greet() override;
    ServerAnswer on_bytes(std::string_view bytes) override;
    void on_tls() override;
    std::string on_idle() override;
    base::Duration idle_limit() const override { return std::chrono::minutes(5); }

  private:
    enum class State {
        command,
        auth_plain,
        auth_user,
        auth_password,
        auth_token,
        auth_refused,
        data
    };

    void on_line(const std::string& line);
    void on_command(const std::string& line);
    void on_ehlo(std::string_view argument, bool extended);
    void on_starttls();
    void on_auth(std::string_view argument);
    void on_auth_line(const std::string& line);
    void on_mail(std::string_view argument);
    bool mail_parameters_fit(const std::vector<std::string>& parameters);
    void on_rcpt(std::string_view argument);
    void on_data();
    void on_text_line(std::string_view line);
    void on_dot();
    void log_in(std::string_view login, std::string_view password);
    void plain(std::string_view base64);
    void token(std::string_view base64);
    void end_login(const PostOffice::Login& result);
    void refuse_login();
    void reset();
    void say(std::string line) { out_.bytes += line + "\r\n"; }
    void close_after(std::string line);
    bool offers(std::string_view keyword) const;

    PostOffice& office_;
    const Provider& provider_;
    Account* account_ = nullptr;
    State state_ = State::command;
    bool encrypted_;
    bool greeted_ = false;
    int refused_logins_ = 0;
    std::string ehlo_name_;
    std::string auth_user_;
    std::string auth_mechanism_;  // of a login by token
    std::string buffer_;
    bool has_sender_ = false;
    std::vector<base::Email> recipients_;
    std::string text_;
    bool text_too_big_ = false;
    bool text_has_bare_ends_ = false;
    ServerAnswer out_;
};

}  // namespace sandbox
