// A transcript that a net::Session has to follow, played without streams, loop or clock.
//
//   const Dialogue login = Dialogue()
//       .server("220 hi\r\n").within(std::chrono::minutes(5))
//       .client("EHLO [127.0.0.1]\r\n")
//       .server("250-x\r\n250 STARTTLS\r\n").client("STARTTLS\r\n").server("220 go\r\n").tls()
//       .ready<smtp::Session>([](smtp::Session& session) { session.quit(); })
//       .client("QUIT\r\n").closes().done();
//   EXPECT_EQ(login.run(session), "");           // or what went otherwise, and at which step
//   EXPECT_EQ(login.run_bytewise(session), "");  // every server() one byte at a time
//
// `fail_at_each_step` plays it again and again on fresh sessions and lets every read, write and
// handshake fail in turn, each way; the session must not ask for I/O after that, then `check`
// looks.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "net/session.h"

namespace support {

// What was done to the session instead of what the transcript says.
struct Failure {
    enum class Kind { closed, timed_out, network };
    std::size_t operation = 0;  // counts reads, writes and handshakes from 0
    Kind kind = Kind::closed;
    std::string at;  // the operation: `write "EHLO x\r\n"`, `read`, `tls`
    // "operation 3, write "QUIT\r\n": timed_out", for SCOPED_TRACE.
    std::string str() const;
};

class Dialogue {
  public:
    using Call = std::function<void(net::Session&)>;

    // The next bytes the server sends, handed over as one piece at a Read or Wait.
    Dialogue& server(std::string bytes);
    // What the session has to write; neighbouring client() steps may come as one Write or many.
    Dialogue& client(std::string bytes);
    // A handshake.
    Dialogue& tls();
    // A Barrier of this name; then `call` (default: session.resume()).
    Dialogue& barrier(std::string name, Call call = {});
    // Ready; then `call` gives the next command, if any.
    Dialogue& ready(Call call = {});
    template <class S>
    Dialogue& ready(std::function<void(S&)> call) {
        return ready([call](net::Session& session) { call(static_cast<S&>(session)); });
    }
    // At a Read or Wait: the server closes in order, is silent too long, or resets the connection.
    Dialogue& closes();
    Dialogue& silent();
    Dialogue& resets();
    // At a Wait: time is up, or somebody asks.
    Dialogue& wakes(net::Wake wake);
    // The session is over.
    Dialogue& done();
    // The step before has to be asked for with this timeout.
    Dialogue& within(base::Duration timeout);

    // Plays it. Empty where all went as written and the session answers the last step's action;
    // else one line that names the step, what was expected and what came.
    [[nodiscard]] std::string run(net::Session& session) const;
    [[nodiscard]] std::string run_bytewise(net::Session& session) const;

    // `make()` gives a fresh std::unique_ptr<S>, S a net::Session; `check(S&, const Failure&)` is
    // called after each failure. Returns as run(); also not empty where the session goes on with
    // I/O.
    template <class Make, class Check>
    [[nodiscard]] std::string fail_at_each_step(Make make, Check check) const {
        const std::vector<Failure> failures = plan_failures(*make());
        if (failures.empty()) return "the transcript cannot be played to its end";
        for (const Failure& failure : failures) {
            auto session = make();
            std::string problem = run_with(*session, failure);
            if (!problem.empty()) return failure.str() + ": " + problem;
            check(*session, failure);
        }
        return {};
    }

  private:
    struct Step {
        enum class Kind {
            server,
            client,
            tls,
            barrier,
            ready,
            closes,
            silent,
            resets,
            wakes,
            done
        };
        Kind kind;
        std::string text;
        Call call;
        std::optional<base::Duration> timeout;
        net::Wake wake = net::Wake::time;
    };
    friend class Player;

    Dialogue& add(Step::Kind kind, std::string text = {}, Call call = {});
    std::vector<Failure> plan_failures(net::Session& session) const;
    std::string run_with(net::Session& session, const Failure& failure) const;

    std::vector<Step> steps_;
};

// Calls `feed` with the whole input, with both halves of every cut, and with single bytes.
void for_each_split(
    std::string_view input, const std::function<void(const std::vector<std::string_view>&)>& feed
);

}  // namespace support
