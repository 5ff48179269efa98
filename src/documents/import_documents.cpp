#include "documents/import_documents.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/text.h"
#include "documents/extended_json.h"
#include "documents/kept_fields.h"

namespace documents {

namespace {

constexpr std::size_t kIdMax = 200;

std::string hash_id(const Value& document) {
    return "hash:" +
           base::hex_encode(base::sha256(to_json(document, Style::canonical)).substr(0, 16));
}

}  // namespace

std::string objection_to(const Value& document) {
    const auto id = id_of(document);
    if (id && (id->empty() || id->size() > kIdMax)) return "its _id is empty or too long";
    // Tried on every document: what can't be read back has many shapes (names like "$oid", also in
    // the scope of a piece of code; too many levels).
    if (const auto kept = kept_whole(document); !kept) return kept.error().message;
    return {};
}

Outcome import_document(
    store::Connection& connection, const Table& table, const Value& document, const AddRow& add
) {
    const auto id = id_of(document);
    if (!id) return {Fate::refused, "it has no _id"};
    if (const std::string objection = objection_to(document); !objection.empty())
        return {Fate::refused, objection};
    const std::optional<Stored> stored = find_document(connection, table, *id);
    if (stored && !stored->made)
        return {stored->document == document ? Fate::there : Fate::differs, {}};
    const base::Result<std::int64_t> row = add(document, *id, stored ? stored->id : 0);
    if (!row) return {Fate::refused, row.error().message};
    const base::Result<std::string> kept =
        kept_fields(document, shown_row(connection, table, *row));
    CHECK(kept.has_value());
    if (!kept->empty() || stored) keep(connection, table.kept_table, table.collection, *id, *kept);
    return {};
}

Outcome import_whole(
    store::Connection& connection,
    std::string_view kept_table,
    std::string_view collection,
    const Value& document
) {
    if (const std::string objection = objection_to(document); !objection.empty())
        return {Fate::refused, objection};
    const std::string id = id_of(document).value_or(hash_id(document));
    const auto stored = connection.text(
        "SELECT fields FROM " + std::string(kept_table) +
            " WHERE collection = :collection AND external_id = :id ORDER BY external_id",
        store::values(collection, id)
    );
    if (stored) return {whole_document(*stored) == document ? Fate::there : Fate::differs, {}};
    const base::Result<std::string> kept = kept_whole(document);
    if (!kept) return {Fate::refused, kept.error().message};
    keep(connection, kept_table, collection, id, *kept);
    return {Fate::set_aside, {}};
}

}  // namespace documents
