#include "tests/e2e/program.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>

namespace e2e {

namespace {

using std::chrono::seconds;

constexpr auto kLimit = seconds(60);

// A connection that no rule of ours guards.
class Sqlite {
  public:
    explicit Sqlite(const std::string& path) {
        EXPECT_EQ(sqlite3_open_v2(path.c_str(), &db_, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK)
            << path;
    }
    ~Sqlite() { sqlite3_close(db_); }
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    std::vector<std::string> rows(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        EXPECT_EQ(sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
            << sqlite3_errmsg(db_) << "\n"
            << sql;
        std::vector<std::string> out;
        int step = SQLITE_DONE;
        while (statement != nullptr && (step = sqlite3_step(statement)) == SQLITE_ROW) {
            std::string row;
            for (int i = 0; i < sqlite3_column_count(statement); ++i) {
                const unsigned char* value = sqlite3_column_text(statement, i);
                row += (i == 0 ? "" : "|") +
                       (value == nullptr ? std::string("NULL")
                                         : std::string(reinterpret_cast<const char*>(value)));
            }
            out.push_back(row);
        }
        EXPECT_EQ(step, SQLITE_DONE) << sqlite3_errmsg(db_) << "\n" << sql;
        sqlite3_finalize(statement);
        return out;
    }

  private:
    sqlite3* db_ = nullptr;
};

}  // namespace

Program::Program() {
    std::string pattern = "/tmp/pilotlight-e2e-XXXXXX";
    home_ = ::mkdtemp(pattern.data());
    folder_ = home_ + "/here";
    std::filesystem::create_directory(folder_);
    // Nobody answers there: no test asks the real DNS.
    environment = {{"HOME", home_}, {"PILOTLIGHT_DNS_SERVER", "127.0.0.1:1"}};
}

Program::~Program() {
    std::error_code ignored;
    std::filesystem::remove_all(home_, ignored);
}

lab::Process Program::begin(const std::vector<std::string>& arguments, const std::string& in) {
    const char* given = std::getenv("PILOTLIGHT_BINARY");
    std::vector<std::string> words = {given != nullptr ? given : PILOTLIGHT_BINARY};
    words.insert(words.end(), arguments.begin(), arguments.end());
    // Else what the one before has said could be taken for this one's.
    lab::write_file(home_ + "/out", "");
    lab::write_file(home_ + "/err", "");
    return lab::Process::start(
        {.arguments = words,
         .environment = environment,
         .folder = folder_,
         .in = in,
         .out = home_ + "/out",
         .err = home_ + "/err"}
    );
}

std::string Program::said() const { return lab::read_file(home_ + "/err"); }
std::string Program::shown() const { return lab::read_file(home_ + "/out"); }

Outcome Program::end(lab::Process& process) {
    const bool ended = process.await_exit(kLimit);
    Outcome outcome{ended ? process.exit_code() : -1, lab::read_file(home_ + "/out"), said()};
    printed_ += outcome.out + outcome.err;
    return outcome;
}

Outcome Program::run(const std::vector<std::string>& arguments, const std::string& in) {
    lab::write_file(home_ + "/in", in);
    lab::Process process = begin(arguments, home_ + "/in");
    return end(process);
}

std::string Program::json(const std::vector<std::string>& arguments, int exit_code) {
    std::vector<std::string> words = {"--json"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.exit_code, exit_code) << arguments[0] << "\n" << outcome.out << outcome.err;
    boost::json::error_code problem;
    const boost::json::value document = boost::json::parse(outcome.out, problem);
    EXPECT_FALSE(problem) << arguments[0] << " printed no JSON document:\n" << outcome.out;
    EXPECT_TRUE(document.is_object()) << outcome.out;
    return outcome.out;
}

void Program::must(const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.exit_code, 0) << arguments[0] << "\n" << outcome.out << outcome.err;
}

Outcome Program::add(const std::string& email, const std::vector<std::string>& more) {
    std::vector<std::string> words = {
        "mailbox", "add", email, "--role", "sender", "--password-env", "ANN_PASSWORD"
    };
    words.insert(words.end(), more.begin(), more.end());
    return run(words);
}

void Program::set_up() {
    must({"init"});
    environment["ANN_PASSWORD"] = kPassword;
    environment["SEED_PASSWORD"] = kSeedPassword;
    const std::vector<std::string> servers = {
        "--smtp", "smtps://127.0.0.1:1", "--imap", "imaps://127.0.0.1:1"
    };
    ASSERT_EQ(add("ann@example.com", servers).exit_code, 0) << printed_;
    std::vector<std::string> seed = {
        "mailbox", "add", "seed@example.org", "--role", "seed", "--password-env", "SEED_PASSWORD"
    };
    seed.insert(seed.end(), servers.begin(), servers.end());
    must(seed);
}

std::string Program::text(const std::string& name) const { return lab::read_file(path(name)); }

void Program::put(const std::string& name, const std::string& text) {
    lab::write_file(path(name), text);
}

void Program::edit(const std::string& name, const std::string& from, const std::string& to) {
    std::string all = text(name);
    const std::size_t at = all.find(from);
    ASSERT_NE(at, std::string::npos) << from << " is not in " << name;
    put(name, all.replace(at, from.size(), to));
}

void Program::edit_store(const std::string& sql) { Sqlite(path("pilotlight.db")).rows(sql); }

std::string Program::everything() const {
    std::string out = text("pilotlight.toml") + text("pilotlight.key");
    if (!std::filesystem::exists(path("pilotlight.db"))) return out + "(no store)";
    Sqlite store(path("pilotlight.db"));
    const std::string tables =
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY "
        "name";
    for (const std::string& table : store.rows(tables))
        for (const std::string& row : store.rows("SELECT * FROM " + table + " ORDER BY 1, 2"))
            out += fmt::format("{}: {}\n", table, row);
    return out;
}

std::vector<std::string> Program::files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_))
        names.push_back(entry.path().lexically_relative(folder_).string());
    std::ranges::sort(names);
    return names;
}

}  // namespace e2e
