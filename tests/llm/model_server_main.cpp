// model_server: a stand-in for Groq on 127.0.0.1, for end-to-end tests of the whole program.
//
//   model_server [--status N]
//
// Prints its port on standard output as the first line, then serves until SIGTERM, SIGINT or the
// end of the process that started it. Answers plausibly, or always with HTTP status N. Each request
// is printed as one line of JSON, {"line", "authorization": "present" or "none", "body"}, so that a
// test can see what the model was told.
#include <unistd.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <cstdio>

#include "base/text.h"
#include "tests/llm/scripted_model_server.h"

namespace {

void print_new_requests(const support::ScriptedModelServer& server, std::size_t& printed) {
    const auto requests = server.requests();
    for (; printed < requests.size(); ++printed) {
        const boost::json::object line = {
            {"line", requests[printed].line},
            {"authorization", requests[printed].header("authorization").empty() ? "none" : "present"
            },
            {"body", requests[printed].body},
        };
        std::puts(boost::json::serialize(line).c_str());
    }
    std::fflush(stdout);
}

// False where the arguments are wrong.
bool read_arguments(int count, char** arguments, support::ScriptedModelServer& server) {
    if (count == 1) return true;
    if (count != 3 || std::string_view(arguments[1]) != "--status") return false;
    const auto status = base::parse_int(arguments[2]);
    if (!status || *status < 100 || *status > 599) return false;
    support::ScriptedAnswer always;
    always.status = static_cast<int>(*status);
    server.answer_always(always);
    return true;
}

// Waits a moment; false when it is time to end.
bool goes_on(const sigset_t& ends, pid_t parent) {
    const timespec moment = {0, 100'000'000};
    return sigtimedwait(&ends, nullptr, &moment) < 0 && getppid() == parent;
}

}  // namespace

int main(int count, char** arguments) {
    const pid_t parent = getppid();
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    // Before the first thread starts, so that none of them is ended by a signal.
    sigprocmask(SIG_BLOCK, &ends, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
    support::ScriptedModelServer server;
    if (!read_arguments(count, arguments, server)) {
        std::fputs("usage: model_server [--status N], with N from 100 to 599\n", stderr);
        return 2;
    }
    std::printf("%d\n", server.port());
    std::fflush(stdout);
    std::size_t printed = 0;
    while (goes_on(ends, parent)) print_new_requests(server, printed);
    print_new_requests(server, printed);
    return 0;
}
