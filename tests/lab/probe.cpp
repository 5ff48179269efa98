#include "tests/lab/probe.h"

#include <stdexcept>

namespace lab {

Answer probe(
    const MailServers& servers, std::vector<std::string> arguments, const std::string& message
) {
    const std::string base = servers.folder() + "/probe";
    write_file(base + ".in", message);
    arguments.insert(
        arguments.begin(), {"/usr/bin/python3", PILOTLIGHT_SOURCE_DIR "/tests/lab/mail_probe.py"}
    );
    Process process = Process::start(
        {.arguments = arguments, .in = base + ".in", .out = base + ".out", .err = base + ".err"}
    );
    const bool ended = process.await_exit(std::chrono::seconds(60));
    return {ended ? process.exit_code() : -1, read_file(base + ".out") + read_file(base + ".err")};
}

std::string token_server_url(const MailServers& servers, const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(servers.port("token")) + "/" + path;
}

std::string token_control(const MailServers& servers, std::vector<std::string> form) {
    std::vector<std::string> arguments = {"post", token_server_url(servers, "control")};
    arguments.insert(arguments.end(), form.begin(), form.end());
    const Answer answer = probe(servers, arguments);
    if (answer.exit_code != 0) throw std::runtime_error("the token server: " + answer.words);
    return answer.words;
}

}  // namespace lab
