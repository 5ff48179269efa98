#include "documents/export_files.h"

#include <filesystem>
#include <fstream>

namespace documents {
namespace {

using testing::HasSubstr;

TEST(ExportFiles, NamesTellCollectionAndFormat) {
    const auto name = [](const char* path) {
        const auto file = file_named(path);
        if (!file) return std::string("-");
        return file->collection + (file->format == Format::bson ? " bson" : " json");
    };
    EXPECT_EQ(name("dump/app/leads.bson"), "leads bson");
    EXPECT_EQ(name("dump/app/leads.bson.gz"), "leads bson");
    EXPECT_EQ(name("leads.json"), "leads json");
    EXPECT_EQ(name("app.leads.ndjson.gz"), "app.leads json");
    EXPECT_EQ(name("dump/app/leads.metadata.json"), "-");
    EXPECT_EQ(name("dump/app/leads.metadata.json.gz"), "-");
    EXPECT_EQ(name("dump/prelude.json"), "-");
    EXPECT_EQ(name("dump/oplog.bson"), "-");
    EXPECT_EQ(name("notes.txt"), "-");
    EXPECT_EQ(name(".json"), "-");
}

TEST(ExportFiles, FindsWhatLiesInAFolder) {
    std::string folder = "/tmp/pilotlight-export-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    std::filesystem::create_directories(folder + "/app");
    for (const char* file :
         {"/app/leads.bson", "/app/leads.metadata.json", "/b.json", "/notes.txt"})
        std::ofstream(folder + file) << "x";
    const auto found = find_export_files(folder);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->files.size(), 2U);
    EXPECT_EQ(found->files[0].path, folder + "/app/leads.bson");
    EXPECT_EQ(found->files[0].bytes, 1U);
    EXPECT_EQ(found->left.size(), 2U);
    EXPECT_EQ(find_export_files(folder + "/notes.txt")->files.size(), 1U);
    std::filesystem::remove_all(folder + "/app");
    std::filesystem::remove(folder + "/b.json");
    EXPECT_THAT(find_export_files(folder).error().message, HasSubstr("mongodump"));
    std::filesystem::remove_all(folder);
    EXPECT_EQ(find_export_files(folder).error().code, base::ErrorCode::not_found);
}

}  // namespace
}  // namespace documents
