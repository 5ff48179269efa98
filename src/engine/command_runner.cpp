#include "engine/command_runner.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

namespace engine {

namespace {

constexpr base::Duration kLook = std::chrono::milliseconds(10);
constexpr int kReadsAtOnce = 32;  // then all else has its turn

std::unexpected<base::Error> failed(base::ErrorCode code, const std::string& words) {
    return base::fail(code, "command", words);
}

// A child and the pipe that holds its standard output; ended and reaped with the object.
class Child {
  public:
    Child() = default;
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (pid_ > 0) {
            ::kill(-pid_, SIGKILL);
            int ignored = 0;
            while (::waitpid(pid_, &ignored, 0) < 0 && errno == EINTR) {
            }
        }
        if (pipe_ >= 0) ::close(pipe_);
    }

    base::Result<> start(const std::vector<std::string>& command);
    // Reads what is there, at most kReadsAtOnce pieces; output beyond the limit is read and
    // dropped, so that it can end.
    void read(std::string& output, std::size_t output_max);
    // The exit status, once it has ended.
    std::optional<int> ended();

  private:
    pid_t pid_ = -1;
    int pipe_ = -1;
};

std::vector<std::string> small_environment() {
    return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

base::Result<> Child::start(const std::vector<std::string>& command) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
        return failed(base::ErrorCode::limit_exceeded, "no pipe is left for " + command.front());
    pipe_ = ends[0];
    ::fcntl(pipe_, F_SETFL, O_NONBLOCK);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    // A group of its own, so that what it starts ends with it; default signals, since ours ignores
    // SIGPIPE.
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    std::vector<std::string> arguments = command;
    std::vector<std::string> variables = small_environment();
    pid_t pid = -1;
    const int problem = ::posix_spawn(
        &pid,
        command.front().c_str(),
        &actions,
        &attributes,
        pointers(arguments).data(),
        pointers(variables).data()
    );
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(ends[1]);
    if (problem == ENOENT)
        return failed(base::ErrorCode::not_found, "there is no program " + command.front());
    if (problem != 0)
        return failed(
            base::ErrorCode::permission, command.front() + " does not start: is it executable?"
        );
    pid_ = pid;
    return {};
}

void Child::read(std::string& output, std::size_t output_max) {
    char bytes[4096];
    for (int i = 0; i < kReadsAtOnce; ++i) {
        const ssize_t count = ::read(pipe_, bytes, sizeof bytes);
        if (count <= 0) return;
        const std::size_t room = output_max - std::min(output_max, output.size());
        output.append(bytes, std::min(room, static_cast<std::size_t>(count)));
    }
}

std::optional<int> Child::ended() {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    ::kill(-pid_, SIGKILL);  // what it left running
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

base::Task<base::Result<CommandOutcome>> run_command(
    base::Clock& clock, std::vector<std::string> command, CommandLimits limits
) {
    Child child;
    const base::Result<> started = child.start(command);
    if (!started) co_return base::pass_on(started);
    CommandOutcome outcome;
    const base::MonotonicTime deadline = clock.in(limits.patience);
    while (true) {
        child.read(outcome.output, limits.output_max);
        if (const auto status = child.ended()) {
            child.read(outcome.output, limits.output_max);
            outcome.exit_status = *status;
            co_return outcome;
        }
        if (clock.monotonic() >= deadline)
            co_return failed(base::ErrorCode::timed_out, command.front() + " did not end in time");
        co_await clock.sleep_until(clock.in(kLook));
    }
}

}  // namespace engine
