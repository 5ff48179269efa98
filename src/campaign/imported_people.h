// People in imported documents that are kept whole (lists of whom not to write to, collections that
// no table of ours holds): found by their address, and forgotten with them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/connection.h"

namespace campaign {

// What an import kept: beside a row, or a whole document.
struct KeptText {
    std::string collection;
    std::string external_id;
    std::string fields;
};
// What is kept beside these rows (ids of `table`, at most 500).
std::vector<KeptText> kept_of_rows(
    store::Connection& connection,
    std::string_view table,
    std::string_view collection,
    const std::vector<std::int64_t>& ids
);

struct WholePage {
    std::vector<KeptText> found;
    bool more = false;
    std::string collection;  // how far the page went
    std::string external_id;
};
// Of 500 whole documents behind `from`, those that name the address; begin with an empty page.
// Inside a job.
WholePage find_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
);
// Removes them. On the campaign role.
WholePage forget_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
);

// True where the text names this address, and not one that only ends or begins with it. Pure.
bool names_address(std::string_view text, std::string_view address_key);
// What in a text looks like an address, in lower case. Pure.
std::vector<std::string> addresses_in(std::string_view text);

}  // namespace campaign
