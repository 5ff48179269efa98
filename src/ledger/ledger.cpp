#include "ledger/ledger.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/describe/class.hpp>
#include <boost/json.hpp>

#include "base/text.h"

namespace ledger {

BOOST_DESCRIBE_STRUCT(
    Entry, (), (id, at, side, subject_kind, subject_id, decision, reason, numbers)
)

namespace {

// What a word ends with; quotes and brackets around an address go with it.
bool is_gap(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ';';
}

// Addresses in the texts and names of a JSON value.
boost::json::value cleaned(const boost::json::value& value) {
    if (const auto* text = value.if_string()) return boost::json::string(without_addresses(*text));
    if (const auto* list = value.if_array()) {
        boost::json::array out;
        for (const boost::json::value& item : *list) out.push_back(cleaned(item));
        return out;
    }
    if (const auto* object = value.if_object()) {
        boost::json::object out;
        for (const auto& item : *object) out[without_addresses(item.key())] = cleaned(item.value());
        return out;
    }
    return value;
}

std::string checked_numbers(const std::string& numbers) {
    if (numbers == "{}") return numbers;
    boost::json::error_code problem;
    const boost::json::value value = boost::json::parse(numbers, problem);
    if (problem || !value.is_object())
        throw store::StoreError(
            store::StoreError::Kind::invalid,
            fmt::format("ledger numbers are not a JSON object: {}", base::printable(numbers, 200))
        );
    // Without an '@' there is nothing to take out of it.
    if (numbers.find('@') == std::string::npos && numbers.find('\\') == std::string::npos)
        return numbers;
    return boost::json::serialize(cleaned(value));
}

std::string numbers_in_words(const std::string& numbers) {
    boost::json::error_code problem;
    const boost::json::value value = boost::json::parse(numbers, problem);
    if (problem || !value.is_object()) return base::printable(numbers, 200);
    std::vector<std::string> words;
    for (const auto& item : value.get_object()) {
        const auto* text = item.value().if_string();
        const std::string shown =
            text ? std::string(text->c_str()) : boost::json::serialize(item.value());
        words.push_back(base::replace_all(std::string(item.key()), "_", " ") + " " + shown);
    }
    return base::join(words, ", ");
}

constexpr std::size_t kRowsAtOnce = 16;

std::string insert_sql(std::size_t rows) {
    std::string sql =
        "INSERT INTO ledger (at, side, subject_kind, subject_id, decision, reason, numbers) VALUES";
    for (std::size_t i = 0; i < rows; ++i)
        sql += fmt::format(
            "{0} (:at{1}, :side{1}, :kind{1}, :subject{1}, :decision{1}, :reason{1}, :numbers{1})",
            i == 0 ? "" : ",",
            i
        );
    return sql;
}

void add_values(store::Values& values, const Decision& decision) {
    values.push_back(store::to_value(decision.at));
    values.push_back(store::to_value(decision.side));
    values.push_back(store::to_value(decision.subject_kind));
    values.push_back(store::to_value(decision.subject_id));
    values.push_back(store::to_value(without_addresses(decision.decision)));
    values.push_back(store::to_value(without_addresses(decision.reason)));
    values.push_back(store::to_value(checked_numbers(decision.numbers)));
}

}  // namespace

std::string without_addresses(std::string_view text) {
    if (text.find('@') == std::string_view::npos) return std::string(text);
    std::string out;
    while (!text.empty()) {
        const auto* gap = std::find_if(text.begin(), text.end(), is_gap);
        const auto length = static_cast<std::size_t>(gap - text.begin());
        const std::string_view word = text.substr(0, length);
        out += word.find('@') == std::string_view::npos ? word : std::string_view("[address]");
        text.remove_prefix(length);
        if (text.empty()) break;
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

void append(store::Connection& connection, const Decision& decision) {
    static const std::string sql = insert_sql(1);
    store::Values values;
    add_values(values, decision);
    connection.execute(sql, values);
}

void append_all(store::Connection& connection, const std::vector<Decision>& decisions) {
    for (std::size_t begin = 0; begin < decisions.size(); begin += kRowsAtOnce) {
        const std::size_t end = std::min(begin + kRowsAtOnce, decisions.size());
        store::Values values;
        for (std::size_t i = begin; i < end; ++i) add_values(values, decisions[i]);
        connection.execute(insert_sql(end - begin), values);
    }
}

std::vector<Entry> read(
    store::Connection& connection, std::string_view subject_kind, std::int64_t subject_id
) {
    std::vector<Entry> entries = connection.select<Entry>(
        "SELECT id, at, side, subject_kind, subject_id, decision, reason, numbers FROM ledger "
        "WHERE subject_kind = :kind AND subject_id = :subject ORDER BY id DESC LIMIT 500",
        store::values(subject_kind, subject_id)
    );
    std::reverse(entries.begin(), entries.end());
    return entries;
}

std::string tell(const Entry& entry) {
    std::string line = fmt::format(
        "{}  {}: {} {} {}",
        base::to_iso(entry.at),
        entry.side,
        entry.subject_kind,
        entry.subject_id,
        base::replace_all(entry.decision, "_", " ")
    );
    if (!entry.reason.empty()) line += " because " + entry.reason;
    const std::string numbers = numbers_in_words(entry.numbers);
    if (!numbers.empty()) line += " (" + numbers + ")";
    return base::printable(line, 2000);
}

}  // namespace ledger
