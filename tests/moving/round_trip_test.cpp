// 1,804 drafts and all that belongs to them: in by every format, out again field for field.
#include "tests/moving/moving_fixture.h"

namespace moving {
namespace {

using tests::Kind;

class RoundTrip : public MovingTest {
  protected:
    void expect_given_back(const Collections& system) {
        for (const auto& [name, documents] : system) {
            const auto wanted = by_id(documents);
            const auto given = by_id(move_out(name));
            EXPECT_EQ(given.size(), wanted.size()) << name;
            int shown = 0;
            for (const auto& [id, text] : wanted) {
                const auto found = given.find(id);
                const std::string got = found == given.end() ? "(missing)" : found->second;
                if (got != text && ++shown <= 3)
                    ADD_FAILURE() << name << "\n" << got << "\n" << text;
            }
        }
    }
};

TEST_P(RoundTrip, EveryFormatComesBackFieldForField) {
    const Collections system = draw_system(1);
    ASSERT_EQ(system.at("email_drafts").size(), static_cast<std::size_t>(kDrafts));
    std::vector<Files> formats = {Files::bson, Files::relaxed_list};
    if (GetParam() == Kind::sqlite_file)
        formats = {
            Files::bson,
            Files::bson_gzip,
            Files::canonical_lines,
            Files::relaxed_list,
            Files::v1_lines,
            Files::relaxed_pretty
        };
    std::int64_t all = 0;
    for (const auto& [name, documents] : system) all += static_cast<std::int64_t>(documents.size());
    bool first = true;
    for (const Files format : formats) {
        SCOPED_TRACE(to_string(format));
        const std::string folder = folder_.file(to_string(format));
        write_files(system, format, folder);
        if (!first) {
            database_.reset();
            std::filesystem::remove(folder_.file("store.db"));
            std::filesystem::remove(folder_.file("store.db-wal"));
            std::filesystem::remove(folder_.file("store.db-shm"));
            SetUp();
        }
        first = false;
        // A dry run says the same and writes nothing.
        const std::string before = everything();
        const engine::ImportCounts dry = sum(move_in(folder, true));
        EXPECT_EQ(everything(), before);
        const engine::ImportReport report = move_in(folder);
        EXPECT_TRUE(report.complete()) << refusals();
        const engine::ImportCounts counts = sum(report);
        EXPECT_EQ(counts.imported + counts.set_aside, all);
        EXPECT_EQ(dry.imported + dry.set_aside, all);
        expect_given_back(system);
        // A second run changes nothing.
        const std::string after = everything();
        EXPECT_NE(after, before);
        const engine::ImportReport again = move_in(folder);
        EXPECT_EQ(sum(again).there, all) << refusals();
        EXPECT_EQ(everything(), after);
    }
}

// One file at a time, what refers before what is referred to.
TEST_P(RoundTrip, AnyOrderOfFilesComesBackTheSame) {
    const Collections system = draw_system(2, 200);
    write_files(system, Files::canonical_lines, folder_.file("all"));
    std::vector<std::string> names;
    for (const auto& [name, documents] : system) names.push_back(name);
    std::ranges::reverse(names);
    std::ranges::sort(names, [](const auto& left, const auto& right) {
        const auto rank = [](const std::string& name) {
            return name == "warmup_threads" ? 0
                   : name == "emails"       ? 1
                   : name == "email_drafts" ? 2
                                            : 3;
        };
        return rank(left) < rank(right);
    });
    for (const std::string& name : names)
        EXPECT_TRUE(move_in(folder_.file("all") + "/" + name + ".json").complete()) << refusals();
    expect_given_back(system);
    // Threads that came before their mails find their place by a second run.
    move_in(folder_.file("all"));
    expect_given_back(system);
    EXPECT_NE(value("SELECT CAST(COUNT(*) AS TEXT) FROM warmup_threads"), "0");
}

// The same leads stand at the same place, whatever came first.
TEST_P(RoundTrip, TheOrderOfFilesDoesNotChangeWhereLeadsStand) {
    const Collections system = draw_system(3, 300);
    write_files(system, Files::canonical_lines, folder_.file("all"));
    const auto standing = [&] {
        std::map<std::string, std::string> out;
        read(store::Role::operator_, [&out](store::Connection& connection) {
            static constexpr store::Column kColumns[] = {store::Column::text, store::Column::text};
            connection.query(
                "SELECT external_id, status || ' ' || next_step || ' ' || "
                "COALESCE(next_step_at, 0) || ' ' || COALESCE(sender_mailbox_id, 0) || ' ' || "
                "email_key FROM leads ORDER BY id",
                {},
                kColumns,
                [&](const store::Values& row) {
                    out[std::get<std::string>(row[0])] = std::get<std::string>(row[1]);
                }
            );
        });
        return out;
    };
    for (const char* name : {"emails", "email_drafts", "leads", "campaigns"})
        move_in(folder_.file("all") + "/" + name + ".json");
    const auto one_by_one = standing();
    database_.reset();
    options_.url = "sqlite::memory:";
    options_.inline_jobs = true;
    open();
    run(store::Role::operator_, [this](store::Connection& connection) {
        for (const std::string& account : accounts()) {
            mailbox::NewMailbox added;
            added.email = *base::Email::parse(account);
            added.smtp_url = "smtps://smtp.co.example:465";
            added.imap_url = "imaps://imap.co.example:993";
            EXPECT_TRUE(mailbox::add(connection, added, vault_, random_, {0}));
        }
    });
    move_in(folder_.file("all"));
    EXPECT_EQ(standing(), one_by_one);
}

INSTANTIATE_TEST_SUITE_P(
    Engines,
    RoundTrip,
    testing::Values(Kind::sqlite_file, Kind::postgresql),
    [](const auto& info) { return tests::name_of(info.param); }
);

}  // namespace
}  // namespace moving
