#include "documents/document_reader.h"

#include <zlib.h>

#include "documents/json_splitter.h"
#include "documents/test_bson.h"

namespace documents {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string gzip(std::string bytes) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

// What a reader says, as "5" for a document {"n": 5}, else "position: reason".
std::vector<std::string> read(const std::string& bytes, Format format, std::size_t piece = 7) {
    const auto reader = read_documents(source_of(bytes, piece), format);
    std::vector<std::string> out;
    while (const std::optional<Item> item = reader->next()) {
        if (item->document)
            out.push_back(std::to_string(item->document->find("n")->number));
        else
            out.push_back(item->position + ": " + item->reason + (item->broken ? " [end]" : ""));
        if (out.size() > 50) break;
    }
    EXPECT_FALSE(reader->next());
    return out;
}

std::vector<std::string> json(const std::string& bytes) {
    const std::vector<std::string> whole = read(bytes, Format::json, 1 << 16);
    for (const std::size_t piece : {1UZ, 2UZ, 3UZ, 11UZ})
        EXPECT_EQ(read(bytes, Format::json, piece), whole) << piece;
    EXPECT_EQ(read(gzip(bytes), Format::json, 5), whole);
    return whole;
}

std::string bson(int number) {
    return to_bson(Value::of_object({{"n", Value::of_int(number)}, {"t", Value::of_text("x")}}));
}

TEST(DocumentReader, ReadsLinesArraysAndSequences) {
    const auto three = ElementsAre("1", "2", "3");
    EXPECT_THAT(json("{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"), three);
    EXPECT_THAT(json("{\"n\":1}\r\n\r\n{\"n\":2}\r\n{\"n\":3}"), three);
    EXPECT_THAT(json("[{\"n\":1},{\"n\":2},{\"n\":3}]"), three);
    EXPECT_THAT(json(" [\n {\"n\":1}\n,\n {\"n\":2},{\"n\":3} ]\n"), three);
    EXPECT_THAT(json("{\n \"n\": 1\n}\n{\n \"n\": 2, \"t\": \"}{\\\"\"\n}{\"n\":3}"), three);
    EXPECT_THAT(json("\xEF\xBB\xBF{\"n\":1}\n{\"n\":2}\n{\"n\":3}"), three);
    EXPECT_THAT(json(""), ElementsAre());
    EXPECT_THAT(json("\n \n"), ElementsAre());
    EXPECT_THAT(json("[]"), ElementsAre());
}

TEST(DocumentReader, ADamagedLineHarmsNoOther) {
    EXPECT_THAT(
        json("{\"n\":1}\n{\"n\":\"2}\n{\"n\":3}\n"),
        ElementsAre("1", HasSubstr("line 2: it ends in the middle"), "3")
    );
    EXPECT_THAT(
        json("[{\"n\":1},{\"n\":x},{\"n\":3}]"), ElementsAre("1", HasSubstr("line 1: no JSON"), "3")
    );
    EXPECT_THAT(
        json("{\"n\":1}\nhello\n{\"n\":3}\n"), ElementsAre("1", HasSubstr("line 2: no JSON"), "3")
    );
}

TEST(DocumentReader, SaysWhereAFileEnds) {
    EXPECT_THAT(
        json("[{\"n\":1},\n{\"n\":"),
        ElementsAre("1", "line 2: the file ends in the middle of a document [end]")
    );
    EXPECT_THAT(json("[{\"n\":1}"), ElementsAre("1", HasSubstr("in the middle of a list [end]")));
    EXPECT_THAT(json("[{\"n\":1}] x"), ElementsAre("1", HasSubstr("after the end of the list")));
    EXPECT_THAT(json("hello"), ElementsAre(HasSubstr("'h' where a document should start [end]")));
    EXPECT_THAT(
        json(std::string("{\0\"\0n\0", 6)), ElementsAre(HasSubstr("export it again as UTF-8"))
    );
}

TEST(DocumentReader, ReadsBson) {
    const std::string bytes = bson(1) + bson(2) + bson(3);
    for (const std::size_t piece : {1UZ, 7UZ, 1UZ << 16}) {
        EXPECT_THAT(read(bytes, Format::bson, piece), ElementsAre("1", "2", "3"));
        EXPECT_THAT(read(gzip(bytes), Format::bson, piece), ElementsAre("1", "2", "3"));
        EXPECT_THAT(
            read(gzip(bson(1)) + gzip(bson(2)), Format::bson, piece), ElementsAre("1", "2")
        );
    }
}

TEST(DocumentReader, TruncatedBsonIsNamedAtEveryByte) {
    const std::string bytes = bson(1) + bson(2);
    const std::size_t first = bson(1).size();
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        const std::vector<std::string> got = read(bytes.substr(0, size), Format::bson);
        if (size == first) continue;
        ASSERT_FALSE(got.empty());
        EXPECT_THAT(got.back(), HasSubstr("the file ends in the middle of a document [end]"));
        EXPECT_EQ(got.size(), size < first ? 1U : 2U);
    }
}

