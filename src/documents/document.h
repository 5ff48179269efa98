// A document of another system's database, as both its export formats tell it: Extended JSON
// (extended_json.h) and BSON (bson_document.h). A value keeps its type, so that what goes out is
// what came in. Plain values; nothing here does I/O or knows what a document means.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace documents {

// special: types that no part of ours looks into (binary, regular expressions, timestamps, …).
enum class Kind {
    null,
    boolean,
    int32,
    int64,
    real,
    text,
    object_id,
    date,
    object,
    array,
    special
};
// "text", "a date": for people.
std::string_view in_words(Kind kind);

struct Member;

struct Value {
    Kind kind = Kind::null;
    std::int64_t number = 0;  // boolean (0, 1), int32, int64, date (milliseconds since 1970)
    double real = 0;
    std::string text;  // text; object_id: 24 hex digits; special: canonical Extended JSON
    std::vector<Member> members;  // object; array (names empty)

    static Value of_text(std::string text);
    static Value of_id(std::string hex);
    static Value of_bool(bool value);
    static Value of_int(std::int64_t value);  // int32 where it fits
    static Value of_real(double value);
    static Value of_date(base::Timestamp time);
    static Value of_object();
    static Value of_object(std::vector<Member> members);

    // Of an object: the member of this name; null where there is none.
    const Value* find(std::string_view name) const;
    void add(std::string name, Value value);
    bool holds(Kind wanted) const { return kind == wanted; }
};

struct Member {
    std::string name;
    Value value;
};

// The same to the bit, members in the same order.
bool operator==(const Value& left, const Value& right);
bool operator==(const Member& left, const Member& right);

// What a field says where it says that; nothing where it is absent or of another kind.
std::optional<std::string> text_of(const Value* value);
std::optional<bool> bool_of(const Value* value);             // numbers too: not 0
std::optional<std::int64_t> int_of(const Value* value);      // whole reals too
std::optional<double> real_of(const Value* value);           // int32 and int64 too
std::optional<base::Timestamp> date_of(const Value* value);  // text in RFC 3339 too
bool absent(const Value* value);                             // not there, or null

// `_id` as text: the hex digits of an ObjectId, a text itself, else canonical Extended JSON.
// Nothing where there is none.
std::optional<std::string> id_of(const Value& document);
// When an ObjectId was drawn: its first four bytes.
std::optional<base::Timestamp> time_of_id(std::string_view hex);
bool is_object_id(std::string_view text);

}  // namespace documents
