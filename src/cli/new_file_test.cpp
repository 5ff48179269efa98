#include "cli/new_file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>

namespace cli {
namespace {

class NewFileTest : public testing::Test {
  protected:
    NewFileTest() {
        std::string pattern = "/tmp/pilotlight-cli-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~NewFileTest() override { std::filesystem::remove_all(folder_); }
    std::string file(const std::string& name) const { return folder_ + "/" + name; }
    std::string text(const std::string& name) const {
        return read_file(file(name), 1 << 20).value_or("(unreadable)");
    }
    static mode_t mode(const std::string& path) {
        struct stat state = {};
        EXPECT_EQ(::stat(path.c_str(), &state), 0) << path;
        return state.st_mode & 0777;
    }
    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_), {})
        );
    }
    std::string folder_;
};

TEST_F(NewFileTest, IsPrivateAndNeverOverwrites) {
    ASSERT_TRUE(write_new_file(file("a"), "one"));
    EXPECT_EQ(mode(file("a")), 0600u);
    const auto again = write_new_file(file("a"), "two");
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, base::ErrorCode::already_exists);
    EXPECT_EQ(text("a"), "one");
}

TEST_F(NewFileTest, SaysWhereItCantWrite) {
    ASSERT_TRUE(write_new_file(file("a"), "one"));
    const auto below = write_new_file(file("a/b"), "two");
    ASSERT_FALSE(below);
    EXPECT_EQ(below.error().code, base::ErrorCode::permission);
    EXPECT_NE(below.error().message.find(file("a/b")), std::string::npos);
}

TEST_F(NewFileTest, ReplacingKeepsEveryOlderTextAndTheMode) {
    ASSERT_TRUE(write_new_file(file("a"), "one"));
    ::chmod(file("a").c_str(), 0640);
    EXPECT_EQ(replace_file(file("a"), "two").value_or(""), file("a.bak"));
    EXPECT_EQ(replace_file(file("a"), "three").value_or(""), file("a.bak2"));
    EXPECT_EQ(text("a"), "three");
    EXPECT_EQ(text("a.bak"), "one");
    EXPECT_EQ(text("a.bak2"), "two");
    EXPECT_EQ(mode(file("a")), 0640u);
    EXPECT_EQ(mode(file("a.bak")), 0640u);
    EXPECT_EQ(files(), 3u);
}

TEST_F(NewFileTest, ReplacingFollowsASymbolicLink) {
    ASSERT_TRUE(write_new_file(file("real"), "one"));
    std::filesystem::create_symlink("real", file("link"));
    ASSERT_TRUE(replace_file(file("link"), "two"));
    EXPECT_TRUE(std::filesystem::is_symlink(file("link")));
    EXPECT_EQ(text("real"), "two");
}

TEST_F(NewFileTest, InPiecesIsPrivateAndThereOnlyWhenItHasEnded) {
    {
        auto cut_off = NewFile::open(file("a"));
        ASSERT_TRUE(cut_off);
        cut_off->add("one");
        EXPECT_EQ(mode(file("a")), 0600u);
    }
    EXPECT_EQ(files(), 0u);
    auto whole = NewFile::open(file("a"), true);
    ASSERT_TRUE(whole);
    whole->add("one");
    EXPECT_FALSE(std::filesystem::exists(file("a")));
    EXPECT_EQ(mode(file("a.part")), 0600u);
    whole->add(" two");
    ASSERT_TRUE(whole->end());
    EXPECT_EQ(text("a"), "one two");
    EXPECT_EQ(files(), 1u);
    EXPECT_EQ(NewFile::open(file("a")).error().code, base::ErrorCode::already_exists);
    EXPECT_EQ(NewFile::open(file("a"), true).error().code, base::ErrorCode::already_exists);
}

TEST_F(NewFileTest, InPiecesFollowsNoLinkAndOverwritesNothing) {
    ASSERT_TRUE(write_new_file(file("theirs"), "theirs"));
    std::filesystem::create_symlink("theirs", file("a"));
    std::filesystem::create_symlink("theirs", file("b.part"));
    EXPECT_EQ(NewFile::open(file("a")).error().code, base::ErrorCode::already_exists);
    auto whole = NewFile::open(file("b"), true);
    ASSERT_TRUE(whole);
    whole->add("ours");
    ASSERT_TRUE(write_new_file(file("b"), "came first"));
    EXPECT_EQ(whole->end().error().code, base::ErrorCode::already_exists);
    EXPECT_EQ(text("b"), "came first");
    EXPECT_EQ(text("theirs"), "theirs");
}

TEST_F(NewFileTest, ReadingNamesWhatIsWrong) {
    EXPECT_EQ(read_file(file("none"), 9).error().code, base::ErrorCode::not_found);
    EXPECT_EQ(read_file(folder_, 9).error().code, base::ErrorCode::permission);
    ASSERT_TRUE(write_new_file(file("big"), std::string(10, 'x')));
    EXPECT_EQ(read_file(file("big"), 9).error().code, base::ErrorCode::limit_exceeded);
    EXPECT_EQ(read_file(file("big"), 10).value_or("").size(), 10u);
}

}  // namespace
}  // namespace cli
