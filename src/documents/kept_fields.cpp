#include "documents/kept_fields.h"

#include <algorithm>

#include "documents/extended_json.h"

namespace documents {

namespace {

// {"fields": [{"name": NAME, "is": …, "was": …}], "order": [NAME, …]}, or {"whole": DOCUMENT}. No
// "is": the original has no such field; no "was": the row showed none.
constexpr const char* kName = "name";
constexpr const char* kIs = "is";
constexpr const char* kWas = "was";
// Levels around a document in what is kept, and those that its types take when all are written.
constexpr int kKeptAround = 8;

bool same(const Value* left, const Value* right) {
    if (!left || !right) return left == right;
    return *left == *right;
}

void add_difference(
    Value& fields, const std::string& name, const Value* original, const Value* shown
) {
    Value entry = Value::of_object({{kName, Value::of_text(name)}});
    if (original) entry.add(kIs, *original);
    if (shown) entry.add(kWas, *shown);
    fields.members.push_back({{}, std::move(entry)});
}

Value empty_list() {
    Value list;
    list.kind = Kind::array;
    return list;
}

Value names_of(const Value& document) {
    Value names = empty_list();
    for (const Member& member : document.members)
        names.members.push_back({{}, Value::of_text(member.name)});
    return names;
}

// Fields that the order does not name follow at the end.
void put_in_order(Value& document, const Value& order) {
    std::vector<Member> members;
    members.reserve(document.members.size());
    std::vector<bool> taken(document.members.size(), false);
    for (const Member& name : order.members) {
        const auto found = std::ranges::find(document.members, name.value.text, &Member::name);
        if (found == document.members.end()) continue;
        taken[static_cast<std::size_t>(found - document.members.begin())] = true;
        members.push_back(*found);
    }
    for (std::size_t i = 0; i < taken.size(); ++i)
        if (!taken[i]) members.push_back(std::move(document.members[i]));
    document.members = std::move(members);
}

std::optional<Value> read(std::string_view kept) {
    if (kept.empty()) return std::nullopt;
    base::Result<Value> value = read_value(kept, kDepthMax + kKeptAround);
    if (!value) return std::nullopt;
    return std::move(*value);
}

std::string name_in(const Value& entry) { return text_of(entry.find(kName)).value_or(""); }

const Value* entry_of(const Value& fields, std::string_view name) {
    for (const Member& field : fields.members)
        if (name_in(field.value) == name) return &field.value;
    return nullptr;
}

Value laid_over(const Value& shown, const Value& fields) {
    Value out = Value::of_object();
    for (const Member& member : shown.members) {
        const Value* entry = entry_of(fields, member.name);
        if (!entry || !same(entry->find(kWas), &member.value))
            out.members.push_back(member);
        else if (const Value* original = entry->find(kIs))
            out.add(member.name, *original);
    }
    for (const Member& field : fields.members) {
        const Value* original = field.value.find(kIs);
        const std::string name = name_in(field.value);
        if (original && !field.value.find(kWas) && !shown.find(name)) out.add(name, *original);
    }
    return out;
}

bool is_text(const Value* value) {
    constexpr std::size_t kWordMax = 120;
    if (!value) return false;
    if (value->kind == Kind::text) return value->text.size() > kWordMax;
    return value->kind == Kind::object || value->kind == Kind::array ||
           value->kind == Kind::special;
}

std::unexpected<base::Error> unwritable() {
    return base::fail(
        base::ErrorCode::invalid_input,
        "import",
        "a field is named like a type of Extended JSON (\"$…\") and is none"
    );
}

}  // namespace

base::Result<std::string> kept_fields(const Value& original, const Value& shown) {
    Value fields = empty_list();
    for (const Member& member : original.members)
        if (const Value* now = shown.find(member.name); !same(&member.value, now))
            add_difference(fields, member.name, &member.value, now);
    for (const Member& member : shown.members)
        if (!original.find(member.name))
            add_difference(fields, member.name, nullptr, &member.value);
    const bool ordered = laid_over(shown, fields) == original;
    if (ordered && fields.members.empty()) return std::string();
    Value kept = Value::of_object({{"fields", std::move(fields)}});
    if (!ordered) kept.add("order", names_of(original));
    std::string text = to_json(kept, Style::canonical);
    if (!(give_back(shown, text) == original)) return unwritable();
    return text;
}

base::Result<std::string> kept_whole(const Value& original) {
    std::string text = to_json(Value::of_object({{"whole", original}}), Style::canonical);
    if (whole_document(text) != original) return unwritable();
    return text;
}

Value give_back(Value shown, std::string_view kept) {
    const std::optional<Value> value = read(kept);
    const Value* fields = value ? value->find("fields") : nullptr;
    if (!fields) return shown;
    Value out = laid_over(shown, *fields);
    if (const Value* order = value->find("order")) put_in_order(out, *order);
    return out;
}

std::string without_texts(std::string_view kept) {
    const std::optional<Value> value = read(kept);
    const Value* fields = value ? value->find("fields") : nullptr;
    if (!fields) return std::string(kept);
    Value left = *value;
    for (Member& member : left.members)
        if (member.name == "fields")
            std::erase_if(member.value.members, [](const Member& entry) {
                return is_text(entry.value.find(kIs)) || is_text(entry.value.find(kWas));
            });
    if (left == *value) return std::string(kept);
    return to_json(left, Style::canonical);
}

std::optional<Value> whole_document(std::string_view kept) {
    const std::optional<Value> value = read(kept);
    const Value* whole = value ? value->find("whole") : nullptr;
    if (!whole) return std::nullopt;
    return *whole;
}

}  // namespace documents
