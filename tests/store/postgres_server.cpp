#include "tests/store/postgres_server.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace tests {
namespace {

const std::string kBinaries = "/usr/lib/postgresql/15/bin/";
constexpr const char* kAdmin = "test_admin";
constexpr const char* kPassword = "only-for-tests";

// Who runs the server: PostgreSQL refuses root.
const passwd* unprivileged() {
    const passwd* user = ::getpwnam("postgres");
    return user ? user : ::getpwnam("nobody");
}

[[noreturn]] void become(
    const std::vector<std::string>& command, const std::string& folder, const passwd* user
) {
    const int log = ::open((folder + "/log").c_str(), O_CREAT | O_APPEND | O_WRONLY, 0666);
    ::dup2(log, 1);
    ::dup2(log, 2);
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                 ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (::chdir(folder.c_str()) != 0) ::_exit(126);
    std::vector<char*> arguments;
    for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

int start(const std::vector<std::string>& command, const std::string& folder) {
    const passwd* user = ::geteuid() == 0 ? unprivileged() : nullptr;
    const int child = ::fork();
    if (child == 0) become(command, folder, user);
    return child;
}

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

[[noreturn]] void failed(const std::string& what, const std::string& folder) {
    throw std::runtime_error(what + ":\n" + read_file(folder + "/log"));
}

using Link = std::unique_ptr<PGconn, decltype(&PQfinish)>;

}  // namespace

std::string PostgresServer::why_missing() {
    if (::access((kBinaries + "initdb").c_str(), X_OK) != 0)
        return "PostgreSQL tests skipped: no " + kBinaries +
               "initdb (Debian package postgresql-15)";
    if (::geteuid() == 0 && !unprivileged())
        return "PostgreSQL tests skipped: no unprivileged user to run it";
    return {};
}

PostgresServer* PostgresServer::shared() {
    if (!why_missing().empty()) return nullptr;
    static const std::unique_ptr<PostgresServer> server(new PostgresServer);
    return server.get();
}

PostgresServer::PostgresServer() {
    std::string pattern = "/tmp/pilotlight-pg-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    if (::geteuid() == 0) {
        const passwd* user = unprivileged();
        if (::chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) failed("chown", folder_);
    }
    initialize();
    launch();
}

PostgresServer::~PostgresServer() {
    if (process_ > 0) {
        ::kill(process_, SIGQUIT);
        ::waitpid(process_, nullptr, 0);
    }
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void PostgresServer::initialize() {
    std::ofstream(folder_ + "/password") << kPassword << '\n';
    const int child = start(
        {kBinaries + "initdb",
         "-D",
         folder_ + "/data",
         "-U",
         kAdmin,
         "--pwfile=" + folder_ + "/password",
         "-A",
         "scram-sha-256",
         "-E",
         "UTF8",
         "--locale=C",
         "--no-sync"},
        folder_
    );
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) failed("initdb failed", folder_);
}

void PostgresServer::launch() {
    process_ = start(
        {kBinaries + "postgres",
         "-D",
         folder_ + "/data",
         "-k",
         folder_,
         "-c",
         "listen_addresses=",
         "-c",
         "fsync=off",
         "-c",
         "max_connections=60",
         "-c",
         "shared_buffers=32MB"},
        folder_
    );
    for (int i = 0; i < 600; ++i) {
        if (PQping(url("postgres").c_str()) == PQPING_OK) return;
        if (::waitpid(process_, nullptr, WNOHANG) == process_) {
            process_ = -1;
            break;
        }
        // A wait for another program's start, of which nothing tells.
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    failed("the server did not start", folder_);
}

std::string PostgresServer::url_of(
    const std::string& user, const std::string& password, const std::string& database
) const {
    return fmt::format("postgresql://{}:{}@/{}?host={}", user, password, database, folder_);
}

std::string PostgresServer::url(const std::string& database) const {
    return url_of(kAdmin, kPassword, database);
}

std::string PostgresServer::bare_url(const std::string& database) const {
    return fmt::format("postgresql://{}@/{}?host={}", kAdmin, database, folder_);
}

std::string PostgresServer::admin_password() { return kPassword; }

std::vector<std::vector<std::string>> PostgresServer::rows(
    const std::string& database, const std::string& sql
) {
    const Link link(PQconnectdb(url(database).c_str()), PQfinish);
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(
        PQexec(link.get(), sql.c_str()), PQclear
    );
    const ExecStatusType status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(link.get()));
    std::vector<std::vector<std::string>> out(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t row = 0; row < out.size(); ++row)
        for (int column = 0; column < PQnfields(result.get()); ++column)
            out[row].emplace_back(PQgetvalue(result.get(), static_cast<int>(row), column));
    return out;
}

std::string PostgresServer::run(const std::string& database, const std::string& sql) {
    const auto found = rows(database, sql);
    return found.empty() || found[0].empty() ? "" : found[0][0];
}

std::string PostgresServer::make_database(const std::string& name) {
    run("postgres", "CREATE DATABASE " + name);
    return url(name);
}

}  // namespace tests
