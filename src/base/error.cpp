#include "base/error.h"

#include "base/text.h"

namespace base {

std::string_view to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_input:
            return "invalid_input";
        case ErrorCode::not_found:
            return "not_found";
        case ErrorCode::already_exists:
            return "already_exists";
        case ErrorCode::conflict:
            return "conflict";
        case ErrorCode::permission:
            return "permission";
        case ErrorCode::unauthenticated:
            return "unauthenticated";
        case ErrorCode::refused:
            return "refused";
        case ErrorCode::unavailable:
            return "unavailable";
        case ErrorCode::timed_out:
            return "timed_out";
        case ErrorCode::closed:
            return "closed";
        case ErrorCode::network:
            return "network";
        case ErrorCode::tls:
            return "tls";
        case ErrorCode::protocol:
            return "protocol";
        case ErrorCode::limit_exceeded:
            return "limit_exceeded";
        case ErrorCode::unsupported:
            return "unsupported";
        case ErrorCode::storage:
            return "storage";
        case ErrorCode::cancelled:
            return "cancelled";
    }
    return "unknown";
}

bool Error::retryable() const {
    switch (code) {
        case ErrorCode::unavailable:
        case ErrorCode::timed_out:
        case ErrorCode::closed:
        case ErrorCode::network:
        case ErrorCode::conflict:
        case ErrorCode::cancelled:
            return true;
        default:
            return false;
    }
}

Fault Error::whose_fault() const {
    switch (code) {
        case ErrorCode::invalid_input:
        case ErrorCode::not_found:
        case ErrorCode::already_exists:
        case ErrorCode::permission:
        case ErrorCode::unauthenticated:
            return Fault::owners;
        case ErrorCode::conflict:
        case ErrorCode::limit_exceeded:
        case ErrorCode::storage:
        case ErrorCode::cancelled:
            return Fault::ours;
        default:
            return Fault::theirs;
    }
}

std::string Error::describe() const {
    std::string line = stage.empty() ? message : stage + ": " + message;
    if (!server_words.empty()) line += " (server said: \"" + printable(server_words, 300) + "\")";
    return line;
}

}  // namespace base
