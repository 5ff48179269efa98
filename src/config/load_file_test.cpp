#include "config/load.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/log.h"
#include "base/text.h"
#include "config/assign.h"
#include "tests/support/temporary_folder.h"

namespace config {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problems_of(const std::string& text, const Environment& environment = {}) {
    const auto loaded = load_text(text, "/d/pilotlight.toml", environment);
    return loaded ? "" : loaded.error().message;
}

TEST(Load, ASyntaxErrorNamesThePlaceAndWhatToWrite) {
    const std::pair<const char*, const char*> cases[] = {
        {"[sending]\ntimezone = Europe/Berlin\n", "write texts in quotes: timezone = \"…\""},
        {"[sending]\ntimezone = \"Europe/Berlin\n", "close the text: timezone = \"…\""},
        {"[a]\n[sending\ntimezone = \"x\"\n", "close the heading: [sending]"},
        {"[sending]\ntimezone\n", "write key = value"},
        {"[sending]\ntimezone =\n", "write a value: timezone = \"…\""},
        {"[sending]\ntimezone = \"a\"\ntimezone = \"b\"\n", "keep one of the two"},
        {"[key]\nfile = \"C:\\key\"\n", "write file = '…'"},
        {"[llm.warmup]\nfallback_models = [\"a\"\n", "close the list"},
        {"[llm.warmup]\n= sk-secret\n", "write a key before the ="},
    };
    for (const auto& [text, mend] : cases) {
        const std::string problem = problems_of(text);
        EXPECT_THAT(problem, testing::ContainsRegex("^/d/pilotlight\\.toml:[23]:[0-9]+: .+; "));
        EXPECT_THAT(problem, HasSubstr(mend)) << text;
        EXPECT_THAT(problem, Not(HasSubstr("sk-secret")));
    }
}

class LoadFile : public testing::Test {
  protected:
    std::string write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ + "/" + name) << text;
        return folder_ + "/" + name;
    }
    support::TemporaryFolder temporary_;
    std::string folder_ = temporary_.path();
};

TEST_F(LoadFile, ReadsItAndItsNeighbours) {
    write("ca.pem", "x");
    const auto loaded = load(write("pilotlight.toml", "[tls]\nca_file = \"ca.pem\"\n"), {});
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->tls.ca_file, folder_ + "/ca.pem");
    EXPECT_EQ(loaded->store.url, "sqlite:" + folder_ + "/pilotlight.db");
}

TEST_F(LoadFile, MissingFileSaysHowToMakeOne) {
    const auto loaded = load(folder_ + "/pilotlight.toml", {});
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, base::ErrorCode::not_found);
    EXPECT_THAT(loaded.error().message, HasSubstr("run pilotlight init"));
}

TEST_F(LoadFile, AFolderOrAHugeFileIsRefused) {
    EXPECT_EQ(load(folder_, {}).error().code, base::ErrorCode::permission);
    const auto huge = load(write("huge.toml", std::string((1 << 20) + 1, '#')), {});
    ASSERT_FALSE(huge);
    EXPECT_THAT(huge.error().message, HasSubstr("larger than 1 MiB"));
}

TEST_F(LoadFile, UnreadableFileIsRefused) {
    if (geteuid() == 0) GTEST_SKIP() << "root reads every file";
    const std::string path = write("pilotlight.toml", "");
    ASSERT_EQ(chmod(path.c_str(), 0), 0);
    EXPECT_EQ(load(path, {}).error().code, base::ErrorCode::permission);
}

// It once read as a file that is not there.
TEST_F(LoadFile, AFolderThatIsClosedToUsIsSaidToBe) {
    const std::string path = write("pilotlight.toml", "");
    const std::string folder = std::filesystem::path(path).parent_path().string();
    ASSERT_EQ(chmod(folder.c_str(), 0), 0);
    const uid_t user = geteuid();
    if (user == 0) ASSERT_EQ(seteuid(65534), 0);
    const auto loaded = load(path, {});
    if (user == 0) ASSERT_EQ(seteuid(user), 0);
    ASSERT_EQ(chmod(folder.c_str(), 0700), 0);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, base::ErrorCode::permission);
    EXPECT_THAT(loaded.error().message, HasSubstr("Permission denied"));
    EXPECT_THAT(loaded.error().message, HasSubstr(folder));
    EXPECT_THAT(loaded.error().message, Not(HasSubstr("pilotlight init")));
}

}  // namespace
}  // namespace config
