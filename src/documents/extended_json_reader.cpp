// Boost.JSON's own reader rounds numbers and lets a field stand twice; this handler does neither.
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "documents/extended_json.h"
#include "documents/extended_json_types.h"

namespace documents {

namespace {

using boost::json::error_code;
using boost::json::string_view;

bool has_twin(const std::vector<Member>& members) {
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const Member& member : members) names.push_back(member.name);
    std::ranges::sort(names);
    return std::ranges::adjacent_find(names) != names.end();
}

// Builds the value that the parser walks through. The names are those that boost::json asks for.
struct Builder {
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    std::vector<Value> open;  // objects and arrays that have not ended
    std::vector<std::string> keys;
    std::string part;
    Value root;
    std::string problem;

    bool refuse(std::string words, error_code& error) {
        problem = std::move(words);
        error = boost::json::error::syntax;
        return false;
    }
    bool take(Value value) {
        if (open.empty()) {
            root = std::move(value);
        } else if (open.back().kind == Kind::array) {
            open.back().members.push_back({{}, std::move(value)});
        } else {
            open.back().members.push_back({std::move(keys.back()), std::move(value)});
            keys.pop_back();
        }
        return true;
    }
    bool begin(Kind kind) {
        open.emplace_back().kind = kind;
        return true;
    }
    Value end() {
        Value value = std::move(open.back());
        open.pop_back();
        return value;
    }
    std::string whole(string_view last) {
        part.append(last.data(), last.size());
        return std::exchange(part, {});
    }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return begin(Kind::object); }
    bool on_array_begin(error_code&) { return begin(Kind::array); }
    bool on_array_end(std::size_t, error_code&) { return take(end()); }
    bool on_object_end(std::size_t, error_code& error) {
        Value object = end();
        if (has_twin(object.members)) return refuse("a field stands twice", error);
        base::Result<Value> folded = fold_type(std::move(object));
        if (!folded) return refuse(folded.error().message, error);
        return take(std::move(*folded));
    }
    bool on_key_part(string_view text, std::size_t, error_code&) {
        part.append(text.data(), text.size());
        return true;
    }
    bool on_key(string_view text, std::size_t, error_code& error) {
        keys.push_back(whole(text));
        if (keys.back().find('\0') == std::string::npos) return true;
        return refuse("a field's name holds the NUL character", error);
    }
    bool on_string_part(string_view text, std::size_t, error_code&) {
        part.append(text.data(), text.size());
        return true;
    }
    bool on_string(string_view text, std::size_t, error_code& error) {
        Value value = Value::of_text(whole(text));
        if (value.text.find('\0') == std::string::npos) return take(std::move(value));
        return refuse("a text holds the NUL character", error);
    }
    bool on_number_part(string_view text, error_code&) {
        part.append(text.data(), text.size());
        return true;
    }
    bool on_int64(std::int64_t number, string_view, error_code&) {
        part.clear();
        return take(Value::of_int(number));
    }
    bool on_uint64(std::uint64_t number, string_view, error_code&) {
        part.clear();
        return take(Value::of_real(static_cast<double>(number)));
    }
    bool on_double(double rounded, string_view text, error_code&) {
        const std::string digits = whole(text);
        double exact = rounded;
        std::from_chars(digits.data(), digits.data() + digits.size(), exact);
        return take(Value::of_real(exact));
    }
    bool on_bool(bool value, error_code&) { return take(Value::of_bool(value)); }
    bool on_null(error_code&) { return take(Value{}); }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }
};

std::unexpected<base::Error> refused(std::string words, std::size_t at) {
    return base::fail(
        base::ErrorCode::invalid_input,
        "extended json",
        fmt::format("{} (byte {} of the document)", words, at)
    );
}

std::string words_of(const error_code& error) {
    if (error == boost::json::error::too_deep)
        return fmt::format("nested more than {} levels deep", kDepthMax);
    if (error == boost::json::error::incomplete) return "it ends in the middle";
    return "no JSON: " + error.message();
}

}  // namespace

base::Result<Value> read_value(std::string_view json, int depth_max) {
    if (!base::is_utf8(json))
        return base::fail(
            base::ErrorCode::invalid_input, "extended json", "bytes that are not UTF-8"
        );
    boost::json::parse_options options;
    // Types are written as objects in objects.
    options.max_depth = static_cast<std::size_t>(depth_max) + 2;
    boost::json::basic_parser<Builder> parser(options);
    error_code error;
    const std::size_t read = parser.write_some(false, json.data(), json.size(), error);
    Builder& builder = parser.handler();
    if (!builder.problem.empty()) return refused(builder.problem, read);
    if (error) return refused(words_of(error), read);
    if (read < json.size()) return refused("more text after the end of the document", read);
    return std::move(builder.root);
}

base::Result<Value> read_document(std::string_view json) {
    base::Result<Value> value = read_value(json);
    if (value && value->kind != Kind::object)
        return refused(fmt::format("{} instead of a document", in_words(value->kind)), 0);
    return value;
}

}  // namespace documents
