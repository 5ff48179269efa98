// People in imported documents that are kept whole (lists of whom not to write to, collections that
// no table of ours holds): found by their address, and forgotten with them.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "store/connection.h"

namespace campaign {

struct WholePage {
    std::int64_t forgotten = 0;
    bool more = false;
    std::string collection;  // how far the page went
    std::string external_id;
};
// Removes, of 500 whole documents behind `from`, those that name the address. Inside a job on the
// campaign role; begin with an empty page.
WholePage forget_in_whole_documents(
    store::Connection& connection, std::string_view address_key, const WholePage& from
);

// True where the text names this address, and not one that only ends or begins with it. Pure.
bool names_address(std::string_view text, std::string_view address_key);

}  // namespace campaign
