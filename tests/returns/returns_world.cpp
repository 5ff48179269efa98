#include "tests/returns/returns_world.h"

#include <fmt/format.h>

#include "base/check.h"
#include "campaign/address_key.h"
#include "campaign/campaign_store.h"
#include "delivery/delivery.h"
#include "inbound/watcher.h"
#include "mime/compose.h"

namespace tests {

namespace {

constexpr base::Timestamp kBegin{1'780'300'800'000'000};  // 2026-06-01T08:00:00Z

std::unique_ptr<store::Database> open_store(base::Loop& loop) {
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    return store::open_database(options, loop);
}

std::string fresh_id(const std::string& domain) {
    static int count = 0;
    return fmt::format("outside{}@{}", ++count, domain);
}

}  // namespace

std::string raw_mail(const AnswerParts& parts, const std::string& to) {
    const std::string id = parts.message_id.empty() ? fresh_id("lead.test") : parts.message_id;
    std::string raw = fmt::format(
        "Return-Path: <{0}>\r\nFrom: Bob <{0}>\r\nTo: <{1}>\r\nSubject: {2}\r\n"
        "Message-ID: <{3}>\r\nDate: Mon, 01 Jun 2026 09:00:00 +0000\r\n",
        parts.from,
        to,
        parts.subject,
        id
    );
    if (!parts.in_reply_to.empty())
        raw += fmt::format("In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n", parts.in_reply_to);
    return raw + parts.more + "\r\n" + parts.body + "\r\n";
}

std::string answer_to(
    const SentOut& mail, const std::string& from, const std::string& body, const std::string& more
) {
    return raw_mail({from, "Re: " + mail.subject, body, {}, mail.message_id, more}, mail.from);
}

std::string report_on(const SentOut& mail, const Report& report) {
    const std::string token = report.token.empty() ? mail.token : report.token;
    const std::string header =
        token == "none"
            ? ""
            : fmt::format(
                  "List-Unsubscribe: <mailto:{}?subject=unsubscribe%20{}>\r\n", mail.from, token
              );
    return fmt::format(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.lead.test>\r\nTo: {0}\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{6}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.lead.test\r\n"
        "\r\nFinal-Recipient: rfc822; {1}\r\nAction: {2}\r\nStatus: {3}\r\n"
        "Diagnostic-Code: smtp; {4}\r\n\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nFrom: {0}\r\nTo: {1}\r\n"
        "Message-ID: <{5}>\r\n{7}--b--\r\n",
        mail.from,
        report.recipient.empty() ? mail.to : report.recipient,
        report.action,
        report.status,
        report.words,
        report.message_id.empty() ? mail.message_id : report.message_id,
        fresh_id("mx.lead.test"),
        header
    );
}

ReturnsWorld::ReturnsWorld()
    : loop(kBegin), world({1, "kind", kBegin}, loop), db(open_store(loop)) {
    limits.token_header = "X-Abcdefgh";
    add_sender("anna@co-one.test", "zoho");
    add_sender("gus@gmail-like.test", "gmail");
    const base::Timestamp now = loop.now();
    campaign_id = as(store::Role::campaign, [now](store::Connection& connection) {
        campaign::Settings settings;
        settings.postal_address = "1 Main Street";
        return campaign::create_campaign(connection, "spring", settings, {}, now).value();
    });
}

void ReturnsWorld::add_sender(const std::string& email, const std::string& provider) {
    const base::Email address = base::Email::parse(email).value();
    world.add_account({address, "secret", provider, loop.now(), "en"});
    mailbox::NewMailbox added;
    added.email = address;
    added.role = mailbox::Role::sender;
    added.provider = provider;
    added.smtp_url = mailbox::to_url(sandbox::smtp_endpoint(provider), "smtp");
    added.imap_url = mailbox::to_url(sandbox::imap_endpoint(provider), "imap");
    added.password = "secret";
    added.policy_accepted_at = loop.now();
    const base::Timestamp now = loop.now();
    as(store::Role::operator_, [&](store::Connection& connection) {
        return mailbox::add(connection, added, vault, random, now).value();
    });
    senders.push_back(email);
}

std::int64_t ReturnsWorld::add_lead(
    const std::string& email, const std::string& organisation, bool has_account
) {
    if (has_account && accounts_.insert(email).second)
        world.add_account({base::Email::parse(email).value(), "x", "outlook", loop.now(), "en"});
    campaign::Lead lead;
    lead.campaign_id = campaign_id;
    lead.email = email;
    lead.email_key = campaign::address_key(base::Email::parse(email).value());
    lead.organisation = organisation;
    lead.fields = "{}";
    lead.status = "active";
    lead.next_step = 1;
    lead.next_step_at = loop.now() + std::chrono::hours(72);
    lead.created_at = loop.now();
    return as(store::Role::campaign, [lead](store::Connection& connection) {
        return campaign::add_lead(connection, lead);
    });
}

SentOut ReturnsWorld::send(std::int64_t lead_id, const std::string& from) {
    const std::string to =
        text("SELECT email FROM leads WHERE id = " + std::to_string(lead_id) + " ORDER BY id");
    const mailbox::Mailbox sender = mailbox(from);
    mime::Outgoing message;
    message.from = {"Anna", sender.email};
    message.to = {"", base::Email::parse(to).value()};
    message.subject = "A question about Acme";
    message.text = "Hello,\n\nmay I ask you something?\n\nAnna\n";
    message.message_id = base::MessageId::generate(sender.email.domain(), random);
    message.date = loop.now();
    delivery::NewEmail email;
    email.token = mint.mint(delivery::Side::campaign, random.alphanumeric(16));
    message.extra_headers.emplace_back(
        "List-Unsubscribe", fmt::format("<mailto:{}?subject=unsubscribe%20{}>", from, email.token)
    );
    email.email_type = "initial";
    email.from = sender.email;
    email.to = message.to.email;
    email.from_mailbox_id = sender.id;
    email.subject = message.subject;
    email.message_id = message.message_id;
    email.send_key = "draft:" + random.alphanumeric(12);
    email.raw = mime::compose(message, random).value();
    email.own_columns = {
        {"lead_id", store::to_value(lead_id)}, {"campaign_id", store::to_value(campaign_id)}
    };
    const base::Timestamp now = loop.now();
    const std::int64_t id = as(store::Role::campaign, [&](store::Connection& connection) {
        return delivery::prepare(connection, delivery::Side::campaign, email, now);
    });
    delivery::Delivery delivery(store, connector, loop, delivery::Side::campaign);
    const delivery::Report report = run(delivery.send(
        id,
        sender,
        [](store::Connection&) { return base::Result<>(); },
        loop.in(std::chrono::seconds(90))
    ));
    CHECK(report.ending == delivery::Ending::accepted);
    run(connector.close_idle(loop.in(std::chrono::seconds(10))));
    return {id, from, to, message.subject, message.message_id.str(), email.token};
}

void ReturnsWorld::comes_back(
    const std::string& raw, const std::string& folder, const std::string& mailbox
) {
    world.deliver_from_outside(base::Email::parse(mailbox).value(), raw, folder);
}

campaign::Context ReturnsWorld::context() {
    return {store, connector, model, loop, random, vault, mint, limits};
}

inbound::PassResult ReturnsWorld::look_into(
    const std::string& email, campaign::ReturnCounts& counts
) {
    campaign::Context context = this->context();
    const mailbox::Mailbox account = mailbox(email);
    campaign::ReplyHandler handler(context, account, counts);
    inbound::WatchSettings settings;
    settings.token_header = limits.token_header;
    settings.spam_names = {"Spam"};
    settings.mark_seen = false;
    inbound::Watcher watcher(account, connector, store, loop, {&handler}, settings);
    inbound::PassResult result = run(watcher.pass(loop.in(std::chrono::seconds(90))));
    run(watcher.close(loop.in(std::chrono::seconds(10))));
    return result;
}

campaign::ReturnCounts ReturnsWorld::look() {
    campaign::ReturnCounts counts;
    for (const std::string& sender : senders) {
        const inbound::PassResult result = look_into(sender, counts);
        CHECK(!result.error);
    }
    return counts;
}

std::string ReturnsWorld::text(const std::string& sql) {
    return as(store::Role::owner, [sql](store::Connection& connection) {
        return connection.text(sql).value_or("");
    });
}

std::int64_t ReturnsWorld::count(const std::string& sql) {
    return as(store::Role::owner, [sql](store::Connection& connection) {
        return connection.integer(sql);
    });
}

void ReturnsWorld::change(const std::string& sql) {
    as(store::Role::owner, [sql](store::Connection& connection) { connection.execute(sql); });
}

std::string ReturnsWorld::lead_status(std::int64_t lead_id) {
    return text("SELECT status FROM leads WHERE id = " + std::to_string(lead_id) + " ORDER BY id");
}

std::vector<campaign::Reply> ReturnsWorld::replies() {
    std::vector<campaign::Reply> all;
    as(store::Role::campaign, [&](store::Connection& connection) {
        for (const auto& of : {std::optional(campaign_id), std::optional<std::int64_t>()}) {
            campaign::ReplyFilter filter;
            filter.campaign_id = of;
            filter.all = true;
            for (auto& reply : campaign::list_replies(connection, filter)) all.push_back(reply);
        }
    });
    return all;
}

mailbox::Mailbox ReturnsWorld::mailbox(const std::string& email) {
    const mailbox::Listing listing = as(store::Role::campaign, [this](store::Connection& c) {
        return mailbox::list(c, vault, base::TimeZone());
    });
    for (const mailbox::Mailbox& one : listing.mailboxes)
        if (one.email.str() == email) return one;
    base::check_failed(email.c_str(), __FILE__, __LINE__);
}

}  // namespace tests
