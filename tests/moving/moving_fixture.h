// A fresh store with the accounts of the made-up system, and shorthands to move in and out.
#pragma once
#include <algorithm>
#include <map>

#include "engine/moving_in.h"
#include "engine/moving_out.h"
#include "mailbox/mailboxes.h"
#include "store/roles.h"
#include "tests/moving/existing_system.h"
#include "tests/store/store_fixture.h"
#include "tests/support/manual_loop.h"

namespace moving {

class MovingTest : public tests::StoreTest {
  protected:
    void SetUp() override {
        StoreTest::SetUp();
        if (IsSkipped()) return;
        std::vector<std::string> all = accounts();
        all.push_back("seed@gmail.example");
        run(store::Role::operator_, [this, all](store::Connection& connection) {
            for (const std::string& account : all) {
                mailbox::NewMailbox added;
                added.email = *base::Email::parse(account);
                added.role =
                    account.starts_with("seed") ? mailbox::Role::seed : mailbox::Role::sender;
                added.smtp_url = "smtps://smtp.co.example:465";
                added.imap_url = "imaps://imap.co.example:993";
                const auto id = mailbox::add(connection, added, vault_, random_, {0});
                EXPECT_TRUE(id) << (id ? "" : id.error().message);
            }
        });
    }

    engine::ImportReport move_in(const std::string& path, bool dry_run = false) {
        remarks_.clear();
        auto files = documents::find_export_files(path);
        EXPECT_TRUE(files) << path;
        engine::ImportOrder order;
        order.files = *files;
        order.dry_run = dry_run;
        order.on_remark = [this](const engine::ImportRemark& one) { remarks_.push_back(one); };
        return base::run_to_end(
            loop_, engine::move_in(*database_, vault_, clock_.clock(), std::move(order))
        );
    }
    std::vector<documents::Value> move_out(const std::string& collection) {
        std::vector<documents::Value> out;
        base::run_to_end(
            loop_,
            engine::for_each_document(
                *database_, collection, [&](const documents::Value& one) { out.push_back(one); }
            )
        );
        return out;
    }
    static engine::ImportCounts sum(const engine::ImportReport& report) {
        engine::ImportCounts all;
        for (const engine::ImportCounts& one : report.collections) {
            all.imported += one.imported;
            all.there += one.there;
            all.differs += one.differs;
            all.set_aside += one.set_aside;
            all.refused += one.refused;
        }
        return all;
    }
    std::string refusals() const {
        std::string out;
        for (const engine::ImportRemark& one : remarks_)
            if (one.refused)
                out += one.file + ", " + one.position + ", " + one.id + ": " + one.reason + "\n";
        return out;
    }
    // One text: the first column of the first row.
    std::string value(const std::string& sql) {
        return read(store::Role::operator_, [sql](store::Connection& connection) {
            return connection.text(sql).value_or("(none)");
        });
    }
    // Every row of every table, as text.
    std::string everything() {
        std::string out;
        for (const store::TableRule& rule : store::table_rules()) {
            if (rule.view) continue;
            const std::string table(rule.table);
            read(store::Role::owner, [&out, table](store::Connection& connection) {
                std::string row;
                for (const std::string& column : connection.column_names(table))
                    row += (row.empty() ? "" : " || '|' || ") + std::string("COALESCE(CAST(\"") +
                           column + "\" AS TEXT), '-')";
                static constexpr store::Column kText[] = {store::Column::text};
                connection.query(
                    "SELECT " + row + " FROM " + table + " ORDER BY 1",
                    {},
                    kText,
                    [&](const store::Values& values) {
                        out += table + " " + std::get<std::string>(values.front()) + "\n";
                    }
                );
            });
        }
        return out;
    }

    mailbox::Vault vault_{std::string(32, 'k')};
    base::SeededRandom random_{5};
    support::ManualLoop clock_;
    std::vector<engine::ImportRemark> remarks_;
};

// Documents by their id, as canonical text: compares whatever order they come in.
inline std::map<std::string, std::string> by_id(const std::vector<documents::Value>& documents) {
    std::map<std::string, std::string> out;
    for (const documents::Value& document : documents) {
        const std::string id = documents::id_of(document).value_or("(none)");
        EXPECT_FALSE(out.contains(id)) << id;
        out[id] = documents::to_json(document, documents::Style::canonical);
    }
    return out;
}

}  // namespace moving
