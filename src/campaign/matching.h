// Which of our mails a message that came back belongs to, and how sure that is.
//
// What a message says of itself becomes Clues (pure); find_match looks them up, strongest first:
//
//   proof                  matched_by           confidence
//   our token (HMAC)       token                100
//   Message-ID in reply    message_id           95    In-Reply-To, References, a returned header
//   … the provider's       provider_id          95    known from its 250, Sent or an import
//   Gmail's thread         thread               85
//   … the provider's       provider_id          80    known from an answer alone
//   subject + address      subject_address      75    the lead's own address
//   subject + organisation subject_organisation 55    somebody else there
//   address                address              40    the lead writes about something else
//
// Only the first three prove that the writer has seen our mail; `is_proof` says so. A bounce needs
// one of them (threats: forged bounces). Down to 80 the message lies in the mail's thread; what
// comes after rests on its From, which anybody may write. Lookups run inside a job on the campaign
// role.
#pragma once
#include <boost/describe/class.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/email.h"
#include "base/message_id.h"
#include "base/time.h"
#include "delivery/token.h"
#include "inbound/handler.h"
#include "store/connection.h"

namespace campaign {

// A row of emails_campaign as far as matching needs it.
struct SentMail {
    std::int64_t id = 0;
    std::string email_type;
    std::optional<std::int64_t> lead_id;
    std::optional<std::int64_t> campaign_id;
    std::optional<std::int64_t> draft_id;
    std::int64_t from_mailbox_id = 0;
    std::string from_;
    std::string to_;
    std::string subject;
    std::string message_id;
    std::optional<std::string> provider_message_id;
    std::string provider_id_proof;
    std::string status;
    std::string outcome;
    std::string sent_copy;
    std::string send_key;
    std::optional<base::Timestamp> sent_at;
    base::Timestamp created_at;
    base::Timestamp at() const { return sent_at.value_or(created_at); }
};
BOOST_DESCRIBE_STRUCT(
    SentMail,
    (),
    (id,
     email_type,
     lead_id,
     campaign_id,
     draft_id,
     from_mailbox_id,
     from_,
     to_,
     subject,
     message_id,
     provider_message_id,
     provider_id_proof,
     status,
     outcome,
     sent_copy,
     send_key,
     sent_at,
     created_at)
)

// What a message says about the mail it belongs to.
struct Clues {
    std::vector<std::string> tokens;
    std::vector<base::MessageId> ids;  // likeliest first
    std::string thread_id;             // Gmail's; "" elsewhere
    std::optional<base::Email> from;
    std::string from_key;           // campaign::address_key of it
    std::string from_organisation;  // "" at free-mail providers
    std::string subject;            // plain_subject
};
// By headers alone.
Clues clues_of(const inbound::Candidate& candidate, const delivery::TokenMint& mint);
// … and by the whole message: a report's returned header, a quoted mail.
Clues clues_of(
    const mime::Message& message,
    const std::optional<base::MessageId>& original,
    std::uint64_t gmail_thread_id,
    const delivery::TokenMint& mint
);

// The subject without "Re:", "AW:", "Automatic reply:", "[External]" and the like, lower case, with
// single blanks: equal in all mails of a thread.
std::string plain_subject(std::string_view subject);

struct Match {
    SentMail mail;
    std::string by;
    int confidence = 0;
    // The lead itself has written, by its address.
    bool from_lead = false;
    bool is_proof() const { return confidence >= 95; }
    bool is_in_thread() const { return confidence >= 80; }
};

// Nothing of a mail older than this is matched by other than a proof.
constexpr base::Duration kMatchMailOf = std::chrono::hours(24 * 90);

std::optional<Match> find_match(
    store::Connection& connection, const Clues& clues, std::int64_t mailbox_id, base::Timestamp now
);
// By what names the mail itself, token or id; where only an answer has taught the id, it is no
// proof. With a mailbox: a mail that this one has sent.
std::optional<Match> find_named(
    store::Connection& connection, const Clues& clues, std::optional<std::int64_t> mailbox_id
);

std::optional<SentMail> sent_mail(store::Connection& connection, std::int64_t id);

}  // namespace campaign
