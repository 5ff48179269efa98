// Delivery reports about warmup mail: what could not be delivered has the placement "bounced".
// Inside a job, on the warmup role.
//
// A report counts only where it proves to be about a mail that this mailbox has sent in the last 30
// days, to the address that it names: by our token or the Message-ID in the header it gives back
// (threats: forged bounces). A delayed mail has not bounced; one that was found stays found.
#pragma once
#include "delivery/token.h"
#include "inbound/handler.h"
#include "store/connection.h"

namespace warmup {

// True where it was about a mail of ours. Repeated it changes nothing.
bool record_delivery_report(
    store::Connection& connection,
    const delivery::TokenMint& mint,
    const inbound::Incoming& incoming
);

}  // namespace warmup
