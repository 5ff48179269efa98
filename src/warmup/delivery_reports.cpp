#include "warmup/delivery_reports.h"

#include <algorithm>

#include "delivery/email_record.h"
#include "inbound/classify.h"
#include "ledger/ledger.h"
#include "warmup/threads.h"

namespace warmup {

namespace {

constexpr base::Duration kReportsOnMailOf = std::chrono::hours(24 * 30);
constexpr auto kSide = delivery::Side::warmup;

// A mail that the mailbox has sent.
struct Sent {
    std::int64_t id = 0;
    std::string to_;
    std::optional<base::Timestamp> sent_at;
    base::Timestamp created_at;
    std::string outcome;
};
BOOST_DESCRIBE_STRUCT(Sent, (), (id, to_, sent_at, created_at, outcome))

std::vector<std::string> tokens_in(const delivery::TokenMint& mint, const mime::Message& report) {
    std::vector<std::string> tokens = mint.find(report.text, kSide);
    for (const mime::ReportPart& part : report.report_parts)
        for (std::string& token : mint.find(part.text, kSide)) tokens.push_back(std::move(token));
    return tokens;
}

std::optional<Sent> mail_of(
    store::Connection& connection,
    const delivery::TokenMint& mint,
    std::int64_t mailbox_id,
    const inbound::Incoming& incoming,
    const inbound::Classified& report
) {
    const std::string columns = "SELECT " + store::column_list<Sent>() +
                                " FROM emails_warmup WHERE from_mailbox_id = :mailbox AND ";
    for (const std::string& token : tokens_in(mint, incoming.message))
        if (auto found = connection.select_one<Sent>(
                columns + "token = :token ORDER BY id", store::values(mailbox_id, token)
            ))
            return found;
    if (!report.original_message_id) return std::nullopt;
    const std::string id = report.original_message_id->str();
    return connection.select_one<Sent>(
        columns + "(message_id = :ours OR provider_message_id = :theirs) ORDER BY id",
        store::values(mailbox_id, id, id)
    );
}

const inbound::Bounce* failure_of(const inbound::Classified& report, const std::string& to) {
    for (const inbound::Bounce& bounce : report.bounces) {
        const auto address = base::Email::parse(bounce.address);
        const auto recipient = base::Email::parse(to);
        const bool about_it = bounce.address.empty()
                                  ? report.bounces.size() == 1
                                  : address && recipient && address->same_mailbox(*recipient);
        if (about_it && !bounce.delayed) return &bounce;
    }
    return nullptr;
}

}  // namespace

bool record_delivery_report(
    store::Connection& connection,
    const delivery::TokenMint& mint,
    const inbound::Incoming& incoming
) {
    const inbound::Classified report = inbound::classify(incoming.message);
    if (report.kind != inbound::Kind::bounce) return false;
    const auto mail = mail_of(connection, mint, incoming.mailbox.id, incoming, report);
    if (!mail || mail->sent_at.value_or(mail->created_at) < incoming.found_at - kReportsOnMailOf)
        return false;
    const inbound::Bounce* failure = failure_of(report, mail->to_);
    if (failure == nullptr) return true;
    if (!mark_processed(connection, incoming.mailbox.id, incoming.place, incoming.found_at))
        return true;
    // Who reports that it failed has had it: in doubt it is no longer.
    delivery::resolve_accepted(
        connection, kSide, mail->id, incoming.found_at, "a delivery report about it came back"
    );
    const std::int64_t changed = connection.execute(
        "UPDATE emails_warmup SET outcome = 'bounced', error_message = :why "
        "WHERE id = :id AND outcome = 'none'",
        store::values("bounced: " + failure->reason, mail->id)
    );
    if (changed == 1)
        ledger::append(
            connection,
            {incoming.found_at,
             "warmup",
             "email",
             mail->id,
             "bounced",
             "a delivery report proves it: " + failure->reason,
             "{}"}
        );
    return true;
}

}  // namespace warmup
