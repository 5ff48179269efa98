#include "documents/stored_documents.h"

#include <fmt/format.h>

#include "documents/extended_json.h"
#include "documents/kept_fields.h"

namespace documents {

namespace {

constexpr std::string_view kMade = R"({"made_for":)";
constexpr std::string_view kWhole = R"({"whole":)";

// Members of the last one stand among the others; a field of its own goes before.
void expand_last(Value& document) {
    if (document.members.empty()) return;
    const Value last = std::move(document.members.back().value);
    document.members.pop_back();
    for (const Member& member : last.members)
        if (!document.find(member.name)) document.members.push_back(member);
}

Value shown(const Table& table, const store::Values& columns) {
    Value document = to_document(table.fields, columns);
    if (table.expand_last) expand_last(document);
    return document;
}

std::string select(const Table& table, std::string_view where) {
    return fmt::format(
        "SELECT {0}.id, COALESCE(k.fields, ''), {1} FROM {2} LEFT JOIN {3} k ON k.collection = "
        "'{4}' "
        "AND k.external_id = {0}.external_id WHERE {5}",
        table.alias,
        select_list(table.fields),
        table.from,
        table.kept_table,
        table.collection,
        where
    );
}

std::vector<Stored> read(
    store::Connection& connection,
    const Table& table,
    std::string_view where,
    const store::Values& values
) {
    std::vector<store::Column> types = column_types(table.fields);
    types.insert(types.begin(), {store::Column::integer, store::Column::text});
    std::vector<Stored> rows;
    connection.query(select(table, where), values, types, [&](const store::Values& row) {
        const auto& kept = std::get<std::string>(row[1]);
        Stored stored;
        stored.id = std::get<std::int64_t>(row[0]);
        stored.made = kept.starts_with(kMade);
        stored.document = give_back(shown(table, store::Values(row.begin() + 2, row.end())), kept);
        rows.push_back(std::move(stored));
    });
    return rows;
}

}  // namespace

std::optional<Stored> find_document(
    store::Connection& connection, const Table& table, std::string_view external_id
) {
    std::vector<Stored> rows = read(
        connection,
        table,
        fmt::format("{0}.external_id = :id ORDER BY {0}.id", table.alias),
        store::values(external_id)
    );
    if (rows.empty()) return std::nullopt;
    return std::move(rows.front());
}

Value shown_row(store::Connection& connection, const Table& table, std::int64_t id) {
    Value document;
    connection.query(
        fmt::format(
            "SELECT {1} FROM {2} WHERE {0}.id = :id ORDER BY {0}.id",
            table.alias,
            select_list(table.fields),
            table.from
        ),
        store::values(id),
        column_types(table.fields),
        [&](const store::Values& row) { document = shown(table, row); }
    );
    return document;
}

std::vector<Stored> documents_after(
    store::Connection& connection, const Table& table, std::int64_t after, int count_max
) {
    return read(
        connection,
        table,
        fmt::format(
            "{0}.id > :after AND (k.fields IS NULL OR k.fields NOT LIKE '{1}%') "
            "ORDER BY {0}.id LIMIT :count",
            table.alias,
            kMade
        ),
        store::values(after, count_max)
    );
}

void keep(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view external_id,
    const std::string& text
) {
    if (text.empty()) {
        connection.execute(
            fmt::format(
                "DELETE FROM {} WHERE collection = :collection AND external_id = :id", kept_table
            ),
            store::values(collection, external_id)
        );
        return;
    }
    connection.execute(
        fmt::format(
            "INSERT INTO {} (collection, external_id, fields) VALUES (:collection, :id, :fields) "
            "ON CONFLICT (collection, external_id) DO UPDATE SET fields = excluded.fields",
            kept_table
        ),
        store::values(collection, external_id, text)
    );
}

void keep_made(
    store::Connection& connection,
    const Table& table,
    std::string_view external_id,
    std::string_view by
) {
    keep(
        connection,
        table.kept_table,
        table.collection,
        external_id,
        fmt::format("{}\"{}\"}}", kMade, by)
    );
}

std::vector<KeptWhole> whole_after(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view after,
    int count_max
) {
    static constexpr store::Column kColumns[] = {store::Column::text, store::Column::text};
    std::vector<KeptWhole> rows;
    connection.query(
        fmt::format(
            "SELECT external_id, fields FROM {} WHERE collection = :collection "
            "AND external_id > :after AND fields LIKE '{}%' ORDER BY external_id LIMIT :count",
            kept_table,
            kWhole
        ),
        store::values(collection, after, count_max),
        kColumns,
        [&](const store::Values& row) {
            if (auto document = whole_document(std::get<std::string>(row[1])))
                rows.push_back({std::get<std::string>(row[0]), std::move(*document)});
        }
    );
    return rows;
}

std::vector<std::string> whole_collections(
    store::Connection& connection, std::string_view kept_table
) {
    static constexpr store::Column kColumns[] = {store::Column::text};
    std::vector<std::string> names;
    connection.query(
        fmt::format(
            "SELECT DISTINCT collection FROM {} WHERE fields LIKE '{}%' ORDER BY collection",
            kept_table,
            kWhole
        ),
        {},
        kColumns,
        [&](const store::Values& row) { names.push_back(std::get<std::string>(row[0])); }
    );
    return names;
}

void keep_style(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    std::string_view style
) {
    connection.execute(
        fmt::format(
            "INSERT INTO {} (collection, external_id, fields) VALUES (:collection, '', :fields) "
            "ON CONFLICT (collection, external_id) DO NOTHING",
            kept_table
        ),
        store::values(collection, fmt::format(R"({{"style":"{}"}})", style))
    );
}

std::optional<std::string> kept_style(
    store::Connection& connection, std::string_view kept_table, std::string_view collection
) {
    const auto text = connection.text(
        fmt::format(
            "SELECT fields FROM {} WHERE collection = :collection AND external_id = '' "
            "ORDER BY external_id",
            kept_table
        ),
        store::values(collection)
    );
    if (!text) return std::nullopt;
    const base::Result<Value> value = read_document(*text);
    return value ? text_of(value->find("style")) : std::nullopt;
}

}  // namespace documents
