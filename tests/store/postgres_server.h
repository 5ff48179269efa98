// A private PostgreSQL 15 for tests: its own folder, a Unix socket only, an unprivileged user when
// the tests run as root. Started once per test program and stopped when it ends, by its process id;
// it also dies with the program (PR_SET_PDEATHSIG). Password logins (SCRAM), so that these are
// tested too.
#pragma once
#include <memory>
#include <string>
#include <vector>

namespace tests {

class PostgresServer {
  public:
    // The server of this test program, started at the first call; null where the binaries are
    // missing. Throws std::runtime_error with the server's log where it does not start.
    static PostgresServer* shared();
    // One line that says why shared() is null.
    static std::string why_missing();

    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    // Makes an empty UTF-8 database and gives its administrator's url.
    std::string make_database(const std::string& name);
    // Runs SQL as administrator; gives the first column of the first row.
    std::string run(const std::string& database, const std::string& sql);
    // The same with all rows; NULL is an empty text.
    std::vector<std::vector<std::string>> rows(const std::string& database, const std::string& sql);
    std::string url(const std::string& database) const;
    // The same url without the password, and the password.
    std::string bare_url(const std::string& database) const;
    static std::string admin_password();
    std::string url_of(
        const std::string& user, const std::string& password, const std::string& database
    ) const;

  private:
    PostgresServer();
    void initialize();
    void launch();

    std::string folder_;
    int process_ = -1;
};

}  // namespace tests
