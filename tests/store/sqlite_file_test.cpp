// The embedded engine's file: made, checked, backed up, migrated, and refused with the mend.
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/store/sqlite_fixture.h"

namespace tests {
namespace {

using store::Connection;
using store::Role;
using store::StoreError;

class SqliteFile : public SqliteStore {};

TEST_F(SqliteFile, DrawsTheInstanceIdFromTheGivenRandom) {
    std::vector<std::optional<std::string>> ids;
    for (const char* name : {"one.db", "two.db"}) {
        base::SeededRandom random(3);
        options_.random = &random;
        options_.url = "sqlite:" + folder_.file(name);
        open();
        ids.push_back(run(Role::operator_, [](Connection& connection) {
            return connection.text("SELECT value FROM store_meta WHERE name = 'instance_id'");
        }));
    }
    ASSERT_TRUE(ids[0]);
    EXPECT_EQ(ids[0], ids[1]);
}

TEST_F(SqliteFile, ForbidsOthersToReadItsFile) {
    insert(1);
    for (const std::string& file : {path_, path_ + "-wal"}) {
        struct stat info{};
        ASSERT_EQ(::stat(file.c_str(), &info), 0) << file;
        EXPECT_EQ(info.st_mode & 0777U, 0600U) << file;
    }
}

// The version after the program's own.
int next_version() { return store::schema_version_latest() + 1; }
// How a backup of the present version is called.
std::string backup_name(int number) {
    return fmt::format(".backup-{}-{}", store::schema_version_latest(), number);
}
constexpr std::string_view kNext = "CREATE TABLE extra (id {{id}}, note TEXT);";

TEST_F(SqliteFile, BacksUpBeforeAMigration) {
    insert(5);
    database_.reset();
    std::vector<store::Migration> known(
        store::known_migrations().begin(), store::known_migrations().end()
    );
    known.push_back({next_version(), kNext});
    database_ = store::open_sqlite(options_, loop_, known);
    EXPECT_EQ(count("SELECT COUNT(*) FROM extra"), 0);
    EXPECT_EQ(count(), 1);
    const std::string backup = path_ + backup_name(1);
    struct stat info{};
    ASSERT_EQ(::stat(backup.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);

    // The backup is a store of the version before, with its rows; the new one is too new for this
    // program.
    options_.url = "sqlite:" + backup;
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(count(), 1);
    options_.url = "sqlite:" + path_;
    EXPECT_THAT(refusal(), testing::HasSubstr(fmt::format("schema version {}", next_version())));
}

TEST_F(SqliteFile, CountsItsBackupsAndPutsThemWhereTold) {
    std::vector<store::Migration> known(
        store::known_migrations().begin(), store::known_migrations().end()
    );
    known.push_back({next_version(), "CREATE TABLE extra (id {{id}}); NONSENSE;"});
    std::filesystem::create_directory(folder_.file("it's"));
    options_.backup_dir = folder_.file("it's");
    for (int i = 0; i < 2; ++i) {
        database_.reset();
        EXPECT_THROW(store::open_sqlite(options_, loop_, known), StoreError);
    }
    // A migration that fails leaves the version before as it was.
    EXPECT_EQ(refusal(), "");
    EXPECT_EQ(count("SELECT COUNT(*) FROM sqlite_master WHERE name = 'extra'"), 0);
    for (const int number : {1, 2}) {
        const std::string name = "it's/store.db" + backup_name(number);
        EXPECT_TRUE(std::filesystem::exists(folder_.file(name))) << name;
    }
    EXPECT_FALSE(std::filesystem::exists(path_ + backup_name(1)));
}

TEST_F(SqliteFile, OpensPathsWithBlanksAndOddSigns) {
    for (const char* name : {"with two blanks.db", "it's=5%.db", "grüße 😀.db"}) {
        options_.url = "sqlite:" + folder_.file(name);
        EXPECT_EQ(refusal(), "") << name;
        insert(1);
        EXPECT_TRUE(std::filesystem::exists(folder_.file(name)));
    }
}

TEST_F(SqliteFile, SaysWhatIsWrongWithAPathAndHowToMendIt) {
    database_.reset();
    options_.create = false;
    options_.url = "sqlite:" + folder_.file("none.db");
    EXPECT_EQ(
        refusal(), "there is no store at " + folder_.file("none.db") + ": run pilotlight init"
    );
    options_.create = true;
    options_.url = "sqlite:" + folder_.file("no/folder/store.db");
    EXPECT_THAT(refusal(), testing::HasSubstr("is missing: make it first"));
    options_.url = "sqlite:" + folder_.path();
    EXPECT_THAT(refusal(), testing::HasSubstr("is not a file"));
    options_.url = "sqlite:";
    EXPECT_THAT(refusal(), testing::HasSubstr("names no file"));
    options_.url = "mysql://user:secret@host/db";
    EXPECT_THAT(
        refusal(),
        testing::AllOf(testing::HasSubstr("'mysql…'"), testing::Not(testing::HasSubstr("secret")))
    );
    std::ofstream(folder_.file("text.db")) << std::string(5000, 'x');
    options_.url = "sqlite:" + folder_.file("text.db");
    EXPECT_EQ(
        refusal(),
        folder_.file("text.db") + " is no Pilotlight store or is damaged: restore a backup"
    );
}

TEST_F(SqliteFile, FindsADamagedFile) {
    for (int i = 0; i < 200; ++i) insert(i);
    database_.reset();
    {
        std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(0, std::ios::end);
        const auto size = static_cast<long>(file.tellp());
        for (long at = 4096 * 3; at < size; at += 4096) {
            file.seekp(at);
            file << std::string(200, '\x7f');
        }
    }
    options_.check_integrity = true;
    EXPECT_THAT(
        refusal(), testing::AllOf(testing::HasSubstr(path_), testing::HasSubstr("restore a backup"))
    );
}

// Runs `refusal` in a process without root's rights and gives what it said.
TEST_F(SqliteFile, RefusesAFolderAndAFileThatCannotBeWritten) {
    insert(1);
    database_.reset();
    const auto said_as_nobody = [&] {
        int ends[2];
        if (::pipe(ends) != 0) return std::string("no pipe");
        const pid_t child = ::fork();
        if (child == 0) {
            if (::geteuid() == 0 && (::setgid(65534) != 0 || ::setuid(65534) != 0)) ::_exit(2);
            const std::string words = refusal();
            ::_exit(::write(ends[1], words.data(), words.size()) < 0 ? 1 : 0);
        }
        ::close(ends[1]);
        char buffer[2000];
        const ssize_t length = ::read(ends[0], buffer, sizeof buffer);
        ::close(ends[0]);
        ::waitpid(child, nullptr, 0);
        return std::string(buffer, length > 0 ? static_cast<std::size_t>(length) : 0U);
    };
    ::chmod(path_.c_str(), 0444);
    ::chmod(folder_.path().c_str(), 0777);
    EXPECT_EQ(said_as_nobody(), "the store " + path_ + " can't be written: chmod u+w " + path_);
    ::chmod(folder_.path().c_str(), 0555);
    EXPECT_THAT(
        said_as_nobody(),
        testing::HasSubstr(
            "can't be written (SQLite keeps its log there): chmod u+w " + folder_.path()
        )
    );
    ::chmod(folder_.path().c_str(), 0755);
}

}  // namespace
}  // namespace tests
