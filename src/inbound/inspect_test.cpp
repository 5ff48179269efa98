#include "inbound/inspect.h"

#include <boost/json.hpp>

#include "mime/test_mail.h"

namespace inbound {
namespace {

namespace json = boost::json;
using testing::ElementsAre;

TEST(Inspect, HasAllKeysInTheirOrder) {
    for (const std::string& bytes : {std::string(), mime::composed(mime::sample_mail())}) {
        const json::object line = json::parse(inspect_json("x.eml", bytes)).as_object();
        std::vector<std::string> keys;
        for (const auto& pair : line) keys.emplace_back(pair.key());
        EXPECT_THAT(
            keys,
            ElementsAre(
                "file",
                "kind",
                "from",
                "to",
                "subject",
                "date",
                "message_id",
                "in_reply_to",
                "references",
                "leaves",
                "parts",
                "text",
                "reply_text",
                "bounces",
                "original_message_id",
                "return_date",
                "authentication",
                "defects"
            )
        );
    }
}

TEST(Inspect, ShowsAMessage) {
    mime::Outgoing mail = mime::sample_mail();
    mail.in_reply_to = base::MessageId::parse("<r@seed.test>");
    const std::string text = inspect_json(
        "dir/x.eml", "Authentication-Results: mx; spf=pass; dkim=fail\r\n" + mime::composed(mail)
    );
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const json::object line = json::parse(text).as_object();
    EXPECT_EQ(line.at("file"), "dir/x.eml");
    EXPECT_EQ(line.at("kind"), "reply");
    EXPECT_EQ(line.at("from"), "ada@sender.test");
    EXPECT_EQ(line.at("to"), json::parse(R"(["charles@seed.test"])"));
    EXPECT_EQ(line.at("subject"), "Notes on the engine");
    EXPECT_EQ(line.at("date"), "2026-11-23T12:07:00Z");
    EXPECT_EQ(line.at("message_id"), "abc123@sender.test");
    EXPECT_EQ(line.at("in_reply_to"), "r@seed.test");
    EXPECT_EQ(line.at("references"), json::parse(R"(["r@seed.test"])"));
    EXPECT_EQ(line.at("leaves"), json::parse(R"(["text/plain", "text/html"])"));
    EXPECT_EQ(
        line.at("parts").at(0), json::parse(R"({"type": "text/plain", "name": "", "bytes": 45})")
    );
    EXPECT_EQ(line.at("text"), json::value(mail.text));
    EXPECT_EQ(line.at("reply_text"), "Dear Charles,\n\nthe notes are done.\n\nAda");
    EXPECT_EQ(
        line.at("authentication"),
        json::parse(R"({"spf": "pass", "dkim": "fail", "dmarc": null, "arc": null})")
    );
    EXPECT_EQ(line.at("defects"), json::array());
}

TEST(Inspect, ShowsNullForWhatIsMissing) {
    const json::object line = json::parse(inspect_json("x", "\r\n")).as_object();
    for (const char* key :
         {"from", "date", "message_id", "in_reply_to", "original_message_id", "return_date"})
        EXPECT_TRUE(line.at(key).is_null()) << key;
    EXPECT_EQ(line.at("authentication").at("spf"), nullptr);
}

TEST(Inspect, IsJsonForAnyBytes) {
    base::SeededRandom random(3);
    for (int round = 0; round < 300; ++round) {
        std::string bytes = "Message-ID: <" + random.bytes(10) +
                            ">\r\nSubject: " + random.bytes(20) +
                            "\r\nContent-Type: text/html; name=\"" + random.bytes(8) + "\"\r\n\r\n";
        bytes += random.bytes(100);
        json::error_code problem;
        json::parse(inspect_json(random.bytes(5), bytes), problem);
        ASSERT_FALSE(problem) << round;
    }
}

}  // namespace
}  // namespace inbound
