// What warmup works with; everything is handed in (DESIGN section 4). It names no campaign part:
// the drafts of campaigns can't be reached from here.
#pragma once
#include "base/clock.h"
#include "base/random.h"
#include "delivery/token.h"
#include "inbound/handler.h"
#include "llm/chat_model.h"
#include "mailbox/connector.h"
#include "mailbox/vault.h"
#include "store/database.h"
#include "warmup/types.h"

namespace warmup {

struct Context {
    store::Database& db;
    mailbox::Connector& connector;
    llm::ChatModel& model;  // Groq, always (llm/warmup_model.h)
    base::Clock& clock;
    base::Random& random;
    const mailbox::Vault& vault;
    const delivery::TokenMint& mint;
    Settings settings;
    // Sides that share warmup's looks into its mailboxes; they are asked after it.
    std::vector<inbound::HandlerFactory> further_sides = {};
};

}  // namespace warmup
