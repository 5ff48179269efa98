// The campaigns' side of a look into a mailbox: says which new mail may be an answer to ours and
// records it; reads the Sent folder by headers; finds canary copies in seed mailboxes.
//
// Of a person's mail only headers are read. In full comes what names a mail of ours (by token,
// Message-ID or thread), what an address of a lead or its company under our subject has written,
// and delivery reports. A stranger whose subject asks to stop is recorded by headers. Nothing is
// marked as read, ever. One look serves it beside warmup's (inbound/handler.h).
#pragma once
#include <functional>

#include "campaign/context.h"
#include "inbound/handler.h"

namespace campaign {

// What was recorded for the first time.
struct ReturnCounts {
    int replies = 0;
    int auto_replies = 0;
    int bounces = 0;
    int complaints = 0;
    int opt_outs = 0;
    int opt_outs_waiting = 0;   // without a proof: the owner decides
    int unmatched_reports = 0;  // of deliveries and complaints, about no mail of ours: not kept
    int human_mails = 0;        // by hand, in the Sent folder
    int canaries = 0;
};

class ReplyHandler : public inbound::Handler {
  public:
    // `counts` outlives it.
    ReplyHandler(Context& context, const mailbox::Mailbox& watched, ReturnCounts& counts);

    store::Role role() const override { return store::Role::campaign; }
    bool wants(inbound::FolderKind kind) const override;
    base::Task<std::vector<inbound::Choice>> recognise(
        std::int64_t mailbox_id, std::vector<inbound::Candidate> candidates
    ) override;
    base::Task<inbound::Handled> handle(inbound::Incoming incoming) override;
    // Mails in doubt whose copy lies in Sent, and copies that nobody else files.
    base::Task<base::Result<>> after_look(
        imap::Client& client, std::vector<imap::Folder> listing, base::MonotonicTime deadline
    ) override;

  private:
    base::Task<inbound::Handled> handle_sent(inbound::Incoming incoming);
    base::Task<inbound::Handled> handle_canary(inbound::Incoming incoming);

    Context& context_;
    std::int64_t mailbox_id_;
    base::Email own_;
    bool sends_;  // campaigns send from it; else it is watched for canaries only
    ReturnCounts& counts_;
};

// For every sender, and for seed mailboxes where campaigns send through them, or where canaries are
// out. Context and counts outlive the handlers.
inbound::HandlerFactory reply_handlers(Context& context, ReturnCounts& counts, bool canaries_out);
// Whether a canary copy has not been found yet. Inside a job.
bool are_canaries_out(store::Connection& connection);

}  // namespace campaign
