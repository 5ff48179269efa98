#include "cli/suppress_list.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class SuppressFile : public testing::Test {
  protected:
    SuppressFile() {
        std::string pattern = "/tmp/pilotlight-cli-XXXXXX";
        folder_ = ::mkdtemp(pattern.data());
    }
    ~SuppressFile() override { std::filesystem::remove_all(folder_); }
    base::Result<std::vector<campaign::ToSuppress>> read(const std::string& text) {
        const std::string path = folder_ + "/list.csv";
        std::ofstream(path) << text;
        return read_suppress_file(path);
    }
    std::string folder_;
};

TEST_F(SuppressFile, GivesAddressesAndDomainsWithoutHeadingAndBlankRows) {
    const auto values =
        read("address,why\nAnn@shop.example,asked\n,\n\n*@rival.example,\nmüller.de,x\n");
    ASSERT_TRUE(values) << values.error().message;
    ASSERT_EQ(values->size(), 3u);
    EXPECT_EQ((*values)[0].email.str(), "Ann@shop.example");
    EXPECT_EQ((*values)[1].domain, "rival.example");
    EXPECT_EQ((*values)[2].domain, "xn--mller-kva.de");
}

// Who stands on such a list is never left out in silence.
TEST_F(SuppressFile, NamesEveryRowThatCannotBeRead) {
    const auto values = read(
        "ann@shop.example,x\n\"ben@shop.example,never "
        "closed\neve@shop.example,y\n,fred@shop.example\n"
        "nonsense,z\n"
    );
    ASSERT_FALSE(values);
    EXPECT_THAT(values.error().message, HasSubstr("list.csv:2: "));
    EXPECT_THAT(values.error().message, HasSubstr("list.csv:4: the first field is empty"));
    EXPECT_THAT(values.error().message, HasSubstr("list.csv:5: nonsense is neither"));
    EXPECT_THAT(values.error().message, Not(HasSubstr("list.csv:3: ")));
}

TEST_F(SuppressFile, CountsThoseThatItDoesNotShow) {
    std::string text;
    for (int i = 0; i < 30; ++i) text += "non sense\n";
    const auto values = read(text);
    ASSERT_FALSE(values);
    EXPECT_THAT(values.error().message, HasSubstr("… 29 rows in all"));
}

}  // namespace
}  // namespace cli
