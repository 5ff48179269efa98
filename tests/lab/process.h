// A program that a lab test starts: in its own session, with a clean environment, and ended with
// it.
//
// Life cycle: `start` forks and executes; the destructor kills what still runs of the session and
// reaps it. The program also gets `signal_when_orphaned` when the test dies first
// (PR_SET_PDEATHSIG), so that a crashed or killed test leaves nothing running. Standard output and
// error go to files: nothing blocks on a full pipe, and they can be read after a failure. Errors:
// std::runtime_error where the program cannot be started. To be used from one thread.
#pragma once
#include <sys/types.h>
#include <csignal>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace lab {

using Limit = std::chrono::microseconds;

struct Command {
    std::vector<std::string> arguments;  // the first is the program's absolute path
    std::map<std::string, std::string> environment = {};  // besides PATH, LANG and TZ
    std::string folder = "/";                             // working directory
    std::string in = "/dev/null";
    std::string out = "/dev/null";
    std::string err = "/dev/null";
    int signal_when_orphaned = SIGKILL;  // 0: none
};

class Process {
  public:
    static Process start(const Command& command);
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    ~Process();

    // Also the id of its session and process group.
    pid_t pid() const { return pid_; }
    // True once it has ended; waits at most `limit` for that.
    bool await_exit(Limit limit);
    // The exit status, or 128 + the signal's number; only after await_exit gave true.
    int exit_code() const { return exit_code_; }
    void signal(int number) const;
    // Sends SIGTERM and waits for the whole session; what is left after `limit` is killed. True
    // where nothing had to be killed.
    bool stop(Limit limit);

  private:
    Process(pid_t pid, int handle) : pid_(pid), handle_(handle) {}

    pid_t pid_;
    int handle_;  // pidfd
    bool ended_ = false;
    int exit_code_ = -1;
    std::vector<pid_t> survivors_;  // of the session, when its first process ended
};

// Processes (no zombies) of a session.
std::vector<pid_t> members_of_session(pid_t session);
// Processes (no zombies, not this one) whose command line, environment or working directory names
// `folder`.
std::vector<pid_t> processes_of_folder(const std::string& folder);

// Asks `done` again and again until it says true or `limit` has passed: for what other processes do
// with files and sockets, which has no handle to wait on. Returns the last answer.
bool await(Limit limit, const std::function<bool()>& done);

// This machine's time in microseconds (UTC), by which real servers stamp what they keep.
std::int64_t real_micros();

// The whole file; empty where it cannot be read.
std::string read_file(const std::string& path);
// Throws std::runtime_error where it cannot be written.
void write_file(const std::string& path, const std::string& text);
// At most the last `lines` lines.
std::string tail(const std::string& text, std::size_t lines);

}  // namespace lab
