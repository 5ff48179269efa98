#include "documents/bson_document.h"

#include <bson/bson.h>

#include "documents/extended_json.h"
#include "documents/test_bson.h"

namespace documents {
namespace {

using testing::HasSubstr;

Value from_json(std::string_view json) {
    const base::Result<Value> value = read_document(json);
    EXPECT_TRUE(value) << json;
    return value ? *value : Value{};
}

// The library's own reader of JSON makes the bytes: every type there is.
std::string bytes_of(const std::string& json) {
    bson_error_t error;
    bson_t* document = bson_new_from_json(
        reinterpret_cast<const std::uint8_t*>(json.data()),
        static_cast<ssize_t>(json.size()),
        &error
    );
    EXPECT_NE(document, nullptr) << error.message;
    if (!document) return {};
    std::string bytes(reinterpret_cast<const char*>(bson_get_data(document)), document->len);
    bson_destroy(document);
    return bytes;
}

std::string error_of(const std::string& bytes) {
    const base::Result<Value> value = read_bson(bytes);
    EXPECT_FALSE(value);
    return value ? "" : value.error().message;
}

TEST(Bson, EveryTypeIsWhatExtendedJsonSays) {
    const std::string json =
        R"({"_id":{"$oid":"5f0000000000000000000001"},"i":{"$numberInt":"-7"},)"
        R"("l":{"$numberLong":"9223372036854775807"},"d":{"$numberDouble":"0.1"},)"
        R"("at":{"$date":{"$numberLong":"1609459200120"}},"s":"Zoë","t":true,"n":null,)"
        R"("o":{"a":{"b":[{"$numberInt":"1"},"x",{"c":null}]}},)"
        R"("bin":{"$binary":{"base64":"AQI=","subType":"05"}},)"
        R"("re":{"$regularExpression":{"pattern":"^a","options":"i"}},)"
        R"("ts":{"$timestamp":{"t":1,"i":2}},"code":{"$code":"f;"},)"
        R"("scoped":{"$code":"g;","$scope":{"x":{"$numberInt":"1"}}},"sym":{"$symbol":"s"},)"
        R"("dec":{"$numberDecimal":"1.10"},"min":{"$minKey":1},"max":{"$maxKey":1},)"
        R"("und":{"$undefined":true},)"
        R"("ptr":{"$dbPointer":{"$ref":"c","$id":{"$oid":"5f0000000000000000000002"}}}})";
    const base::Result<Value> value = read_bson(bytes_of(json));
    ASSERT_TRUE(value) << value.error().message;
    EXPECT_EQ(*value, from_json(json));
    EXPECT_EQ(to_json(*value, Style::canonical), json);
}

TEST(Bson, OurTestWriterAgreesWithTheLibrary) {
    const std::string json =
        R"({"_id":{"$oid":"5f0000000000000000000001"},"i":{"$numberInt":"-7"},)"
        R"("l":{"$numberLong":"5000000000"},"d":{"$numberDouble":"87.0"},"s":"Zoë","t":false,)"
        R"("at":{"$date":{"$numberLong":"-5"}},"n":null,"o":{"a":[{"$numberInt":"1"},{}]}})";
    EXPECT_EQ(to_bson(from_json(json)), bytes_of(json));
}

// Every cut and every flipped byte is either read or refused; ASan sees that nothing else happens.
TEST(Bson, DamagedBytesAreRefusedOrRead) {
    const std::string bytes = bytes_of(
        R"({"_id":{"$oid":"5f0000000000000000000001"},"s":"text","o":{"a":[{"$numberInt":"1"}]},)"
        R"("bin":{"$binary":{"base64":"AQI=","subType":"02"}},"code":{"$code":"g;","$scope":{"x":1}},)"
        R"("re":{"$regularExpression":{"pattern":"^a","options":"i"}},"sym":{"$symbol":"s"},)"
        R"("ptr":{"$dbPointer":{"$ref":"c","$id":{"$oid":"5f0000000000000000000002"}}}})"
    );
    for (std::size_t size = 0; size < bytes.size(); ++size)
        EXPECT_FALSE(read_bson(bytes.substr(0, size))) << size;
    int read = 0;
    for (std::size_t at = 0; at < bytes.size(); ++at)
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
            const base::Result<Value> value = read_bson(changed);
            if (value) ++read;
            if (!value) EXPECT_FALSE(value.error().message.empty());
        }
    EXPECT_GT(read, 100);  // most flips of a text are texts
}

TEST(Bson, RefusesWithTheField) {
    EXPECT_THAT(
        error_of(to_bson(Value::of_object({{"name", Value::of_text("\xff\xfe")}}))),
        HasSubstr("name: bytes that are not UTF-8")
    );
    EXPECT_THAT(
        error_of(to_bson(Value::of_object(
            {{"o", Value::of_object({{"in", Value::of_text(std::string("a\0b", 3))}})}}
        ))),
        HasSubstr("o.in: a text holds the NUL character")
    );
    EXPECT_THAT(error_of(to_bson(Value::of_object({{"\xff", Value{}}}))), HasSubstr("not UTF-8"));
    EXPECT_THAT(
        error_of(to_bson(Value::of_object({{"a", Value{}}, {"a", Value{}}}))),
        HasSubstr("stands twice")
    );
}

TEST(Bson, DepthIsLimited) {
    std::string bytes = to_bson(Value::of_object());
    for (int depth = 0; depth < 100'000; ++depth) {
        const std::string inside = "\x03" + std::string("a") + '\0' + bytes;
        bytes = little_endian(inside.size() + 5, 4) + inside + '\0';
        if (bytes.size() > 20'000) break;
        if (depth + 2 == kDepthMax) EXPECT_TRUE(read_bson(bytes));
    }
    EXPECT_THAT(error_of(bytes), HasSubstr("levels deep"));
}

}  // namespace
}  // namespace documents
