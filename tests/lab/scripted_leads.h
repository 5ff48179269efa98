// Leads that read their mail on the rig and answer it by their own servers, each in its way
// (lead_cast.h); what Dovecot's Sieve does for a lead is not done here.
//
//   ScriptedLeads leads(servers, cast);
//   while (…) leads.look();          // answers what has come since the last look
//   leads.acts()                     // who did what, when
//
// Decision and texts are pure functions. Errors: std::runtime_error where a server does not take an
// answer.
#pragma once
#include <optional>
#include <set>

#include "tests/lab/lead_cast.h"

namespace lab {

enum class ActKind { reply, opt_out_by_text, opt_out_by_mailto };

// What a lead does about the `nth` mail that came (from 1); most do nothing.
std::optional<ActKind> act_for(Way way, int nth);

// Who reads and answers in the place of that lead.
struct Answering {
    std::string from;  // its address
    std::string name;
};
// The answer to a mail as a mail program writes it: To, Subject, In-Reply-To, References, and the
// original quoted. `id`: the new Message-ID, without brackets.
std::string reply_text(
    const Answering& who, const StoredMail& to, const std::string& id, const std::string& words
);
// The mail that a List-Unsubscribe header asks for (RFC 2369, RFC 6068): its address, and its text.
// Nothing where the header names no mailto.
struct Wanted {
    std::string to;
    std::string message;
};
std::optional<Wanted> unsubscribe_mail(
    const Answering& who, const std::string& header, const std::string& id
);

struct Act {
    std::string lead;
    ActKind kind;
    std::string about;           // the Message-ID that it answers
    std::int64_t at_micros = 0;  // real time, before the server had it
};

class ScriptedLeads {
  public:
    ScriptedLeads(MailServers& servers, LeadCast cast);

    void look();
    const std::vector<Act>& acts() const { return acts_; }

  private:
    void answer(const Lead& lead, const StoredMail& mail, int nth);

    MailServers& servers_;
    LeadCast cast_;
    std::map<std::string, std::set<std::string>> known_;  // by lead: names of mails
    std::vector<Act> acts_;
};

}  // namespace lab
