#include "inbound/marks.h"

namespace {

using inbound::Marks;
using inbound::touched_by_person;

imap::Fetched fetched(std::vector<std::string> flags, std::vector<std::string> labels = {}) {
    imap::Fetched one;
    one.flags = std::move(flags);
    one.gmail_labels = std::move(labels);
    return one;
}

}  // namespace

TEST(Marks, LeaveOutWhatNobodySetByHand) {
    EXPECT_EQ(
        inbound::marks_of(fetched(
            {"\\Seen", "\\RECENT", "NonJunk", "$HasNoAttachment", "$X-ME-Annot-2", "\\flagged"},
            {"\\Inbox", "\\Important", "Work"}
        )),
        (Marks{"Work", "\\Important", "\\flagged"})
    );
}

TEST(Marks, AreReadAgainAsTheyWereWritten) {
    const Marks marks = {"$label1", "Kunden, Süd", "\\Important"};
    EXPECT_EQ(inbound::marks_from_text(inbound::marks_to_text(marks)), marks);
    EXPECT_EQ(inbound::marks_from_text(""), Marks{});
    EXPECT_EQ(inbound::marks_to_text({"a\nb", "", "\xff", "good"}), "good");
    EXPECT_LE(inbound::marks_to_text(Marks(1000, std::string(100, 'x'))).size(), 4200U);
}

TEST(TouchedByPerson, AnswerStarAndDeletionCountWheneverTheyCame) {
    struct Case {
        const char* mark;
        const char* words;
    };
    for (const Case& one :
         {Case{"\\Answered", "answered"},
          Case{"\\ANSWERED", "answered"},
          Case{"\\Flagged", "starred"},
          Case{"\\Starred", "starred"},
          Case{"\\Deleted", "deleted"},
          Case{"$Forwarded", "forwarded"}}) {
        for (const auto& then : {std::optional<Marks>(), std::optional(Marks{one.mark})}) {
            const auto words = touched_by_person({one.mark}, then);
            ASSERT_TRUE(words.has_value()) << one.mark;
            EXPECT_NE(words->find(one.words), std::string_view::npos) << *words;
        }
    }
}

TEST(TouchedByPerson, OtherMarksCountWhereTheyAreNew) {
    EXPECT_FALSE(touched_by_person({}, Marks{}));
    EXPECT_FALSE(touched_by_person({"\\Seen", "NonJunk"}, Marks{}));
    EXPECT_FALSE(touched_by_person({"Warmup", "\\Important"}, Marks{"\\Important", "warmup"}));
    EXPECT_TRUE(touched_by_person({"Work"}, Marks{"Warmup"}));
    EXPECT_TRUE(touched_by_person({"$label1"}, Marks{}));
    EXPECT_TRUE(touched_by_person({"\\Important"}, Marks{}));
    // A mark that was taken away again is none.
    EXPECT_FALSE(touched_by_person({}, Marks{"Warmup"}));
}

TEST(TouchedByPerson, OfASentCopyNobodyKnowsHowItBegan) {
    EXPECT_FALSE(touched_by_person({"\\Important", "\\Seen", "\\Sent"}, std::nullopt));
    EXPECT_TRUE(touched_by_person({"Work"}, std::nullopt));
}
