#include "campaign/imported_people.h"

#include <boost/describe/class.hpp>
#include <vector>

#include "base/text.h"

namespace campaign {

namespace {

constexpr std::size_t kPage = 500;

struct Row {
    std::string collection;
    std::string external_id;
    std::string fields;
};
BOOST_DESCRIBE_STRUCT(Row, (), (collection, external_id, fields))

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

WholePage forget_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
) {
    const auto rows = connection.select<Row>(
        "SELECT collection, external_id, fields FROM campaign_imported_fields "
        "WHERE (collection > :after OR (collection = :same AND external_id > :id)) "
        "AND fields LIKE '{\"whole\":%' ORDER BY collection, external_id LIMIT 500",
        store::values(from.collection, from.collection, from.external_id)
    );
    WholePage page;
    page.more = rows.size() == kPage;
    for (const Row& row : rows) {
        page.collection = row.collection;
        page.external_id = row.external_id;
        if (!names_address(row.fields, address_key)) continue;
        page.forgotten += connection.execute(
            "DELETE FROM campaign_imported_fields WHERE collection = :collection "
            "AND external_id = :id",
            store::values(row.collection, row.external_id)
        );
    }
    return page;
}

}  // namespace campaign
