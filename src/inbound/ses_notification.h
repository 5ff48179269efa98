// Bounces and complaints of Amazon SES as its notification service mails them: JSON in the text, in
// a line or wrapped anywhere, sometimes as a string within another JSON object.
//
// A pure function of the message; at most 1,000 recipients; what does not parse is nothing.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "inbound/delivery_status.h"
#include "mime/message.h"

namespace inbound {

struct SesNotification {
    std::vector<RecipientStatus> bounced;
    std::vector<std::string> complained;  // addresses
    std::string message_id;               // of the mail it is about, or empty
};

std::optional<SesNotification> read_ses_notification(const mime::Message& message);

}  // namespace inbound
