#include "imap/command.h"

namespace imap {
namespace {

std::string written(const Command& command) {
    const base::Result<std::vector<std::string>> parts = write_command("A001", command);
    if (!parts) return "error " + std::string(base::to_string(parts.error().code));
    std::string out;
    for (const std::string& part : *parts) out += (out.empty() ? "" : "|") + part;
    return out;
}

TEST(Command, IsWrittenAsTheRfcSays) {
    EXPECT_EQ(written(ListFolders{}), "A001 LIST \"\" \"*\"\r\n");
    EXPECT_EQ(written(ListFolders{true}), "A001 LIST \"\" \"*\" RETURN (SPECIAL-USE)\r\n");
    EXPECT_EQ(
        written(SelectFolder{"[Gmail]/All Mail", true}), "A001 EXAMINE \"[Gmail]/All Mail\"\r\n"
    );
    EXPECT_EQ(written(SelectFolder{"a\\\"b", false}), "A001 SELECT \"a\\\\\\\"b\"\r\n");
    EXPECT_EQ(written(SearchUids{"UID 17:*"}), "A001 UID SEARCH UID 17:*\r\n");
    EXPECT_EQ(written(FetchUids{"1,5:9", "UID FLAGS"}), "A001 UID FETCH 1,5:9 (UID FLAGS)\r\n");
    EXPECT_EQ(written(FetchUids{"1", "(UID FLAGS)"}), "A001 UID FETCH 1 (UID FLAGS)\r\n");
    EXPECT_EQ(written(FetchUids{"1", "FLAGS"}), "A001 UID FETCH 1 FLAGS\r\n");
    EXPECT_EQ(
        written(StoreFlags{"17", "+FLAGS.SILENT (\\Seen)"}),
        "A001 UID STORE 17 +FLAGS.SILENT (\\Seen)\r\n"
    );
    EXPECT_EQ(written(Logout{}), "A001 LOGOUT\r\n");
}

TEST(Command, PutsWhatCantBeQuotedIntoLiterals) {
    EXPECT_EQ(written(SelectFolder{"caf\xe9", false}), "A001 SELECT {4}\r\n|caf\xe9\r\n");
    EXPECT_EQ(
        written(SearchUids{"SUBJECT \"grün \\\"x\\\"\" SEEN BODY \"a\""}),
        "A001 UID SEARCH CHARSET UTF-8 SUBJECT {9}\r\n|grün \"x\" SEEN BODY \"a\"\r\n"
    );
    const std::string long_name(1500, 'x');
    EXPECT_EQ(
        written(SelectFolder{long_name, false}), "A001 SELECT {1500}\r\n|" + long_name + "\r\n"
    );
}

TEST(Command, RefusesWhatWouldEndTheLine) {
    for (const std::string& bad :
         {std::string("a\r\nA2 DELETE x"),
          std::string("a\nb"),
          std::string("a\0b", 3),
          std::string()}) {
        EXPECT_EQ(written(SelectFolder{bad, false}), "error invalid_input");
        EXPECT_EQ(written(SearchUids{bad}), "error invalid_input");
        EXPECT_EQ(written(FetchUids{bad, "FLAGS"}), "error invalid_input");
        EXPECT_EQ(written(FetchUids{"1", bad}), "error invalid_input");
        EXPECT_EQ(written(StoreFlags{bad, "+FLAGS (x)"}), "error invalid_input");
        EXPECT_EQ(written(StoreFlags{"1", bad}), "error invalid_input");
    }
    EXPECT_EQ(written(SearchUids{"SUBJECT grün"}), "error invalid_input");
    EXPECT_EQ(written(SearchUids{"SUBJECT \"grün"}), "error invalid_input");
    EXPECT_EQ(written(SearchUids{"SUBJECT \"\xff\""}), "error invalid_input");
    EXPECT_EQ(written(FetchUids{"1 FLAGS", "UID"}), "error invalid_input");
}

TEST(Command, WritesLogins) {
    using Parts = std::vector<std::string>;
    EXPECT_EQ(
        write_login("A1", "me@a.test", "p\"w"), Parts{"A1 LOGIN \"me@a.test\" \"p\\\"w\"\r\n"}
    );
    EXPECT_EQ(
        write_login("A1", "mé", "p\r\nw"), (Parts{"A1 LOGIN {3}\r\n", "mé {4}\r\n", "p\r\nw\r\n"})
    );
    EXPECT_EQ(sasl_plain("me", "pw"), "AG1lAHB3");
}

}  // namespace
}  // namespace imap
