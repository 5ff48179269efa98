// FETCH of the sandbox's IMAP servers: which items, and how a message answers them (RFC 3501
// sections 6.4.5 and 7.4.2). Known: UID FLAGS INTERNALDATE RFC822.SIZE RFC822 RFC822.HEADER
// RFC822.TEXT FAST, BODY and BODY.PEEK of [] [HEADER] [HEADER.FIELDS (…)] [HEADER.FIELDS.NOT (…)]
// [TEXT] with <from.count>, and at gmail X-GM-MSGID X-GM-THRID X-GM-LABELS. ENVELOPE, BODYSTRUCTURE
// and part numbers are BAD.
#pragma once
#include "sandbox/imap_reader.h"
#include "sandbox/mail_store.h"

namespace sandbox {

struct FetchItem {
    enum class What { uid, flags, internal_date, size, gm_msgid, gm_thrid, gm_labels, body };
    enum class Section { whole, header, fields, fields_not, text };
    What what = What::uid;
    Section section = Section::whole;
    std::vector<std::string> field_names = {};
    std::optional<std::pair<std::uint32_t, std::uint32_t>> partial = {};  // from, count
    bool peek = true;
    std::string name;  // as the answer names it: "BODY[HEADER]"
};

// One item or a list in parentheses, to the end. Nothing where it is malformed or not known.
std::optional<std::vector<FetchItem>> parse_fetch_items(
    ImapReader& reader, const ImapManner& manner, bool gmail
);

// True where answering sets \Seen.
bool sets_seen(const std::vector<FetchItem>& items);
std::string flag_list(const Mail& mail);
// "UID 7 FLAGS (\Seen) BODY[] {3}\r\nabc": the inside of the parentheses. UID comes first, asked or
// not.
std::string fetch_answer(
    const std::vector<FetchItem>& items,
    const Entry& entry,
    const MailStore& store,
    const StoreFolder& folder
);

}  // namespace sandbox
