// Fields of a document beside columns of a table: one list serves import and export.
#pragma once
#include <span>
#include <string>
#include <string_view>

#include "documents/document.h"
#include "store/row.h"
#include "store/value.h"

namespace documents {

enum class As {
    text,           // TEXT NOT NULL; shown even where it is empty
    text_or_none,   // TEXT NOT NULL; '' is shown as no field
    nullable_text,  // TEXT; NULL is shown as null
    date,           // BIGINT
    integer,        // BIGINT
    flag,           // BIGINT 0/1
    flag_or_none,   // the same; 0 is shown as no field
    real,           // DOUBLE PRECISION; NULL is shown as null
    id,             // TEXT: an external id; NULL is shown as null
    id_or_none,     // the same; '' is shown as no field
    json,           // TEXT: Extended JSON
};

struct Field {
    const char* name;    // in the document
    const char* column;  // SQL: a column, or what stands for one when it is read
    As as;
};

// How both sides' mails (`e`) say their status and Message-ID in the words of an existing system.
inline constexpr const char* kMailStatus =
    "CASE WHEN e.status = 'accepted' AND e.outcome <> 'none' THEN e.outcome "
    "WHEN e.status = 'accepted' THEN 'sent' ELSE e.status END";
inline constexpr const char* kMailMessageId =
    "CASE WHEN e.message_id LIKE 'import-%@import.invalid' THEN '' "
    "ELSE '<' || e.message_id || '>' END";

// "a, b, c": what to select, in the order of the fields.
std::string select_list(std::span<const Field> fields);
std::vector<store::Column> column_types(std::span<const Field> fields);
// A field as its column takes it; NULL or the empty value where it is absent or of another kind.
store::Value to_column(As as, const Value* field);
std::vector<store::Value> to_columns(std::span<const Field> fields, const Value& document);
// Columns as the document they are shown as.
Value to_document(std::span<const Field> fields, const store::Values& columns);

}  // namespace documents
