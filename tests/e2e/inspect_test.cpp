#include <boost/json.hpp>

#include "base/text.h"
#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;

using Inspect = Program;

constexpr const char* kMail =
    "From: Ann <ann@example.com>\r\nTo: seed@example.org\r\nSubject: "
    "=?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    "Message-ID: <one@example.com>\r\n\r\nHello\r\n";

TEST_F(Inspect, PrintsALineForEachFileAndGoesOnAfterABadOne) {
    put("a.eml", kMail);
    put("b.eml", "");
    const Outcome outcome = run({"inspect", "a.eml", "none.eml", "b.eml"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("none.eml"));
    EXPECT_EQ(outcome.err.find('\n'), outcome.err.size() - 1);
    const std::vector<std::string> lines = base::split(outcome.out, '\n');
    ASSERT_EQ(lines.size(), 3u) << outcome.out;
    EXPECT_EQ(boost::json::parse(lines[0]).at("subject").as_string(), "Grüße");
    EXPECT_EQ(boost::json::parse(lines[0]).at("message_id").as_string(), "one@example.com");
    EXPECT_EQ(boost::json::parse(lines[1]).at("file").as_string(), "b.eml");
    EXPECT_THAT(files(), ::testing::ElementsAre("a.eml", "b.eml"));
}

TEST_F(Inspect, ReadsStandardInput) {
    const Outcome outcome = run({"inspect", "-"}, kMail);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(boost::json::parse(outcome.out).at("from").as_string(), "ann@example.com");
    EXPECT_EQ(boost::json::parse(outcome.out).at("file").as_string(), "-");
}

TEST_F(Inspect, TakesBareText) {
    put("body.txt", "Yes, gladly.\r\n\xff\r\n");
    const Outcome outcome = run({"inspect", "--text", "body.txt"});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    const boost::json::object line = boost::json::parse(outcome.out).as_object();
    EXPECT_EQ(line.size(), 2u);
    EXPECT_EQ(line.at("reply_text").as_string(), "Yes, gladly.\n\xEF\xBF\xBD");
}

}  // namespace
}  // namespace e2e
