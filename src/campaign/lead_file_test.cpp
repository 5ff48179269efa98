#include "campaign/lead_file.h"

namespace campaign {
namespace {

using ::testing::HasSubstr;

std::vector<LeadRecord> read(const std::string& text, char delimiter, std::size_t piece) {
    LeadFile file(delimiter);
    std::vector<LeadRecord> out;
    for (std::size_t at = 0; at <= text.size(); at += piece) {
        file.feed(std::string_view(text).substr(at, piece));
        while (auto record = file.next()) out.push_back(std::move(*record));
    }
    file.finish();
    while (auto record = file.next()) out.push_back(std::move(*record));
    return out;
}

std::string shown(const std::vector<LeadRecord>& records) {
    std::string out;
    for (const LeadRecord& record : records) {
        out += std::to_string(record.line) + ":";
        if (!record.problem.empty()) out += "!" + record.problem;
        for (const std::string& field : record.fields) out += "[" + field + "]";
        out += " ";
    }
    return out;
}

TEST(LeadFile, ReadsWhatProgramsWriteHoweverItIsCut) {
    struct Case {
        const char* text;
        char delimiter;
        const char* records;
    };
    const std::vector<Case> cases = {
        {"a,b\n1,2\n", ',', "1:[a][b] 2:[1][2] "},
        {"a,b\r\n1,2", ',', "1:[a][b] 2:[1][2] "},
        {"a,b\r1,2\r", ',', "1:[a][b] 2:[1][2] "},
        {"a;b\n1;\n;2\n", ';', "1:[a][b] 2:[1][] 3:[][2] "},
        {"a\tb\n", '\t', "1:[a][b] "},
        {"\"a\",\"b \"\"c\"\"\"\n", ',', "1:[a][b \"c\"] "},
        {"\"a\nb\",c\nd,e\n", ',', "1:[a\nb][c] 3:[d][e] "},
        {"\"a\r\nb\",c\r\nd,e\r\n", ',', "1:[a\r\nb][c] 3:[d][e] "},
        {"a,\"b\" \nc,d\n", ',', "1:[a][b] 2:[c][d] "},
        {"a\"b,c\n", ',', "1:[a\"b][c] "},
        {"\n\na,b\n,\n \nc,d", ',', "3:[a][b] 6:[c][d] "},
        {"", ',', ""},
        {"\"\"", ',', ""},
        {"\"a\"b,c\nd,e\n", ',', "1:!something follows a closing quote 2:[d][e] "},
        {"\"a,b\nc,d\n", ',', "1:!a quote is not closed 2:[c][d] "},
    };
    for (const Case& one : cases)
        for (const std::size_t piece : {1u, 2u, 3u, 7u, 1000u})
            EXPECT_EQ(shown(read(one.text, one.delimiter, piece)), one.records)
                << testing::PrintToString(one.text) << " cut by " << piece;
}

TEST(LeadFile, GoesOnBehindARowThatIsTooLong) {
    const std::string text = "a,b\n\"open,x\n" + std::string(kRecordBytesMax + 10, 'y') + "\nc,d\n";
    const auto records = read(text, ',', 64 * 1024);
    ASSERT_GE(records.size(), 3u);
    EXPECT_EQ(records[1].line, 2);
    EXPECT_THAT(records[1].problem, HasSubstr("not closed"));
    EXPECT_EQ(records.back().fields, (std::vector<std::string>{"c", "d"}));
    EXPECT_EQ(records.back().line, 4);
}

TEST(LeadFile, RefusesTooManyFields) {
    const auto records = read(std::string(600, ',') + "\na,b\n", ',', 1000);
    ASSERT_EQ(records.size(), 2u);
    EXPECT_THAT(records[0].problem, HasSubstr("500 fields"));
    EXPECT_EQ(records[1].line, 2);
}

TEST(GuessDelimiter, TakesTheOneThatCutsEveryLineAlike) {
    EXPECT_EQ(guess_delimiter("email,name\na@b.c,\"Lee; Ann\"\n"), ',');
    EXPECT_EQ(guess_delimiter("email;name;note\na@b.c;Ann;a, b, c\nb@b.c;Ben;\n"), ';');
    EXPECT_EQ(guess_delimiter("email\tname, first\na@b.c\tLee, Ann\n"), '\t');
    EXPECT_EQ(guess_delimiter("email\na@b.c\n"), ',');
    EXPECT_EQ(guess_delimiter(""), ',');
}

}  // namespace
}  // namespace campaign
