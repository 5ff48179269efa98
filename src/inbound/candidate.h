// A new message as far as its headers tell: enough for a side to say whether it is its business.
// Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/email.h"
#include "base/time.h"
#include "imap/types.h"
#include "inbound/folders.h"
#include "mime/message.h"

namespace inbound {

// Where a message lies.
struct Place {
    FolderKind kind = FolderKind::inbox;
    std::string folder;
    std::uint32_t uidvalidity = 0;
    std::uint32_t uid = 0;
    std::string tab;  // Gmail's category, empty elsewhere
};

struct Candidate {
    Place place;        // without its tab
    std::string token;  // value of warmup's token header, empty where absent
    std::optional<base::MessageId> message_id;
    std::optional<base::Email> from;
    std::vector<base::Email> to;
    std::vector<base::MessageId> in_reply_to;
    std::vector<base::MessageId> references;
    std::string subject;
    std::optional<base::Timestamp> date;
    std::string content_type;
    std::string auto_submitted;
    std::string return_path;
    std::string list_unsubscribe;
    bool has_report_field = false;  // one that reports alone bear
    bool by_daemon = false;         // sent by a mail server (daemon.h)
    std::uint64_t gmail_thread_id = 0;
};

// What a look asks a server for, to make candidates of; all of a message's header fields together
// are small.
std::string header_items(std::string_view token_header, bool gmail);
// The header fields that a server has sent for it, under whatever spelling of the section's name.
mime::Message headers_of(const imap::Fetched& fetched);
Candidate candidate_of(
    const mime::Message& headers, const imap::Fetched& fetched, std::string_view token_header
);

// Whether a machine says by these headers that it reports on the delivery of a mail (RFC 3462,
// 5965, and servers that know neither). Vacation notes with an empty return path are none.
bool looks_like_report(const Candidate& candidate);

}  // namespace inbound
