// Result<T>: a value or an Error. libstdc++ 12 has std::expected without its monadic members,
// so the two helpers that are needed stand here.
#pragma once
#include <expected>
#include <type_traits>

#include "base/error.h"

namespace base {

template <class T = void>
using Result = std::expected<T, Error>;

// Makes a failure: `return fail(ErrorCode::refused, "smtp.rcpt", "recipient refused", reply_text);`
inline std::unexpected<Error> fail(
    ErrorCode code, std::string stage, std::string message, std::string server_words = {}
) {
    return std::unexpected(
        Error{code, std::move(stage), std::move(message), std::move(server_words), 0, {}}
    );
}

// Hands an error on under another success type: `return pass_on(result);`
template <class T>
std::unexpected<Error> pass_on(const Result<T>& result) {
    return std::unexpected(result.error());
}

}  // namespace base
