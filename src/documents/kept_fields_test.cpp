#include "documents/kept_fields.h"

#include "base/random.h"
#include "documents/extended_json.h"

namespace documents {
namespace {

Value from(std::string_view json) {
    const base::Result<Value> value = read_document(json);
    EXPECT_TRUE(value) << json;
    return value ? *value : Value{};
}

std::string kept(const Value& original, const Value& shown) {
    const base::Result<std::string> text = kept_fields(original, shown);
    EXPECT_TRUE(text) << (text ? "" : text.error().message);
    return text.value_or("");
}

TEST(KeptFields, NothingIsKeptWhereTheRowShowsAll) {
    const Value document = from(R"({"_id":"a","status":"sent"})");
    EXPECT_EQ(kept(document, document), "");
    EXPECT_EQ(give_back(document, ""), document);
}

TEST(KeptFields, GivesBackUnknownChangedAndMissingFieldsInTheirOrder) {
    const Value original = from(R"({"extra":[1,{"a":null}],"status":"claimed","_id":"a"})");
    const Value shown = from(R"({"_id":"a","status":"in_doubt","html_body":null})");
    const std::string text = kept(original, shown);
    EXPECT_EQ(give_back(shown, text), original);
}

TEST(KeptFields, AFieldThatChangedSinceIsGivenAsItIs) {
    const Value original = from(R"({"_id":"a","status":"claimed","x":1})");
    const std::string text = kept(original, from(R"({"_id":"a","status":"in_doubt"})"));
    EXPECT_EQ(
        give_back(from(R"({"_id":"a","status":"sent"})"), text),
        from(R"({"_id":"a","status":"sent","x":1})")
    );
    const std::string missing = kept(from(R"({"_id":"a"})"), from(R"({"_id":"a","sent_at":null})"));
    EXPECT_EQ(
        give_back(from(R"({"_id":"a","sent_at":5})"), missing), from(R"({"_id":"a","sent_at":5})")
    );
}

TEST(KeptFields, WholeDocumentsComeBack) {
    const Value document =
        from(R"({"_id":{"$oid":"5f0000000000000000000001"},"day":"2026-01-01","n":5})");
    const base::Result<std::string> text = kept_whole(document);
    ASSERT_TRUE(text);
    EXPECT_EQ(whole_document(*text), document);
    EXPECT_EQ(whole_document("{}"), std::nullopt);
    EXPECT_EQ(whole_document(""), std::nullopt);
}

TEST(KeptFields, LoseTheirTextsAndKeepTheirWords) {
    Value original = from(R"({"_id":"a","status":"claimed","opened":3,"headers":["To: ann"]})");
    original.add("body", Value::of_text(std::string(500, 'x')));
    const Value row = from(R"({"_id":"a","status":"in_doubt"})");
    const std::string text = kept(original, row);
    const std::string left = without_texts(text);
    EXPECT_EQ(give_back(row, left), from(R"({"_id":"a","status":"claimed","opened":3})"));
    EXPECT_EQ(without_texts(left), left);
    for (const char* other : {"", "{}", R"({"made_for":"emails"})"})
        EXPECT_EQ(without_texts(other), other);
}

TEST(KeptFields, WhatCouldNotBeReadBackIsRefused) {
    const Value fake = Value::of_object({{"$oid", Value::of_text("no id at all")}});
    EXPECT_FALSE(kept_whole(Value::of_object({{"_id", Value::of_text("a")}, {"f", fake}})));
    EXPECT_FALSE(kept_fields(
        Value::of_object({{"_id", Value::of_text("a")}, {"f", fake}}), from(R"({"_id":"a"})")
    ));
}

// Any document against any row: what is given back is the document.
TEST(KeptFields, AnyDifferenceIsGivenBack) {
    base::SeededRandom random(7);
    const auto draw = [&] {
        Value document = Value::of_object();
        std::vector<std::string> names = {"a", "b", "c", "d", "e", "f"};
        random.shuffle(names);
        for (const std::string& name : names) {
            if (random.chance(0.4)) continue;
            document.add(
                name,
                random.chance(0.3)   ? Value{}
                : random.chance(0.5) ? Value::of_int(random.between(0, 2))
                                     : Value::of_text(random.letters(1))
            );
        }
        return document;
    };
    for (int i = 0; i < 5000; ++i) {
        const Value original = draw();
        const Value shown = draw();
        ASSERT_EQ(give_back(shown, kept(original, shown)), original)
            << to_json(original, Style::relaxed) << to_json(shown, Style::relaxed);
    }
}

}  // namespace
}  // namespace documents