TEST(DocumentReader, AbsurdLengthsAreNamed) {
    for (const std::uint32_t length : {0U, 4U, 0x7fffffffU, 0xffffffffU, 20U << 20})
        EXPECT_THAT(
            read(bson(1) + little_endian(length, 4) + bson(2), Format::bson),
            ElementsAre("1", HasSubstr("document 2 (byte 21): a document of"))
        ) << length;
    EXPECT_THAT(
        read("\x6d\xe2\x99\x81 and more", Format::bson), ElementsAre(HasSubstr("--out DIR"))
    );
}

TEST(DocumentReader, ADamagedDocumentOfRightLengthHarmsNoOther) {
    std::string damaged = bson(2);
    damaged[damaged.find('x')] = '\xff';
    EXPECT_THAT(
        read(bson(1) + damaged + bson(3), Format::bson),
        ElementsAre("1", HasSubstr("t: bytes that are not UTF-8"), "3")
    );
}

TEST(DocumentReader, DamagedGzipIsNamed) {
    const std::string packed = gzip(bson(1) + bson(2));
    EXPECT_THAT(read(packed.substr(0, packed.size() - 9), Format::bson).back(), HasSubstr("gzip"));
    std::string flipped = packed;
    flipped[flipped.size() / 2] = static_cast<char>(~flipped[flipped.size() / 2]);
    EXPECT_THAT(read(flipped, Format::bson).back(), HasSubstr("gzip"));
}

TEST(DocumentReader, NamesTheIdOfWhatItRefuses) {
    const auto reader = read_documents(
        source_of("{\"_id\":{\"$oid\":\"5f0000000000000000000009\"},\"a\":1,\"a\":2}\n", 100),
        Format::json
    );
    EXPECT_EQ(reader->next()->id, "5f0000000000000000000009");
    const std::string bytes = to_bson(Value::of_object(
        {{"_id", Value::of_id("5f000000000000000000000a")}, {"t", Value::of_text("\xff")}}
    ));
    EXPECT_EQ(
        read_documents(source_of(bytes, 100), Format::bson)->next()->id, "5f000000000000000000000a"
    );
}

TEST(JsonSplitter, ALineThatIsTooLongIsPassedOver) {
    JsonSplitter pieces(
        source_of("{\"n\":1}\n{\"n\":\"" + std::string(500, 'x') + "\"}\n{\"n\":3}\n", 16), 100
    );
    EXPECT_EQ(pieces.next()->text, "{\"n\":1}");
    EXPECT_THAT(pieces.next()->problem, HasSubstr("more than 100 bytes"));
    EXPECT_EQ(pieces.next()->text, "{\"n\":3}");
    EXPECT_FALSE(pieces.next());
}

TEST(JsonSplitter, ADocumentThatIsTooLongEndsAList) {
    JsonSplitter pieces(source_of("[{\"n\":\"" + std::string(5000, 'x') + "\"}]", 16), 100);
    const auto piece = pieces.next();
    EXPECT_TRUE(piece->broken);
    EXPECT_THAT(piece->problem, HasSubstr("more than 100 bytes"));
}

}  // namespace
}  // namespace documents
