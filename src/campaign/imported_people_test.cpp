#include "campaign/imported_people.h"

namespace campaign {
namespace {

TEST(ImportedPeople, OnlyTheWholeAddressCounts) {
    for (const char* text :
         {R"({"email":"Ann@X.example"})",
          "ann@x.example",
          "to ann@x.example, please",
          "ann@x.example."})
        EXPECT_TRUE(names_address(text, "ann@x.example")) << text;
    for (const char* text :
         {"joann@x.example", "ann@x.example.org", "a.ann@x.example", "ann@x.examples", ""})
        EXPECT_FALSE(names_address(text, "ann@x.example")) << text;
    EXPECT_FALSE(names_address("anything", ""));
}

}  // namespace
}  // namespace campaign
