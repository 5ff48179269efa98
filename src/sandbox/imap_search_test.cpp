#include "sandbox/imap_search.h"

#include "sandbox/test_world.h"

namespace sandbox {
namespace {

using test::kStart;

// Three messages: 1 old and seen, 2 with a token, 5 today's in the promotions tab.
class Folder {
  public:
    Folder() {
        folder_.layout = {Use::inbox, "INBOX", "INBOX"};
        add(1, kStart - std::chrono::hours(72), "one@x.test", "");
        folder_.entries.back().mail->flags = {"\\Seen", "$Label"};
        add(2,
            kStart - std::chrono::hours(24),
            "two@x.test",
            "X-Token: abc123\r\nCc: <Bob@y.test>\r\n");
        add(5, kStart, "five@x.test", "X-Token:\r\nX-Pad: " + std::string(500, 'p') + "\r\n");
        folder_.entries.back().mail->category = "promotions";
    }

    // The UIDs found, "BAD" where the criteria are malformed.
    std::string search(const std::string& criteria, bool gmail = true) {
        ImapReader reader(criteria);
        const SearchProgram program = parse_search(reader, gmail);
        if (program.bad_charset) return "CHARSET";
        if (!program.matches) return "BAD";
        std::vector<std::string> found;
        for (std::uint32_t i = 0; i < folder_.entries.size(); ++i)
            if (program.matches({folder_.entries[i], i + 1, 3, 5, folder_}))
                found.push_back(std::to_string(folder_.entries[i].uid));
        return base::join(found, " ");
    }

  private:
    void add(std::uint32_t uid, base::Timestamp at, std::string_view id, std::string_view more) {
        auto mail = make_mail(test::message(test::kSender, test::kGmail, id, more), at);
        mail->id = uid + 1000;
        folder_.entries.push_back({uid, std::move(mail)});
    }

    StoreFolder folder_;
};

TEST(ImapSearch, FindsByEveryCriterion) {
    const std::vector<std::pair<const char*, const char*>> rows = {
        {"ALL", "1 2 5"},
        {"UID 2:*", "2 5"},
        {"UID 17:*", "5"},
        {"UID 1,5", "1 5"},
        {"2:3", "2 5"},
        {"1:*", "1 2 5"},
        {"UNSEEN", "2 5"},
        {"SEEN", "1"},
        {"seen undeleted", "1"},
        {"KEYWORD $Label", "1"},
        {"UNKEYWORD $Label UID 1:*", "2 5"},
        {"SINCE 31-May-2026", "2 5"},
        {"SINCE \"1-Jun-2026\"", "5"},
        {"ON 31-May-2026", "2"},
        {"BEFORE 31-May-2026", "1"},
        {"SENTSINCE 1-Jun-2026", "1 2 5"},
        {"SENTBEFORE 1-Jun-2026", ""},
        {"HEADER X-Token ABC", "2"},
        {"HEADER X-Token \"\"", "2 5"},
        {"HEADER Message-ID <five@x.test>", "5"},
        {"HEADER Message-ID {11}\r\nfive@x.test", "5"},
        {"SUBJECT \"walk on\"", "1 2 5"},
        {"SUBJECT swim", ""},
        {"FROM ANNA", "1 2 5"},
        {"CC bob@y", "2"},
        {"TO seed.one", "1 2 5"},
        {"BODY \"shall we\"", "1 2 5"},
        {"BODY Subject", ""},
        {"TEXT abc123", "2"},
        {"LARGER 500", "5"},
        {"SMALLER 500", "1 2"},
        {"NOT SEEN", "2 5"},
        {"NOT (SEEN UID 1)", "2 5"},
        {"OR SEEN UID 5", "1 5"},
        {"OR (SEEN) (HEADER X-Token abc UNSEEN)", "1 2"},
        {"UNSEEN OR UID 1 UID 2", "2"},
        {"CHARSET UTF-8 ALL", "1 2 5"},
        {"CHARSET utf-16 ALL", "CHARSET"},
        {"X-GM-RAW category:promotions", "5"},
        {"X-GM-RAW \"category:promotions rfc822msgid:five@x.test\"", "5"},
        {"X-GM-RAW \"-category:promotions in:inbox\"", "1 2"},
        {"X-GM-RAW in:spam", ""},
        {"X-GM-RAW abc123", "2"},
        {"UID 2:* X-GM-RAW \"category:promotions\"", "5"},
        {"X-GM-MSGID 1002", "2"},
    };
    Folder folder;
    for (const auto& [criteria, uids] : rows) EXPECT_EQ(folder.search(criteria), uids) << criteria;
}

TEST(ImapSearch, RefusesWhatIsMalformed) {
    Folder folder;
    for (const char* bad :
         {"",
          " ALL",
          "ALL ",
          "ALLES",
          "UID",
          "UID x",
          "NOT",
          "OR SEEN",
          "(SEEN",
          "SEEN)",
          "()",
          "HEADER X-Token",
          "SINCE yesterday",
          "SINCE 1-Jun",
          "LARGER x",
          "SUBJECT \"open",
          "ALL  SEEN",
          "CHARSET",
          "0",
          "FROM"})
        EXPECT_EQ(folder.search(bad), "BAD") << bad;
    EXPECT_EQ(folder.search("X-GM-RAW in:inbox", false), "BAD") << "known at gmail only";
}

TEST(ImapSearch, BoundsNesting) {
    Folder folder;
    EXPECT_EQ(folder.search(std::string(10, '(') + "ALL" + std::string(10, ')')), "1 2 5");
    EXPECT_EQ(folder.search(std::string(10'000, '(') + "ALL" + std::string(10'000, ')')), "BAD");
}

TEST(ImapSearch, ComparesAsciiLettersWithoutCase) {
    EXPECT_TRUE(contains_ignoring_case("Hello World", "LO wo"));
    EXPECT_TRUE(contains_ignoring_case("", ""));
    EXPECT_FALSE(contains_ignoring_case("", "a"));
    EXPECT_FALSE(contains_ignoring_case("[", "{")) << "only letters have a case";
}

}  // namespace
}  // namespace sandbox
