// `pilotlight import mongo` and `export`, as an owner types them.
#include <boost/json.hpp>
#include <filesystem>

#include "tests/e2e/program.h"

namespace e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLeads =
    R"({"_id":{"$oid":"5f00000000000000000000a1"},"email":"ann@lead.example","name":"Ann","industry":"Tea"}
{"_id":{"$oid":"5f00000000000000000000a2"},"email":"bob@lead.example","name":"Bob"}
)";
constexpr const char* kDrafts =
    R"([{"_id":{"$oid":"5f00000000000000000000d1"},"lead_id":{"$oid":"5f00000000000000000000a1"},)"
    R"("campaign_id":{"$oid":"5f00000000000000000000c1"},"to_email":"ann@lead.example","to_name":"Ann",)"
    R"("email_type":"initial","followup_number":0,"subject":"Hello","body":"Text, \"quoted\"",)"
    R"("html_body":null,"from_account":"ann@example.com","in_reply_to":null,"references":null,)"
    R"("status":"claimed","quality_score":87,"review_passed":true,)"
    R"("created_at":{"$date":"2026-10-01T09:00:00Z"},"sent_at":null,"error_message":null,"retry_count":0}])";

class Moving : public Program {
  protected:
    void SetUp() override {
        set_up();
        std::filesystem::create_directories(path("dump"));
        put("dump/leads.json", kLeads);
        put("dump/email_drafts.json", kDrafts);
        put("dump/app.plugin_cache.json", "{\"_id\":1,\"x\":[1,2]}\n");
        put("dump/leads.metadata.json", "{}");
    }
    std::int64_t number(const std::string& document, const char* collection, const char* key) {
        for (const auto& one : boost::json::parse(document).at("collections").as_array())
            if (one.at("collection").as_string() == collection) return one.at(key).as_int64();
        return -1;
    }
};

TEST_F(Moving, ADryRunSaysWhatWouldBeDoneAndWritesNothing) {
    const std::string before = everything();
    const std::string said = json({"import", "mongo", "dump", "--dry-run"});
    EXPECT_EQ(number(said, "leads", "imported"), 2);
    EXPECT_EQ(number(said, "email_drafts", "imported"), 1);
    EXPECT_EQ(everything(), before);
    EXPECT_THAT(
        run({"import", "mongo", "dump", "--dry-run"}).out, HasSubstr("Nothing was written")
    );
}

TEST_F(Moving, WhatCameInGoesOutAsItCame) {
    must({"import", "mongo", "dump"});
    const Outcome drafts = run({"export", "--collection", "email_drafts"});
    std::string wanted = kDrafts;
    EXPECT_EQ(drafts.out, wanted.substr(1, wanted.size() - 2) + "\n");
    EXPECT_EQ(run({"export", "--collection", "leads"}).out, kLeads);
    EXPECT_EQ(run({"export", "--collection", "app.plugin_cache"}).out, "{\"_id\":1,\"x\":[1,2]}\n");
    const std::string before = everything();
    EXPECT_EQ(number(json({"import", "mongo", "dump"}), "leads", "there"), 2);
    EXPECT_EQ(everything(), before);
    EXPECT_THAT(json({"verify"}), HasSubstr("\"verified\":true"));
}

TEST_F(Moving, ExportWritesAFileForEachCollectionAndOverwritesNone) {
    must({"import", "mongo", "dump"});
    const std::string said = json({"export", "--out", "out"});
    EXPECT_EQ(number(said, "leads", "documents"), 2);
    EXPECT_EQ(text("out/leads.ndjson"), kLeads);
    EXPECT_FALSE(std::filesystem::exists(path("out/leads.ndjson.part")));
    EXPECT_EQ(
        std::filesystem::status(path("out/leads.ndjson")).permissions(),
        std::filesystem::perms(0600)
    );
    EXPECT_THAT(text("out/pilotlight_mailboxes.ndjson"), HasSubstr("ann@example.com"));
    for (const std::string& file : files())
        if (file.starts_with("out/")) {
            EXPECT_THAT(text(file), Not(HasSubstr(kPassword)));
            EXPECT_THAT(text(file), Not(HasSubstr("secret")));
        }
    const Outcome again = run({"export", "--out", "out"});
    EXPECT_EQ(again.exit_code, 2);
    EXPECT_THAT(again.err, HasSubstr("is there already"));
    // What was exported can be imported.
    EXPECT_EQ(number(json({"import", "mongo", "out/leads.ndjson"}), "leads", "there"), 2);
}

TEST_F(Moving, CsvHasTheUsualFieldsInColumns) {
    must({"import", "mongo", "dump"});
    const Outcome csv = run({"export", "--collection", "email_drafts", "--format", "csv"});
    EXPECT_THAT(csv.out, HasSubstr("_id,lead_id,campaign_id,to_email,"));
    EXPECT_THAT(csv.out, HasSubstr("\"Text, \"\"quoted\"\"\""));
    const Outcome all = run({"export", "--format", "csv"});
    EXPECT_EQ(all.exit_code, 2);
    EXPECT_THAT(all.err, HasSubstr("--out"));
    const Outcome unknown = run({"export", "--collection", "lead"});
    EXPECT_EQ(unknown.exit_code, 2);
    EXPECT_THAT(unknown.err, HasSubstr("there are: "));
}

TEST_F(Moving, EveryLineOfAllCollectionsNamesItsOwn) {
    must({"import", "mongo", "dump"});
    EXPECT_THAT(
        run({"export"}).out,
        HasSubstr("{\"collection\":\"app.plugin_cache\",\"document\":{\"_id\":1,\"x\":[1,2]}}\n")
    );
}

TEST_F(Moving, TheReportNamesWhatWasRefused) {
    put("dump/leads.json",
        std::string(kLeads) + "{\"_id\":{\"$oid\":\"5f00000000000000000000a3\"},\"name\":\"No\"}\n"
    );
    const Outcome outcome = run({"import", "mongo", "dump", "--report", "refused.ndjson"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_THAT(
        outcome.out,
        HasSubstr("dump/leads.json, line 3, id 5f00000000000000000000a3: it has no email")
    );
    const boost::json::value line = boost::json::parse(text("refused.ndjson"));
    EXPECT_EQ(line.at("file").as_string(), "dump/leads.json");
    EXPECT_EQ(line.at("position").as_string(), "line 3");
    EXPECT_EQ(line.at("id").as_string(), "5f00000000000000000000a3");
    EXPECT_EQ(line.at("reason").as_string(), "it has no email");
    EXPECT_EQ(run({"export", "--collection", "leads"}).out, kLeads);
    EXPECT_EQ(run({"import", "mongo", "dump", "--report", "refused.ndjson"}).exit_code, 2);
}

TEST_F(Moving, PathsThatHoldNothingAreNamedWithTheMend) {
    const Outcome missing = run({"import", "mongo", "nowhere"});
    EXPECT_EQ(missing.exit_code, 2);
    EXPECT_THAT(missing.err, HasSubstr("nowhere is not there"));
    std::filesystem::create_directories(path("empty"));
    const Outcome empty = run({"import", "mongo", "empty"});
    EXPECT_EQ(empty.exit_code, 2);
    EXPECT_THAT(empty.err, HasSubstr("mongodump (*.bson"));
    put("dump.archive", "\x6d\xe2\x99\x81 archive");
    const Outcome archive = run({"import", "mongo", "dump.archive"});
    EXPECT_EQ(archive.exit_code, 1);
    EXPECT_THAT(archive.out, HasSubstr("mongodump --out DIR"));
}

}  // namespace
}  // namespace e2e
