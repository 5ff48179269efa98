#include "imap/command.h"

namespace imap {
namespace {

std::string written(const Command& command, Dialect dialect = {}) {
    const base::Result<std::vector<std::string>> parts = write_command("A001", command, dialect);
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

TEST(Command, WritesFilingCommands) {
    EXPECT_EQ(written(CopyUids{"1,5:9", "a b"}), "A001 UID COPY 1,5:9 \"a b\"\r\n");
    EXPECT_EQ(written(MoveUids{"1", "INBOX"}), "A001 UID MOVE 1 \"INBOX\"\r\n");
    EXPECT_EQ(written(ExpungeUids{"1:2"}), "A001 UID EXPUNGE 1:2\r\n");
    EXPECT_EQ(written(CreateFolder{"x"}), "A001 CREATE \"x\"\r\n");
    EXPECT_EQ(written(Noop{}), "A001 NOOP\r\n");
    EXPECT_EQ(written(Idle{}), "A001 IDLE\r\n");
    EXPECT_EQ(written(ListFolders{false, "x"}), "A001 LIST \"\" \"x\"\r\n");
    EXPECT_EQ(written(AppendMessage{"x", "a", "", {}}), "A001 APPEND \"x\" {1}\r\n|a\r\n");
    EXPECT_EQ(
        written(AppendMessage{"x", "a", "(\\Seen $A)", {}}),
        "A001 APPEND \"x\" (\\Seen $A) {1}\r\n|a\r\n"
    );
}

TEST(Command, RefusesBadFilingCommands) {
    for (const std::string& bad : {std::string("a\r\nb"), std::string("a\0b", 3), std::string()}) {
        EXPECT_EQ(written(CopyUids{"1", bad}), "error invalid_input");
        EXPECT_EQ(written(CopyUids{bad, "x"}), "error invalid_input");
        EXPECT_EQ(written(MoveUids{bad, "x"}), "error invalid_input");
        EXPECT_EQ(written(ExpungeUids{bad}), "error invalid_input");
        EXPECT_EQ(written(CreateFolder{bad}), "error invalid_input");
        EXPECT_EQ(written(ListFolders{false, bad}), "error invalid_input");
        EXPECT_EQ(written(AppendMessage{bad, "a", "", {}}), "error invalid_input");
    }
    EXPECT_EQ(written(AppendMessage{"x", "", "", {}}), "error invalid_input");
    EXPECT_EQ(written(AppendMessage{"x", std::string("a\0b", 3), "", {}}), "error invalid_input");
    for (const std::string flags : {"\\Seen) {3}", "a\r\nb", "\"a\"", "a%"})
        EXPECT_EQ(written(AppendMessage{"x", "a", flags, {}}), "error invalid_input") << flags;
}

TEST(Command, KeepsToTheServersDialect) {
    const Dialect plus{true, false, false};
    const Dialect minus{false, true, false};
    const Dialect utf8{false, false, true};
    const std::string small(4096, 'a');
    const std::string large(4097, 'a');
    EXPECT_EQ(
        written(AppendMessage{"x", large, "", {}}, plus),
        "A001 APPEND \"x\" {4097+}\r\n" + large + "\r\n"
    );
    EXPECT_EQ(
        written(AppendMessage{"x", small, "", {}}, minus),
        "A001 APPEND \"x\" {4096+}\r\n" + small + "\r\n"
    );
    EXPECT_EQ(
        written(AppendMessage{"x", large, "", {}}, minus),
        "A001 APPEND \"x\" {4097}\r\n|" + large + "\r\n"
    );
    EXPECT_EQ(written(SelectFolder{"caf\xe9"}, plus), "A001 SELECT {4+}\r\ncaf\xe9\r\n");
    EXPECT_EQ(written(SelectFolder{"grün"}, utf8), "A001 SELECT \"grün\"\r\n");
    EXPECT_EQ(written(SelectFolder{"caf\xe9"}, utf8), "A001 SELECT {4}\r\n|caf\xe9\r\n");
    EXPECT_EQ(written(SearchUids{"TEXT \"grün\""}, utf8), "A001 UID SEARCH TEXT \"grün\"\r\n");
    EXPECT_EQ(
        written(AppendMessage{"x", "A: b\r\n\r\ngrün", "", {}}, utf8),
        "A001 APPEND \"x\" {13}\r\n|A: b\r\n\r\ngrün\r\n"
    ) << "8-bit bodies are nothing new";
    EXPECT_EQ(
        written(AppendMessage{"x", "A: grün\r\n\r\n", "", {}}, utf8),
        "A001 APPEND \"x\" UTF8 (~{12}\r\n|A: grün\r\n\r\n)\r\n"
    );
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
