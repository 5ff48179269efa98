// Documents that can't be taken, and files that are damaged: named, and never the end of an import.
#include "documents/test_bson.h"
#include "tests/moving/import_fixture.h"

namespace moving {
namespace {

using documents::Style;
using documents::Value;
using testing::HasSubstr;
using tests::Kind;

class HostileDocuments : public ImportTest {};

TEST_P(HostileDocuments, RefusedDocumentsAreNamedAndTheOthersAreIn) {
    const engine::ImportReport report = take(
        "leads",
        {R"({"_id":{"$oid":"5f00000000000000000000b1"},"email":"a@x.example"})",
         R"({"email":"noid@x.example"})",
         R"({"_id":{"$oid":"5f00000000000000000000b3"},"name":"no address"})",
         R"({"_id":{"$oid":"5f00000000000000000000b4"},"email":"b@x.example","t":"\u0000"})",
         R"({"_id":{"$oid":"5f00000000000000000000b5"},"email":"c@x.example"})"}
    );
    EXPECT_FALSE(report.complete());
    EXPECT_EQ(sum(report).imported, 2);
    EXPECT_EQ(sum(report).refused, 3);
    ASSERT_EQ(remarks_.size(), 3U) << refusals();
    const std::string all = refusals();
    EXPECT_THAT(all, HasSubstr("leads.json, line 2, : it has no _id"));
    EXPECT_THAT(all, HasSubstr("leads.json, line 3, 5f00000000000000000000b3: it has no email"));
    EXPECT_THAT(
        all, HasSubstr("leads.json, line 4, 5f00000000000000000000b4: a text holds the NUL")
    );
}

// What can be read and not kept is refused by itself; the documents around it come in.
TEST_P(HostileDocuments, WhatCannotBeKeptRefusesItsDocumentAlone) {
    const auto nested = [](int id, int levels) {
        return fmt::format(
            R"({{"_id":"{}","email":"a{}@x.example","deep":{}1{}}})",
            id,
            id,
            std::string(static_cast<std::size_t>(levels), '['),
            std::string(static_cast<std::size_t>(levels), ']')
        );
    };
    std::vector<std::string> lines;
    for (int levels = 96; levels <= 104; ++levels) lines.push_back(nested(levels, levels));
    const engine::ImportReport report = take("leads", lines);
    // A document is a level itself: 101 in it make 102.
    EXPECT_EQ(sum(report).imported, 6) << refusals();
    EXPECT_EQ(sum(report).refused, 3);
    const auto out = by_id(move_out("leads"));
    for (int levels = 96; levels <= 101; ++levels)
        EXPECT_EQ(
            out.at(std::to_string(levels)),
            documents::to_json(from(lines[static_cast<std::size_t>(levels - 96)]), Style::canonical)
        );
}

// Names and shapes that Extended JSON gives a meaning, at random: never the end of an import.
TEST_P(HostileDocuments, NoDocumentEndsAnImport) {
    base::SeededRandom random(23);
    const std::vector<std::string> names = {
        "$oid",
        "$date",
        "$code",
        "$scope",
        "$numberInt",
        "$binary",
        "$type",
        "$regex",
        "name",
        "title",
        "fields",
        "is",
        "was",
        "whole",
        "email_invalid",
        "created_at",
        "target_criteria"
    };
    const std::function<Value(int)> draw = [&](int left) {
        if (left == 0 || random.chance(0.3)) return Value::of_text(random.letters(3));
        if (random.chance(0.1)) return Value::of_int(random.between(0, 5));
        Value value = Value::of_object();
        for (std::uint64_t i = random.below(3); i < 3; ++i) {
            const std::string& name = names[random.below(names.size())];
            if (!value.find(name)) value.add(name, draw(left - 1));
        }
        if (!random.chance(0.2)) return value;
        value.kind = documents::Kind::special;  // code with a scope
        value.text = "f()";
        return value;
    };
    Value code = Value::of_object({{"$oid", Value::of_text("x")}});
    code.kind = documents::Kind::special;
    code.text = "f()";
    for (const char* collection :
         {"leads", "campaigns", "emails", "email_drafts", "sending_stats"}) {
        std::string bytes;
        int count = 0;
        for (; count < 300; ++count) {
            const std::string id = std::to_string(count);
            Value document = Value::of_object({{"_id", Value::of_text(id)}});
            document.add("email", Value::of_text("a" + id + "@x.example"));
            document.add("to_email", Value::of_text("a" + id + "@x.example"));
            document.add("lead_id", Value::of_text("l" + id));
            if (count == 0) document.add("f", code);
            for (const std::string& name : names)
                if (random.chance(0.2)) document.add(name, draw(4));
            bytes += documents::to_bson(document);
        }
        const std::string path = folder_.file(std::string(collection) + ".bson");
        std::FILE* file = std::fopen(path.c_str(), "wb");
        std::fwrite(bytes.data(), 1, bytes.size(), file);
        std::fclose(file);
        const engine::ImportCounts all = sum(move_in(path));
        EXPECT_EQ(all.imported + all.set_aside + all.refused, count) << collection;
        EXPECT_GT(all.refused, 0) << collection;
        EXPECT_GT(all.imported + all.set_aside, 20) << collection;
        EXPECT_EQ(sum(move_in(path)).there, all.imported + all.set_aside) << collection;
    }
}

TEST_P(HostileDocuments, ATruncatedFileGivesWhatIsWholeAndIsGoneOnWith) {
    const std::vector<Value> leads = {
        from(R"({"_id":"1","email":"a@x.example"})"), from(R"({"_id":"2","email":"b@x.example"})")
    };
    const std::string whole = documents::to_bson(leads[0]) + documents::to_bson(leads[1]);
    const auto put = [&](const std::string& bytes) {
        std::FILE* file = std::fopen(folder_.file("leads.bson").c_str(), "wb");
        std::fwrite(bytes.data(), 1, bytes.size(), file);
        std::fclose(file);
        return move_in(folder_.file("leads.bson"));
    };
    const engine::ImportReport cut = put(whole.substr(0, whole.size() - 3));
    EXPECT_FALSE(cut.complete());
    ASSERT_EQ(cut.broken.size(), 1U);
    EXPECT_THAT(cut.broken[0], HasSubstr("document 2 (byte 39)"));
    EXPECT_EQ(sum(cut).imported, 1);
    const engine::ImportReport all = put(whole);
    EXPECT_TRUE(all.complete());
    EXPECT_EQ(sum(all).there, 1);
    EXPECT_EQ(sum(all).imported, 1);
    EXPECT_EQ(by_id(move_out("leads")), by_id(leads));
}

// Bytes at random, and good files with bytes changed: named or read, never a crash.
TEST_P(HostileDocuments, HostileFilesAreRefusedOrRead) {
    base::SeededRandom random(11);
    const Collections system = draw_system(4, 20);
    for (const Files format : {Files::bson, Files::canonical_lines, Files::relaxed_list}) {
        const std::string path = folder_.file(format == Files::bson ? "leads.bson" : "leads.json");
        write_file(system.at("leads"), format, path);
        std::FILE* file = std::fopen(path.c_str(), "rb");
        std::string good(1 << 20, '\0');
        good.resize(std::fread(good.data(), 1, good.size(), file));
        std::fclose(file);
        for (int round = 0; round < 60; ++round) {
            std::string bad = round % 10 == 0 ? random.bytes(500) : good;
            for (int i = 0; i < 3 && !bad.empty(); ++i)
                bad[random.below(bad.size())] = static_cast<char>(random.below(256));
            file = std::fopen(path.c_str(), "wb");
            std::fwrite(bad.data(), 1, bad.size(), file);
            std::fclose(file);
            const engine::ImportReport report = move_in(path, true);
            if (!report.complete()) EXPECT_FALSE(refusals().empty());
        }
    }
    EXPECT_EQ(value("SELECT CAST(COUNT(*) AS TEXT) FROM leads"), "0");
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    HostileDocuments,
    testing::Values(Kind::sqlite_file, Kind::postgresql),
    [](const auto& info) { return tests::name_of(info.param); }
);

}  // namespace
}  // namespace moving
