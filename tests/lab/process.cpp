#include "tests/lab/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "base/text.h"

namespace lab {

namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kKillLimit = std::chrono::seconds(10);

// glibc 2.36 declares pidfd_open without extern "C", which does not link from C++.
int open_pidfd(pid_t pid) { return static_cast<int>(syscall(SYS_pidfd_open, pid, 0)); }

// What the child does between fork and exec: system calls only.
[[noreturn]] void become(
    const Command& command, char* const* arguments, char* const* environment, pid_t parent
) {
    setsid();
    prctl(PR_SET_PDEATHSIG, command.signal_when_orphaned);
    const int in = open(command.in.c_str(), O_RDONLY | O_CLOEXEC);
    const int out = open(command.out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const int err = open(command.err.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    const bool ready = in >= 0 && out >= 0 && err >= 0 && chdir(command.folder.c_str()) == 0 &&
                       dup2(in, 0) == 0 && dup2(out, 1) == 1 && dup2(err, 2) == 2;
    // The test may have ended between fork and prctl.
    if (!ready || getppid() != parent) _exit(126);
    // CLOEXEC, because a server must not keep the test's files open.
    if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0) _exit(126);
    execve(arguments[0], arguments, environment);
    _exit(127);
}

std::vector<std::string> clean_environment(const std::map<std::string, std::string>& added) {
    std::map<std::string, std::string> all = {
        {"PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        {"LANG", "C.UTF-8"},
        {"TZ", "UTC"},
    };
    // A sanitized binary is told by its caller how to report.
    for (const char* name : {"ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"})
        if (const char* value = std::getenv(name)) all[name] = value;
    for (const auto& [name, value] : added) all[name] = value;
    std::vector<std::string> lines;
    for (const auto& [name, value] : all) lines.push_back(name + "=" + value);
    return lines;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

bool readable_within(int handle, Limit limit) {
    const Clock::time_point end = Clock::now() + limit;
    for (;;) {
        const auto left = std::max(Clock::duration::zero(), end - Clock::now());
        const auto nanos = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
        const timespec wait{nanos / 1'000'000'000, nanos % 1'000'000'000};
        pollfd entry{handle, POLLIN, 0};
        const int count = ppoll(&entry, 1, &wait, nullptr);
        if (count > 0) return true;
        if (count == 0) return false;
        if (errno != EINTR) throw std::runtime_error(std::string("ppoll: ") + std::strerror(errno));
    }
}

std::vector<pid_t> all_processes() {
    std::vector<pid_t> out;
    DIR* folder = opendir("/proc");
    if (folder == nullptr) throw std::runtime_error("/proc cannot be read");
    while (const dirent* entry = readdir(folder))
        if (const auto pid = base::parse_int(entry->d_name))
            out.push_back(static_cast<pid_t>(*pid));
    closedir(folder);
    return out;
}

struct Stat {
    char state = 'Z';
    pid_t session = 0;
};

// Fields 3 and 6 of /proc/PID/stat; the name before them may hold blanks and brackets.
Stat stat_of(pid_t pid) {
    const std::string text = read_file("/proc/" + std::to_string(pid) + "/stat");
    const std::size_t end = text.rfind(')');
    Stat out;
    if (end == std::string::npos) return out;
    std::istringstream fields(text.substr(end + 1));
    pid_t parent = 0;
    pid_t group = 0;
    fields >> out.state >> parent >> group >> out.session;
    return out;
}

bool await_end_of(pid_t pid, Limit limit) {
    const int handle = open_pidfd(pid);
    if (handle < 0) return true;
    const bool ended = readable_within(handle, limit);
    close(handle);
    return ended;
}

}  // namespace

Process Process::start(const Command& command) {
    std::vector<std::string> argument_texts = command.arguments;
    std::vector<std::string> environment_texts = clean_environment(command.environment);
    const std::vector<char*> arguments = pointers(argument_texts);
    const std::vector<char*> environment = pointers(environment_texts);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    if (pid == 0) become(command, arguments.data(), environment.data(), parent);
    const int handle = open_pidfd(pid);
    if (handle < 0) {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
        throw std::runtime_error(std::string("pidfd_open: ") + std::strerror(errno));
    }
    return {pid, handle};
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      handle_(std::exchange(other.handle_, -1)),
      ended_(other.ended_),
      exit_code_(other.exit_code_),
      survivors_(std::move(other.survivors_)) {}

Process::~Process() {
    if (pid_ < 0) return;
    stop(Limit::zero());
    close(handle_);
}

bool Process::await_exit(Limit limit) {
    if (ended_) return true;
    if (!readable_within(handle_, limit)) return false;
    // Looked up before the reaping: until then the session's number cannot become another's.
    survivors_ = members_of_session(pid_);
    int status = 0;
    if (waitpid(pid_, &status, 0) != pid_) throw std::runtime_error("waitpid lost a child");
    ended_ = true;
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return true;
}

void Process::signal(int number) const {
    // Never after it was reaped: the number may be another process's by then.
    if (!ended_) kill(pid_, number);
}

bool Process::stop(Limit limit) {
    const Clock::time_point end = Clock::now() + limit;
    const auto left = [&] {
        return std::chrono::duration_cast<Limit>(
            std::max(Clock::duration::zero(), end - Clock::now())
        );
    };
    bool gently = true;
    signal(SIGTERM);
    if (!await_exit(left())) {
        gently = false;
        signal(SIGKILL);
        await_exit(kKillLimit);
    }
    for (const pid_t member : survivors_) {
        if (await_end_of(member, left()) || stat_of(member).session != pid_) continue;
        gently = false;
        kill(member, SIGKILL);
        await_end_of(member, kKillLimit);
    }
    survivors_.clear();
    return gently;
}

std::vector<pid_t> members_of_session(pid_t session) {
    std::vector<pid_t> out;
    for (const pid_t pid : all_processes()) {
        const Stat stat = stat_of(pid);
        if (stat.session == session && stat.state != 'Z') out.push_back(pid);
    }
    return out;
}

std::vector<pid_t> processes_of_folder(const std::string& folder) {
    std::vector<pid_t> out;
    for (const pid_t pid : all_processes()) {
        if (pid == getpid() || stat_of(pid).state == 'Z') continue;
        const std::string base = "/proc/" + std::to_string(pid);
        char place[4096];
        const ssize_t size = readlink((base + "/cwd").c_str(), place, sizeof place);
        std::string words = read_file(base + "/cmdline") + '\n' + read_file(base + "/environ");
        if (size > 0) words += '\n' + std::string(place, static_cast<std::size_t>(size));
        if (words.contains(folder)) out.push_back(pid);
    }
    return out;
}

bool await(Limit limit, const std::function<bool()>& done) {
    const Clock::time_point end = Clock::now() + limit;
    while (!done()) {
        if (Clock::now() >= end) return done();
        poll(nullptr, 0, 10);
    }
    return true;
}

std::int64_t real_micros() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    if (in) out << in.rdbuf();
    return out.str();
}

void write_file(const std::string& path, const std::string& text) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) throw std::runtime_error(path + " cannot be written");
}

std::string tail(const std::string& text, std::size_t lines) {
    std::size_t start = text.size();
    if (text.ends_with('\n')) --start;
    for (; lines > 0 && start != std::string::npos && start > 0; --lines)
        start = text.rfind('\n', start - 1);
    if (start == std::string::npos || start == 0) return text;
    return text.substr(start + 1);
}

}  // namespace lab
