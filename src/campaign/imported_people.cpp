#include "campaign/imported_people.h"

#include <fmt/format.h>

#include <boost/describe/class.hpp>

#include "base/check.h"
#include "base/text.h"

namespace campaign {

BOOST_DESCRIBE_STRUCT(KeptText, (), (collection, external_id, fields))

namespace {

constexpr std::size_t kPage = 500;

bool belongs_to_address(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '%' ||
           c == '+' || c == '-' || c == '@';
}

}  // namespace

bool names_address(std::string_view text, std::string_view address_key) {
    if (address_key.empty()) return false;
    const std::string lower = base::to_lower(text);
    for (std::size_t at = lower.find(address_key); at != std::string::npos;
         at = lower.find(address_key, at + 1)) {
        const std::size_t end = at + address_key.size();
        const bool begins = at == 0 || !belongs_to_address(lower[at - 1]);
        // A full stop after it ends a sentence, unless more of a domain follows.
        const bool stop = end < lower.size() && lower[end] == '.' &&
                          (end + 1 == lower.size() || !belongs_to_address(lower[end + 1]));
        if (begins && (end == lower.size() || stop || !belongs_to_address(lower[end]))) return true;
    }
    return false;
}

std::vector<std::string> addresses_in(std::string_view text) {
    const std::string lower = base::to_lower(text);
    std::vector<std::string> found;
    for (std::size_t at = lower.find('@'); at != std::string::npos; at = lower.find('@', at + 1)) {
        std::size_t begin = at;
        while (begin > 0 && lower[begin - 1] != '@' && belongs_to_address(lower[begin - 1]))
            --begin;
        std::size_t end = at + 1;
        while (end < lower.size() && lower[end] != '@' && belongs_to_address(lower[end])) ++end;
        while (end > at + 1 && lower[end - 1] == '.') --end;
        if (begin < at && end > at + 1) found.push_back(lower.substr(begin, end - begin));
    }
    return found;
}

std::vector<KeptText> kept_of_rows(
    store::Connection& connection,
    std::string_view table,
    std::string_view collection,
    const std::vector<std::int64_t>& ids
) {
    CHECK(ids.size() <= kPage);
    std::vector<KeptText> all;
    const std::string sql = fmt::format(
        "SELECT k.collection, k.external_id, k.fields FROM {} t JOIN campaign_imported_fields k "
        "ON k.collection = :collection AND k.external_id = t.external_id WHERE t.id = :id "
        "ORDER BY t.id",
        table
    );
    for (const std::int64_t id : ids)
        if (auto kept = connection.select_one<KeptText>(sql, store::values(collection, id)))
            all.push_back(std::move(*kept));
    return all;
}

WholePage find_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
) {
    auto rows = connection.select<KeptText>(
        "SELECT collection, external_id, fields FROM campaign_imported_fields "
        "WHERE (collection > :after OR (collection = :same AND external_id > :id)) "
        "AND fields LIKE '{\"whole\":%' ORDER BY collection, external_id LIMIT 500",
        store::values(from.collection, from.collection, from.external_id)
    );
    WholePage page;
    page.more = rows.size() == kPage;
    for (KeptText& row : rows) {
        page.collection = row.collection;
        page.external_id = row.external_id;
        if (names_address(row.fields, address_key)) page.found.push_back(std::move(row));
    }
    return page;
}

WholePage forget_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
) {
    WholePage page = find_in_whole_documents(connection, address_key, from);
    for (const KeptText& row : page.found)
        connection.execute(
            "DELETE FROM campaign_imported_fields WHERE collection = :collection "
            "AND external_id = :id",
            store::values(row.collection, row.external_id)
        );
    return page;
}

}  // namespace campaign
