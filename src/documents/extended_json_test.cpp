#include "documents/extended_json.h"

namespace documents {
namespace {

using testing::HasSubstr;

Value must_read(std::string_view json) {
    base::Result<Value> value = read_document(json);
    EXPECT_TRUE(value) << json << ": " << (value ? "" : value.error().message);
    return value ? *value : Value{};
}

std::string error_of(std::string_view json) {
    const base::Result<Value> value = read_document(json);
    EXPECT_FALSE(value) << json;
    return value ? "" : value.error().message;
}

// The same document in every form that mongoexport has written.
TEST(ExtendedJson, AllVersionsReadAlike) {
    const Value canonical = must_read(
        R"({"_id":{"$oid":"5f0000000000000000000001"},"n":{"$numberInt":"7"},)"
        R"("big":{"$numberLong":"5000000000"},"score":{"$numberDouble":"87.5"},)"
        R"("at":{"$date":{"$numberLong":"1609459200120"}},"old":{"$date":{"$numberLong":"-1"}},)"
        R"("b":{"$binary":{"base64":"AQI=","subType":"00"}},"ok":true,"none":null,)"
        R"("re":{"$regularExpression":{"pattern":"^a","options":"i"}},)"
        R"("ts":{"$timestamp":{"t":1,"i":2}},"list":[{"$numberInt":"1"},"x"]})"
    );
    const Value relaxed = must_read(
        R"({"_id":{"$oid":"5f0000000000000000000001"},"n":7,"big":5000000000,"score":87.5,)"
        R"("at":{"$date":"2021-01-01T00:00:00.12Z"},"old":{"$date":{"$numberLong":"-1"}},)"
        R"("b":{"$binary":{"base64":"AQI=","subType":"00"}},"ok":true,"none":null,)"
        R"("re":{"$regularExpression":{"pattern":"^a","options":"i"}},)"
        R"("ts":{"$timestamp":{"t":1,"i":2}},"list":[1,"x"]})"
    );
    const Value first = must_read(
        R"({"_id":{"$oid":"5F0000000000000000000001"},"n":7,"big":{"$numberLong":"5000000000"},)"
        R"("score":87.5,"at":{"$date":"2021-01-01T00:00:00.120+0000"},"old":{"$date":-1},)"
        R"("b":{"$binary":"AQI=","$type":"00"},"ok":true,"none":null,)"
        R"("re":{"$regex":"^a","$options":"i"},"ts":{"$timestamp":{"t":1,"i":2}},"list":[1,"x"]})"
    );
    EXPECT_EQ(canonical, relaxed);
    EXPECT_EQ(canonical, first);
    EXPECT_EQ(canonical.find("at")->kind, Kind::date);
    EXPECT_EQ(canonical.find("old")->number, -1);
    EXPECT_EQ(*id_of(canonical), "5f0000000000000000000001");
}

TEST(ExtendedJson, EveryStyleReadsBackAsTheSame) {
    const Value value = must_read(
        R"({"_id":"plain","n":{"$numberInt":"-7"},"l":{"$numberLong":"9223372036854775807"},)"
        R"("d":{"$numberDouble":"0.1"},"w":{"$numberDouble":"87.0"},"z":{"$numberDouble":"-0.0"},)"
        R"("at":{"$date":{"$numberLong":"1609459200000"}},"text":"a\"b\\ü\n","deep":{"a":[[],{}]},)"
        R"("dec":{"$numberDecimal":"1.10"},"min":{"$minKey":1},"und":{"$undefined":true},)"
        R"("code":{"$code":"f;","$scope":{"x":{"$numberInt":"1"}}},"far":{"$date":{"$numberLong":"253402300800000"}}})"
    );
    EXPECT_EQ(must_read(to_json(value, Style::canonical)), value);
    // Relaxed and v1 do not tell a small int64 from an int32; here is none.
    EXPECT_EQ(must_read(to_json(value, Style::relaxed)), value);
    EXPECT_EQ(must_read(to_json(value, Style::v1)), value);
    EXPECT_THAT(
        to_json(value, Style::relaxed), HasSubstr(R"("at":{"$date":"2021-01-01T00:00:00Z"})")
    );
    EXPECT_THAT(to_json(value, Style::v1), HasSubstr(R"({"$date":"2021-01-01T00:00:00.000Z"})"));
    EXPECT_THAT(to_json(value, Style::relaxed), HasSubstr(R"("w":87.0,)"));
}

TEST(ExtendedJson, NumbersAreReadExactly) {
    for (const char* digits : {"0.1", "1.7976931348623157e+308", "123456789.12345679", "5e-324"}) {
        const Value value = must_read(std::string("{\"d\":") + digits + "}");
        EXPECT_EQ(value.find("d")->real, std::strtod(digits, nullptr)) << digits;
        EXPECT_EQ(to_json(*value.find("d"), Style::relaxed), digits);
    }
    const Value nan =
        must_read(R"({"d":{"$numberDouble":"NaN"},"i":{"$numberDouble":"-Infinity"}})");
    EXPECT_EQ(must_read(to_json(nan, Style::relaxed)), nan);
}

TEST(ExtendedJson, RefusesWithTheReason) {
    const std::pair<std::string, const char*> cases[] = {
        {R"({"a":1,"a":2})", "stands twice"},
        {R"({"a":{"b":1,"b":1}})", "stands twice"},
        {R"({"_id":{"$oid":"xyz"}})", "24 hex digits"},
        {R"({"at":{"$date":"yesterday"}})", "a date"},
        {R"({"n":{"$numberInt":"99999999999"}})", "a whole number that fits"},
        {R"({"b":{"$binary":"??","$type":"00"}})", "base64"},
        {R"({"t":"a\u0000b"})", "NUL"},
        {R"({"a\u0000":1})", "NUL"},
        {std::string("{\"t\":\"\xff\xfe\"}"), "not UTF-8"},
        {R"({"t":)", "ends in the middle"},
        {R"({"t":1} x)", "after the end"},
        {R"([1])", "an array instead of a document"},
        {R"({'t':1})", "no JSON"},
    };
    for (const auto& [json, words] : cases) EXPECT_THAT(error_of(json), HasSubstr(words)) << json;
}

TEST(ExtendedJson, DepthIsLimited) {
    const auto nested = [](int depth) {
        return "{\"a\":" + std::string(static_cast<std::size_t>(depth), '[') +
               std::string(static_cast<std::size_t>(depth), ']') + "}";
    };
    EXPECT_TRUE(read_document(nested(kDepthMax - 1)));
    EXPECT_THAT(error_of(nested(kDepthMax + 5)), HasSubstr("levels deep"));
    EXPECT_THAT(error_of(nested(1'000'000)), HasSubstr("levels deep"));
}

TEST(ExtendedJson, TellsHowADocumentWasWritten) {
    EXPECT_EQ(style_of(R"({"n":{"$numberInt":"1"}})"), Style::canonical);
    EXPECT_EQ(style_of(R"({"n":1,"at":{"$date":"2021-01-01T00:00:00Z"}})"), Style::relaxed);
    EXPECT_EQ(style_of(R"({"n":1,"at":{"$date":"2021-01-01T00:00:00.000Z"}})"), Style::v1);
    EXPECT_EQ(style_of(R"({"n":{"$numberLong":"1"}})"), Style::v1);
    EXPECT_EQ(style_of(R"({"n":1})"), std::nullopt);
}

TEST(ExtendedJson, WhatStartsWithADollarAndIsNoTypeStays) {
    const Value value =
        must_read(R"({"q":{"$gt":5},"r":{"$ref":"c","$id":{"$oid":"5f0000000000000000000001"}}})");
    EXPECT_EQ(value.find("q")->kind, Kind::object);
    EXPECT_EQ(value.find("r")->find("$id")->kind, Kind::object_id);
}

}  // namespace
}  // namespace documents
