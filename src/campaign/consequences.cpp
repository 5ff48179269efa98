#include "campaign/consequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace campaign {

namespace {

constexpr std::string_view kYourDecision = "your decision (pilotlight suppress decide)";

// Refusals that are about who sends, and how (inbound/bounce_rules_test.cpp lists all reasons).
constexpr std::array<std::string_view, 14> kRefusals = {
    "authfailure",
    "badreputation",
    "blocked",
    "contenterror",
    "filtered",
    "norelaying",
    "notcompliantrfc",
    "policyviolation",
    "rejected",
    "requireptr",
    "securityerror",
    "spamdetected",
    "speeding",
    "virusdetected",
};

Consequence nothing(std::string why) {
    Consequence out;
    out.decision = std::move(why);
    return out;
}

Consequence after_reply(const ReturnFacts& facts) {
    if (!facts.matched) {
        Consequence out = nothing("it answers no mail of ours");
        out.keep = false;
        return out;
    }
    Consequence out;
    out.lead_status = "replied";
    out.outcome = "replied";
    out.stop_company = facts.whole_company;
    out.decision =
        facts.whole_company ? "the sequence ends, for the whole company" : "the sequence ends";
    return out;
}

Consequence after_auto_reply(const ReturnFacts& facts) {
    if (!facts.matched) {
        Consequence out = nothing("an automatic reply to no mail of ours");
        out.keep = false;
        return out;
    }
    Consequence out;
    const base::Timestamp last = facts.now + kAutoReplyWaitMax;
    const bool stated = facts.return_date && *facts.return_date > facts.now;
    out.wait_until = std::min(last, stated ? *facts.return_date : facts.now + kAutoReplyWait);
    out.decision =
        stated ? "nothing is sent before the date it names" : "nothing is sent for 7 days";
    return out;
}

// Why a report counts for nothing; "" where it counts.
std::string_view doubt_about(const ReturnFacts& facts) {
    if (!facts.matched || !facts.proven) return "unmatched: it proves no mail of ours";
    if (!facts.from_this_mailbox) return "unmatched: another mailbox has sent that mail";
    if (!facts.names_our_address) return "unmatched: it names an address we did not write to";
    if (!facts.mailed_at || facts.now - *facts.mailed_at > kBounceOfMailOf)
        return "unmatched: that mail is too old";
    return {};
}

Consequence after_bounce(const ReturnFacts& facts) {
    if (const std::string_view doubt = doubt_about(facts); !doubt.empty()) {
        Consequence out = nothing(std::string(doubt));
        out.keep = facts.matched && facts.proven;
        return out;
    }
    if (facts.delayed) return nothing("delayed: its server still tries");
    Consequence out;
    out.outcome = "bounced";
    out.lead_status = "stopped";
    switch (meaning_of(facts.reason, facts.status, facts.hard)) {
        case BounceMeaning::gone:
            out.suppress = "bounce";
            out.suppress_lead = true;
            if (facts.gone_last_hour < kBounceSuppressionsPerHour) {
                out.lead_status = "bounced";
                out.decision = kAddressGone;
            } else {
                // The pending suppression stops the lead, and the owner's word lets it go on.
                out.lead_status.clear();
                out.pending = true;
                out.decision =
                    "the address is said to be gone, but too many are in an hour: nothing is sent "
                    "there; " +
                    std::string(kYourDecision);
            }
            break;
        case BounceMeaning::refused:
            out.decision = "refused, which speaks against mailbox or text: this lead is stopped";
            out.against_mailbox = true;
            out.against_text = true;
            break;
        case BounceMeaning::other:
            out.decision = "not delivered: this lead is stopped";
            break;
    }
    return out;
}

Consequence after_complaint(const ReturnFacts& facts) {
    if (!facts.matched || !facts.proven) {
        Consequence out = nothing("unmatched: a complaint about no mail of ours");
        out.keep = facts.matched;
        return out;
    }
    Consequence out;
    out.lead_status = "complained";
    out.suppress = "complaint";
    out.suppress_lead = true;
    out.against_mailbox = true;
    out.against_text = true;
    out.decision = "a complaint: never again, and counted against the mailbox";
    return out;
}

Consequence after_opt_out(const ReturnFacts& facts) {
    Consequence out;
    out.suppress = "unsubscribe";
    out.suppress_from = true;
    if (!facts.matched || !facts.in_thread) {
        out.pending = true;
        out.decision = fmt::format(
            "an opt-out that {}: nothing is sent to its address; {}",
            facts.matched ? "proves no mail of ours" : "matches no mail of ours",
            kYourDecision
        );
        return out;
    }
    out.outcome = "replied";
    // Whoever has seen the mail may speak for the address it went to.
    out.suppress_lead = facts.from_lead || facts.proven;
    out.lead_status = out.suppress_lead ? "unsubscribed" : "stopped";
    out.decision = "opted out: never again";
    return out;
}

}  // namespace

BounceMeaning meaning_of(std::string_view reason, std::string_view status, bool hard) {
    const bool gone = reason == "userunknown" || reason == "hostunknown" || reason == "hasmoved";
    if (gone && hard) return BounceMeaning::gone;
    // An account that its owner or provider has shut; a temporary code says that it may come back.
    if (reason == "suspend" && !status.starts_with('4')) return BounceMeaning::gone;
    return std::ranges::find(kRefusals, reason) != kRefusals.end() ? BounceMeaning::refused
                                                                   : BounceMeaning::other;
}

Consequence consequence_of(const ReturnFacts& facts) {
    const bool by_person =
        facts.kind != inbound::Kind::bounce && facts.kind != inbound::Kind::complaint;
    if (facts.is_receipt && by_person) {
        Consequence out = nothing("a receipt: nobody has answered");
        out.keep = false;
        return out;
    }
    switch (facts.kind) {
        case inbound::Kind::bounce:
            return after_bounce(facts);
        case inbound::Kind::complaint:
            return after_complaint(facts);
        case inbound::Kind::unsubscribe:
            return after_opt_out(facts);
        case inbound::Kind::auto_reply:
            return after_auto_reply(facts);
        case inbound::Kind::reply:
        case inbound::Kind::other:
            return after_reply(facts);
        case inbound::Kind::warmup:
            break;
    }
    Consequence out = nothing("warmup's");
    out.keep = false;
    return out;
}

}  // namespace campaign
