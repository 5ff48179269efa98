#include "cli/document_writer.h"

namespace cli {
namespace {

TEST(DocumentWriter, CsvKeepsTheUsualFieldsInColumnsAndTheRestTogether) {
    const auto document = documents::read_document(
        R"({"_id":{"$oid":"5f0000000000000000000001"},"subject":"Hi, \"you\"","body":"a\nb",)"
        R"("sent_at":{"$date":"2026-11-23T13:07:00.5Z"},"score":87.5,"none":null,"extra":{"a":1}})"
    );
    ASSERT_TRUE(document);
    const std::vector<std::string> fields = {
        "_id", "subject", "body", "sent_at", "score", "none", "gone"
    };
    EXPECT_EQ(csv_heading(fields), "_id,subject,body,sent_at,score,none,gone,other_fields");
    EXPECT_EQ(
        csv_line(*document, fields),
        "5f0000000000000000000001,\"Hi, \"\"you\"\"\",\"a\nb\",2026-11-23T13:07:00.5Z,87.5,,,"
        "\"{\"\"extra\"\":{\"\"a\"\":1}}\""
    );
}

TEST(DocumentWriter, CsvHoldsNoFormulas) {
    const auto document = documents::read_document(
        R"j({"a":"=HYPERLINK(\"http://x.example\")","b":"+1","c":"@SUM","d":"-2","e":-3,"f":"a=b"})j"
    );
    ASSERT_TRUE(document);
    EXPECT_EQ(
        csv_line(*document, {"a", "b", "c", "d", "e", "f"}),
        "\"'=HYPERLINK(\"\"http://x.example\"\")\",'+1,'@SUM,'-2,-3,a=b,"
    );
}

}  // namespace
}  // namespace cli
