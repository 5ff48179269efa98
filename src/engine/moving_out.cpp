#include "engine/moving_out.h"

#include <fmt/format.h>

#include <algorithm>

#include "campaign/document_tables.h"
#include "documents/stored_documents.h"
#include "engine/own_tables.h"
#include "warmup/document_tables.h"

namespace engine {

namespace {

using documents::Table;
using documents::Value;

constexpr int kPage = 500;
constexpr std::string_view kKeptTables[] = {campaign::kKeptTable, warmup::kKeptTable};

std::vector<const Table*> all_tables() {
    std::vector<const Table*> tables;
    for (const Table* table : campaign::document_tables()) tables.push_back(table);
    for (const Table* table : warmup::document_tables()) tables.push_back(table);
    return tables;
}

void add_once(std::vector<std::string>& names, std::string_view name) {
    if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
}

std::vector<std::string> names_in(store::Connection& connection) {
    std::vector<std::string> names;
    for (const Table* table : all_tables()) add_once(names, table->collection);
    for (const std::string_view kept : kKeptTables)
        for (const std::string& name : documents::whole_collections(connection, kept))
            add_once(names, name);
    for (const OwnTable& table : own_tables()) add_once(names, table.collection);
    return names;
}

struct Page {
    std::vector<Value> documents;
    std::int64_t after = 0;
};

Page page_of(store::Connection& connection, const OwnTable& table, std::int64_t after) {
    Page page;
    std::vector<store::Column> types = documents::column_types(table.fields);
    types.insert(types.begin(), store::Column::integer);
    connection.query(
        fmt::format(
            "SELECT {0}, {1} FROM {2} WHERE {0} > :after ORDER BY {0} LIMIT {3}",
            table.key,
            documents::select_list(table.fields),
            table.from,
            kPage
        ),
        store::values(after),
        types,
        [&](const store::Values& row) {
            page.after = std::get<std::int64_t>(row.front());
            page.documents.push_back(
                to_document(table.fields, store::Values(row.begin() + 1, row.end()))
            );
        }
    );
    return page;
}

class MovingOut {
  public:
    MovingOut(store::Database& db, std::function<void(const Value&)> each)
        : db_(db), each_(std::move(each)) {}

    base::Task<std::int64_t> run(std::string collection) {
        for (const Table* table : all_tables())
            if (table->collection == collection) co_await give_rows(table);
        for (const std::string_view kept : kKeptTables) co_await give_whole(kept, collection);
        for (const OwnTable& table : own_tables())
            if (table.collection == collection) co_await give_own(&table);
        co_return count_;
    }

  private:
    void give(const Value& document) {
        ++count_;
        each_(document);
    }
    base::Task<> give_rows(const Table* table) {
        std::int64_t after = 0;
        while (true) {
            const auto page = co_await db_.read(
                store::Role::operator_,
                [table, after](store::Connection& connection) {
                    return documents::documents_after(connection, *table, after, kPage);
                }
            );
            for (const documents::Stored& one : page) give(one.document);
            if (page.size() < kPage) co_return;
            after = page.back().id;
        }
    }
    base::Task<> give_whole(std::string_view kept, std::string collection) {
        std::string after;
        while (true) {
            const auto page = co_await db_.read(
                store::Role::operator_,
                [kept, collection, after](store::Connection& connection) {
                    return documents::whole_after(connection, kept, collection, after, kPage);
                }
            );
            for (const documents::KeptWhole& one : page) give(one.document);
            if (page.size() < kPage) co_return;
            after = page.back().external_id;
        }
    }
    base::Task<> give_own(const OwnTable* table) {
        std::int64_t after = 0;
        while (true) {
            const Page page = co_await db_.read(
                store::Role::operator_,
                [table, after](store::Connection& connection) {
                    return page_of(connection, *table, after);
                }
            );
            for (const Value& one : page.documents) give(one);
            if (page.documents.size() < kPage) co_return;
            after = page.after;
        }
    }

    store::Database& db_;
    std::function<void(const Value&)> each_;
    std::int64_t count_ = 0;
};

}  // namespace

base::Task<std::vector<std::string>> list_collections(store::Database& db) {
    co_return co_await db.read(store::Role::operator_, names_in);
}

base::Task<documents::Style> style_of_collection(store::Database& db, std::string collection) {
    const auto style =
        co_await db.read(store::Role::operator_, [collection](store::Connection& connection) {
            for (const std::string_view kept : kKeptTables)
                if (auto name = documents::kept_style(connection, kept, collection)) return name;
            return std::optional<std::string>();
        });
    co_return documents::parse_style(style.value_or("")).value_or(documents::Style::relaxed);
}

std::vector<std::string> usual_fields(const std::string& collection) {
    std::vector<std::string> names;
    const auto add = [&](std::span<const documents::Field> fields) {
        for (const documents::Field& field : fields)
            if (*field.name != '\0') add_once(names, field.name);
    };
    for (const Table* table : all_tables())
        if (table->collection == collection) add(table->fields);
    for (const OwnTable& table : own_tables())
        if (table.collection == collection) add(table.fields);
    if (names.empty()) names.emplace_back("_id");
    return names;
}

base::Task<std::int64_t> for_each_document(
    store::Database& db, std::string collection, std::function<void(const Value&)> each
) {
    MovingOut moving(db, std::move(each));
    co_return co_await moving.run(std::move(collection));
}

}  // namespace engine
