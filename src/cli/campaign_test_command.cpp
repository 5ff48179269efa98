// `pilotlight campaign test`: sends one mail of a campaign to its owner.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "campaign/preview.h"
#include "campaign/single_mail.h"
#include "cli/campaign_lookup.h"
#include "cli/commands.h"
#include "cli/draft_output.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "engine/campaign_sending.h"

namespace cli {

namespace {

std::unexpected<base::Error> refuse(std::string words) {
    return base::fail(base::ErrorCode::invalid_input, "campaign test", std::move(words));
}

base::Result<base::Email> read_recipient(
    const Invocation& invocation, const std::vector<mailbox::Mailbox>& mailboxes
) {
    auto to = base::Email::parse(invocation.text("--to"));
    if (!to) return to;
    const bool own = std::ranges::any_of(mailboxes, [&](const mailbox::Mailbox& one) {
        return one.email.same_mailbox(*to);
    });
    if (own || invocation.flag("--yes")) return to;
    return refuse(
        fmt::format("{} is no mailbox of yours; add --yes if it is to get this mail", to->str())
    );
}

base::Result<mailbox::Mailbox> pick_sender(
    const Invocation& invocation, const std::vector<mailbox::Mailbox>& mailboxes
) {
    if (const std::string from = invocation.text("--from"); !from.empty())
        return pick_mailbox(mailboxes, from);
    for (const mailbox::Mailbox& one : mailboxes)
        if (one.role == mailbox::Role::sender && one.status == mailbox::Status::active &&
            one.can_log_in())
            return one;
    return refuse("there is no active sender; name a mailbox with --from");
}

base::Result<campaign::SingleMail> write_mail(
    engine::Runtime& runtime, const NamedCampaign& picked, const std::string& lead, int step
) {
    const auto preview = runtime.job(
        store::Role::operator_,
        [id = picked.row.id, lead, step](store::Connection& connection) {
            return campaign::preview(connection, id, lead, step);
        }
    );
    if (!preview) return base::pass_on(preview);
    if (!preview->impossible.empty()) return refuse(preview->impossible);
    campaign::SingleMail mail;
    mail.campaign_id = picked.row.id;
    mail.subject = preview->text.subject;
    mail.body = preview->text.body;
    mail.html_body = preview->text.html_body;
    mail.settings = picked.settings;
    mail.written_for = preview->lead_id;
    mail.send_key = fmt::format("test:{}:{}", picked.row.id, runtime.random().alphanumeric(16));
    return mail;
}

int show(const campaign::SingleMail& mail, const delivery::Report& report, bool json) {
    const bool accepted = report.ending == delivery::Ending::accepted;
    const std::string ending(delivery::to_string(report.ending));
    if (json) {
        const boost::json::object document = {
            {"from", mail.from.email.str()},
            {"to", mail.to.str()},
            {"subject", mail.subject},
            {"ending", ending},
            {"server_reply", report.server_reply},
            {"error", accepted ? std::string() : report.error.describe()}
        };
        print(boost::json::serialize(document) + "\n");
    } else if (accepted) {
        print(fmt::format(
            "sent \"{}\" from {} to {}\n", mail.subject, mail.from.email.str(), mail.to.str()
        ));
    } else {
        print(fmt::format("{}: {}\n", ending, report.error.describe()));
    }
    return accepted ? 0 : 1;
}

base::Result<int> run(const Invocation& invocation) {
    const auto step = invocation.integer("--step", 0, 0, 20);
    if (!step) return base::pass_on(step);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    engine::Runtime& world = **runtime;
    const auto picked = pick_campaign(world, invocation.positional("NAME"));
    if (!picked) return base::pass_on(picked);
    const mailbox::Listing listing = list_mailboxes(world);
    const auto to = read_recipient(invocation, listing.mailboxes);
    if (!to) return base::pass_on(to);
    const auto from = pick_sender(invocation, listing.mailboxes);
    if (!from) return base::pass_on(from);
    auto mail = write_mail(world, *picked, invocation.text("--lead"), static_cast<int>(*step));
    if (!mail) return base::pass_on(mail);
    mail->to = *to;
    mail->from = *from;
    auto key = world.run(campaign::UnsubscribeKey::load(world.db(), world.vault(), world.random()));
    if (!key) return base::pass_on(key);
    const auto headers =
        engine::unsubscribe_headers_of(std::move(*key), world.settings().unsubscribe.url);
    const base::MonotonicTime deadline = world.clock().in(std::chrono::minutes(2));
    const auto report =
        world.run(campaign::send_single(world.campaign_context(), headers, *mail, deadline));
    if (!report) return base::pass_on(report);
    world.run(world.connector().close_idle(world.clock().in(std::chrono::seconds(5))));
    return show(*mail, *report, invocation.json);
}

}  // namespace

Command campaign_test_command() {
    return {
        .path = "campaign test",
        .summary = "send one mail of a campaign to yourself",
        .help =
            "Sends what a lead would get (see `campaign preview`) to an address of yours, from a "
            "sender\n"
            "of yours, with the headers of the real mail. The lead gets nothing. It counts in the "
            "sender's\n"
            "budget of the day and keeps the gap between two mails.\n"
            "\n"
            "Examples:\n"
            "  pilotlight campaign test shops --to me@example.com\n"
            "  pilotlight campaign test shops --to friend@example.com --yes --from "
            "eva@example.com\n",
        .positionals = {{.name = "NAME", .help = "the campaign"}},
        .options =
            {{.name = "--to",
              .value = "EMAIL",
              .help = "who gets it: a mailbox of yours, or any address with --yes",
              .required = true},
             {.name = "--from", .value = "MAILBOX", .help = "the sender; default: the first one"},
             {.name = "--lead",
              .value = "EMAIL",
              .help = "written for this lead; default: the first"},
             {.name = "--step", .value = "N", .help = "0 is the first mail (default)"},
             {.name = "--yes", .value = "", .help = "the address may be a stranger's"}},
        .run = run,
    };
}

}  // namespace cli
