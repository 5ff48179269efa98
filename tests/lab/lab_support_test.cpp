// The lab's own tools, without servers and without root.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/lab/maildir.h"
#include "tests/lab/process.h"
#include "tests/lab/toml_edit.h"

namespace lab {
namespace {

using std::chrono::seconds;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class LabSupport : public ::testing::Test {
  protected:
    LabSupport()
        : folder_(
              std::filesystem::temp_directory_path() /
              ("pilotlight-support-" + std::to_string(getpid()))
          ) {
        std::filesystem::create_directories(folder_);
    }
    ~LabSupport() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path folder_;
};

TEST_F(LabSupport, ProcessTellsHowItEnded) {
    Process good = Process::start({.arguments = {"/bin/sh", "-c", "exit 7"}});
    ASSERT_TRUE(good.await_exit(seconds(20)));
    EXPECT_EQ(good.exit_code(), 7);

    Process killed = Process::start({.arguments = {"/bin/sleep", "1000"}});
    EXPECT_FALSE(killed.await_exit(Limit::zero()));
    killed.signal(SIGKILL);
    ASSERT_TRUE(killed.await_exit(seconds(20)));
    EXPECT_EQ(killed.exit_code(), 128 + SIGKILL);
}

TEST_F(LabSupport, ProcessGetsACleanEnvironment) {
    ::setenv("LAB_SECRET", "not for children", 1);
    const std::string out = folder_ / "out";
    Process process = Process::start(
        {.arguments = {"/usr/bin/env"}, .environment = {{"GIVEN", "this"}}, .out = out}
    );
    ASSERT_TRUE(process.await_exit(seconds(20)));
    EXPECT_TRUE(read_file(out).contains("GIVEN=this\n"));
    EXPECT_FALSE(read_file(out).contains("LAB_SECRET"));
    ::unsetenv("LAB_SECRET");
}

TEST_F(LabSupport, ProcessStopsASessionThatIgnoresTheSignal) {
    const std::string out = folder_ / "out";
    const std::string script = "trap '' TERM; sleep 1000 & echo up; wait; wait";
    Process process = Process::start({.arguments = {"/bin/sh", "-c", script}, .out = out});
    ASSERT_TRUE(await(seconds(20), [&] { return read_file(out) == "up\n"; }));
    ASSERT_THAT(members_of_session(process.pid()), SizeIs(2));
    EXPECT_FALSE(process.stop(std::chrono::milliseconds(50)));
    EXPECT_EQ(process.exit_code(), 128 + SIGKILL);
    EXPECT_THAT(members_of_session(process.pid()), IsEmpty());
}

TEST_F(LabSupport, TailKeepsTheLastLines) {
    EXPECT_EQ(tail("a\nb\nc\n", 2), "b\nc\n");
    EXPECT_EQ(tail("a\nb\nc", 1), "c");
    EXPECT_EQ(tail("a\nb\n", 9), "a\nb\n");
    EXPECT_EQ(tail("", 3), "");
}

TEST_F(LabSupport, MaildirReadsFoldersFlagsAndFields) {
    for (const char* part : {"new", "cur", "tmp", ".Junk/new", ".Junk/cur"})
        std::filesystem::create_directories(folder_ / part);
    write_file(
        folder_ / "cur/1.a:2,RS", "Subject: one\r\n two\r\nX-A: 1\r\nx-a:2\r\n\r\nX-A: body\r\n"
    );
    write_file(folder_ / ".Junk/new/2.b", "Subject: three\n\nbody\n");
    const std::string name = put_mail_at(folder_, "Subject: four\n\n\n", getuid(), getgid());

    const std::vector<StoredMail> mails = read_maildir_at(folder_);
    ASSERT_THAT(mails, SizeIs(3));
    EXPECT_EQ(mails[0].folder, "INBOX");
    EXPECT_EQ(mails[0].name, "1.a");
    EXPECT_EQ(mails[0].flags, "RS");
    EXPECT_TRUE(mails[0].seen());
    EXPECT_FALSE(mails[0].is_new);
    EXPECT_EQ(mails[0].field("subject"), "one two");
    EXPECT_EQ(mails[0].fields("X-A"), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(mails[1].name, name);
    EXPECT_TRUE(mails[1].is_new);
    EXPECT_EQ(mails[2].folder, "Junk");
    EXPECT_EQ(mails[2].headers, "Subject: three");
    EXPECT_THAT(read_maildir_at(folder_ / "absent"), IsEmpty());
}

TEST_F(LabSupport, TomlEditSetsAKeyInItsSectionOnly) {
    struct Case {
        const char* text;
        const char* expected;
    };
    const std::vector<Case> cases = {
        {"[a]\nx = 1\n[b]\nx = 2\n", "[a]\nx = 1\n[b]\nx = 9\n"},
        {"[a]\nx = 1\n[b]\n# words\n# x = 2\ny = 3\n", "[a]\nx = 1\n[b]\n# words\nx = 9\ny = 3\n"},
        {"[b]\n# x = 2\nx = 3\n", "[b]\n# x = 2\nx = 9\n"},
        {"[b]\ny = 3\n[c]\nx = 1\n", "[b]\nx = 9\ny = 3\n[c]\nx = 1\n"},
        {"[b] # with words\nx=2", "[b] # with words\nx = 9"},
        {"# [b]\n[b.c]\nx = 1\n", "# [b]\n[b.c]\nx = 1\n\n[b]\nx = 9\n"},
        {"", "\n[b]\nx = 9\n"},
    };
    for (const Case& example : cases)
        EXPECT_EQ(set_toml_key(example.text, "b", "x", "9"), example.expected) << example.text;
}

}  // namespace
}  // namespace lab
