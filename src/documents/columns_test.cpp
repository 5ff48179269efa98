#include "documents/columns.h"

#include "documents/extended_json.h"

namespace documents {
namespace {

constexpr Field kFields[] = {
    {"_id", "external_id", As::id},
    {"subject", "subject", As::text},
    {"title", "title", As::text_or_none},
    {"html_body", "html_body", As::nullable_text},
    {"created_at", "created_at", As::date},
    {"retry_count", "retry_count", As::integer},
    {"passed", "passed", As::flag},
    {"invalid", "invalid", As::flag_or_none},
    {"score", "score", As::real},
    {"criteria", "criteria", As::json},
};

Value from(std::string_view json) {
    const base::Result<Value> value = read_document(json);
    EXPECT_TRUE(value) << json;
    return value ? *value : Value{};
}

TEST(Columns, WhatTheColumnsHoldIsShownAsItCame) {
    for (const char* json :
         {R"({"_id":{"$oid":"5f0000000000000000000001"},"subject":"S","title":"T","html_body":"<p>",)"
          R"("created_at":{"$date":{"$numberLong":"1609459200120"}},"retry_count":3,"passed":true,)"
          R"("invalid":true,"score":87,"criteria":{"a":{"$gt":5}}})",
          R"({"_id":"x","subject":"","html_body":null,"created_at":{"$date":{"$numberLong":"-1"}},)"
          R"("retry_count":0,"passed":false,"score":87.5,"criteria":{}})"}) {
        const Value document = from(json);
        EXPECT_EQ(to_document(kFields, to_columns(kFields, document)), document) << json;
    }
}

TEST(Columns, OtherTypesBecomeEmpty) {
    const store::Values columns = to_columns(
        kFields, from(R"({"_id":5,"subject":7,"html_body":[],"created_at":"soon","score":"high"})")
    );
    EXPECT_TRUE(std::holds_alternative<std::monostate>(columns[0]));
    EXPECT_EQ(std::get<std::string>(columns[1]), "");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(columns[3]));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(columns[4]));
    EXPECT_TRUE(std::holds_alternative<std::monostate>(columns[8]));
}

TEST(Columns, ListAndTypesFollowTheFields) {
    EXPECT_EQ(select_list(std::span(kFields).first(3)), "external_id, subject, title");
    const auto types = column_types(kFields);
    EXPECT_EQ(types[4], store::Column::integer);
    EXPECT_EQ(types[8], store::Column::real);
}

}  // namespace
}  // namespace documents
