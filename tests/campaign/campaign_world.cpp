#include "tests/campaign/campaign_world.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "campaign/campaign_store.h"
#include "ledger/ledger.h"
#include "mime/message.h"

namespace tests {

namespace {

constexpr const char* kPassword = "app password";
constexpr std::int64_t kHour = 3'600'000'000;

base::Email parsed(const std::string& text) { return base::Email::parse(text).value(); }

std::unique_ptr<store::Database> open_in_memory(base::Loop& loop) {
    store::OpenOptions options;
    options.url = "sqlite::memory:";
    options.inline_jobs = true;
    options.create = true;
    return store::open_database(options, loop);
}

}  // namespace

// Writes what is due at once, in the words that the tests know.
class CampaignWorld::Writer : public campaign::FollowUpWriter {
  public:
    explicit Writer(CampaignWorld& world) : world_(world) {}
    base::Task<base::Result<std::int64_t>> write(std::int64_t lead_id, int step) override {
        const auto& steps = world_.settings.steps;
        const bool same_thread = steps[static_cast<std::size_t>(step)].same_thread;
        const campaign::Limits numbers = world_.limits;
        const base::Timestamp now = world_.loop.now();
        co_return co_await world_.store.run(
            store::Role::campaign,
            [lead_id, step, same_thread, numbers, now](store::Connection& connection) {
                return store_followup(connection, lead_id, step, same_thread, numbers, now);
            }
        );
    }

  private:
    static base::Result<std::int64_t> store_followup(
        store::Connection& connection,
        std::int64_t lead_id,
        int step,
        bool same_thread,
        const campaign::Limits& numbers,
        base::Timestamp now
    ) {
        const auto thread =
            campaign::thread_for(connection, lead_id, step, same_thread, numbers, now);
        if (!thread) return base::pass_on(thread);
        const std::string subject =
            thread->same_thread ? thread->subject : fmt::format("Once more, {}", lead_id);
        const auto text = [](const std::string& value) {
            return value.empty() ? std::nullopt : std::optional(value);
        };
        const campaign::Lead lead = *campaign::lead_by_id(connection, lead_id);
        return connection.insert(
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, to_name, email_type, "
            "followup_number, subject, body, from_account, in_reply_to, \"references\", status, "
            "review_passed, created_at) VALUES (:lead, :campaign, :to, :name, 'followup', :step, "
            ":subject, 'Following up.', :account, :in_reply_to, :refs, 'ready_to_send', 1, :now)",
            store::values(
                lead_id,
                lead.campaign_id,
                lead.email,
                lead.name,
                step,
                subject,
                thread->from_account,
                text(thread->in_reply_to),
                text(thread->references),
                now
            )
        );
    }

    CampaignWorld& world_;
};

CampaignWorld::CampaignWorld(Options options)
    : world({options.seed, "kind", kCampaignStart}, loop),
      db(open_in_memory(loop)),
      random(options.seed),
      writer_(std::make_unique<Writer>(*this)) {
    sink_before_ =
        base::log::set_sink([this](const base::log::Line& line) { log.push_back(line); });
    connector.persist_pauses(*db);
    limits.zone = base::TimeZone::find("Europe/Berlin").value();
    settings.sender_name = "Ada Sender";
    settings.postal_address = "1 Main Street, Springfield";
    const base::Timestamp now = loop.now();
    campaign_id = as(store::Role::campaign, [&](store::Connection& connection) {
        const std::int64_t id =
            campaign::create_campaign(connection, "Spring", settings, {}, now).value();
        campaign::set_campaign_status(connection, id, "active", "", now);
        return id;
    });
    for (int i = 0; i < options.senders; ++i) {
        const std::string email = fmt::format("sender{}@co-one.test", i);
        senders.push_back(email);
        const std::int64_t id = add_mailbox(email, mailbox::Role::sender);
        as(store::Role::warmup, [&](store::Connection& connection) {
            for (int day = 1; day <= options.warmup_days; ++day)
                connection.execute(
                    "INSERT INTO mailbox_usage (mailbox_id, hour, side, count) VALUES (:id, :hour, "
                    "'warmup', 2)",
                    store::values(id, now.micros / kHour - 24 * day - 1)
                );
        });
    }
    for (int i = 0; i < options.leads; ++i) {
        const int company = options.companies == 0 ? i : i % options.companies;
        add_lead(fmt::format("lead{}@gmail-like.test", i), fmt::format("company{}.test", company));
    }
}

CampaignWorld::~CampaignWorld() { base::log::set_sink(std::move(sink_before_)); }

std::int64_t CampaignWorld::add_mailbox(const std::string& email, mailbox::Role role) {
    const std::string provider = role == mailbox::Role::sender ? "zoho" : "gmail";
    world.add_account({parsed(email), kPassword, provider, loop.now(), "en"});
    mailbox::NewMailbox added;
    added.email = parsed(email);
    added.role = role;
    added.zone = "Europe/Berlin";
    added.provider = provider;
    added.smtp_url = mailbox::to_url(sandbox::smtp_endpoint(provider), "smtp");
    added.imap_url = mailbox::to_url(sandbox::imap_endpoint(provider), "imap");
    added.password = kPassword;
    added.policy_accepted_at = loop.now();
    const base::Timestamp now = loop.now();
    return as(store::Role::operator_, [&](store::Connection& connection) {
        return mailbox::add(connection, added, vault, random, now).value();
    });
}

std::int64_t CampaignWorld::add_lead(
    const std::string& email, const std::string& organisation, bool exists
) {
    if (exists) world.add_account({parsed(email), kPassword, "gmail", loop.now(), "en"});
    campaign::Lead lead;
    lead.campaign_id = campaign_id;
    lead.email = email;
    lead.email_key = email;
    lead.organisation = organisation;
    lead.mx_provider = "google";
    lead.status = "ready";
    lead.created_at = loop.now();
    return as(store::Role::campaign, [lead](store::Connection& connection) {
        return campaign::add_lead(connection, lead);
    });
}

std::int64_t CampaignWorld::write_draft(std::int64_t lead_id, int step) {
    if (step > 0) return run(writer_->write(lead_id, step)).value();
    const base::Timestamp now = loop.now();
    return as(store::Role::campaign, [lead_id, now](store::Connection& connection) {
        const campaign::Lead lead = *campaign::lead_by_id(connection, lead_id);
        return connection.insert(
            "INSERT INTO email_drafts (lead_id, campaign_id, to_email, to_name, subject, body, "
            "status, review_passed, created_at) VALUES (:lead, :campaign, :to, :name, :subject, "
            ":body, 'ready_to_send', 1, :now)",
            store::values(
                lead_id,
                lead.campaign_id,
                lead.email,
                lead.name,
                fmt::format("A question, {}", lead_id),
                fmt::format("Dear {},\n\none line for you.\n", lead_id),
                now
            )
        );
    });
}

void CampaignWorld::write_first_mails() {
    for (const campaign::Lead& lead : leads())
        if (count(fmt::format("SELECT COUNT(*) FROM email_drafts WHERE lead_id = {}", lead.id)) ==
            0)
            write_draft(lead.id, 0);
}

void CampaignWorld::set_settings(const campaign::Settings& wanted) {
    settings = wanted;
    const std::string json = campaign::to_json(wanted);
    const std::int64_t id = campaign_id;
    as(store::Role::campaign, [json, id](store::Connection& connection) {
        connection.execute(
            "UPDATE campaigns SET settings = :json WHERE id = :id", store::values(json, id)
        );
    });
}

void CampaignWorld::stop(std::int64_t lead_id, const std::string& status) {
    const base::Timestamp now = loop.now();
    as(store::Role::campaign, [=](store::Connection& connection) {
        campaign::stop_lead(connection, lead_id, status, "the story says so", now);
    });
}

campaign::Context CampaignWorld::context() {
    return {store, connector, model, loop, random, vault, mint, limits};
}

campaign::WorkerHooks CampaignWorld::hooks() {
    campaign::WorkerHooks out;
    out.unsubscribe = [](const base::Email& from,
                         const base::Email&,
                         std::string_view token,
                         std::int64_t,
                         base::Timestamp) -> std::vector<std::pair<std::string, std::string>> {
        return {
            {"List-Unsubscribe",
             fmt::format("<mailto:{}?subject=unsubscribe%20{}>", from.str(), token)}
        };
    };
    out.writer = writer_.get();
    return out;
}

campaign::PassResult CampaignWorld::pass(int limit, const std::string& owner) {
    campaign::SendWorker worker(context(), hooks(), owner);
    return run(worker.pass({limit}));
}

base::Task<campaign::PassResult> CampaignWorld::pass_of(
    std::string owner, mailbox::Connector& with
) {
    campaign::Context own{store, with, model, loop, random, vault, mint, limits};
    campaign::SendWorker worker(std::move(own), hooks(), std::move(owner));
    campaign::PassOptions options;
    co_return co_await worker.pass(options);
}

void CampaignWorld::look() {
    const base::Timestamp now = loop.now();
    as(store::Role::campaign, [now](store::Connection& connection) {
        for (const char* kind : {"inbox", "spam", "all"})
            connection.execute(
                "INSERT INTO imap_cursors (mailbox_id, folder, side, kind, uidvalidity, last_uid, "
                "searched_at) SELECT id, :folder, 'campaign', :kind, 1, 1, :now FROM mailboxes "
                "WHERE status <> 'removed' ON CONFLICT (mailbox_id, folder, side) DO UPDATE SET "
                "searched_at = excluded.searched_at",
                store::values(kind, kind, now)
            );
        connection.execute(
            "UPDATE emails_campaign SET provider_message_id = message_id, provider_id_proof = "
            "'sent_folder' WHERE status = 'accepted' AND provider_message_id IS NULL"
        );
    });
}

void CampaignWorld::run_until(
    base::Timestamp end, base::Duration step, const std::function<void()>& each
) {
    while (loop.now() < end) {
        look();
        pass();
        if (each) each();
        go_on(step);
    }
}

std::vector<DraftRow> CampaignWorld::drafts() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<DraftRow>(
            "SELECT id, lead_id, email_type, followup_number, subject, COALESCE(from_account, ''), "
            "status, COALESCE(error_message, ''), retry_count, claim_token, not_before, "
            "wait_reason FROM email_drafts ORDER BY id"
        );
    });
}

DraftRow CampaignWorld::draft(std::int64_t id) {
    for (const DraftRow& row : drafts())
        if (row.id == id) return row;
    base::check_failed("no such draft", __FILE__, __LINE__);
}

std::vector<MailRow> CampaignWorld::mails() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<MailRow>(
            "SELECT id, COALESCE(draft_id, 0), COALESCE(lead_id, 0), followup_number, \"from\", "
            "\"to\", subject, message_id, COALESCE(in_reply_to, ''), status, send_key, "
            "COALESCE(sent_at, 0) FROM emails_campaign ORDER BY id"
        );
    });
}

std::vector<campaign::Lead> CampaignWorld::leads() {
    return as(store::Role::operator_, [](store::Connection& connection) {
        return connection.select<campaign::Lead>(
            "SELECT " + store::column_list<campaign::Lead>() + " FROM leads ORDER BY id"
        );
    });
}

campaign::Lead CampaignWorld::lead(std::int64_t id) {
    return *as(store::Role::operator_, [id](store::Connection& connection) {
        return campaign::lead_by_id(connection, id);
    });
}

std::string CampaignWorld::raw_of(std::int64_t draft_id) {
    return as(store::Role::operator_, [draft_id](store::Connection& connection) {
        return connection
            .text(
                "SELECT r.raw FROM emails_campaign e JOIN emails_campaign_raw r ON r.email_id = "
                "e.id WHERE e.send_key = :key ORDER BY e.id",
                store::values(campaign::send_key_of(draft_id))
            )
            .value_or("");
    });
}

std::vector<std::string> CampaignWorld::ledger_of(const std::string& kind, std::int64_t id) {
    const auto entries = as(store::Role::operator_, [kind, id](store::Connection& connection) {
        return ledger::read(connection, kind, id);
    });
    std::vector<std::string> lines;
    for (const ledger::Entry& entry : entries)
        lines.push_back(entry.decision + ": " + entry.reason);
    return lines;
}

std::int64_t CampaignWorld::count(const std::string& sql) {
    return as(store::Role::operator_, [sql](store::Connection& connection) {
        return connection.integer(sql);
    });
}

void CampaignWorld::change(const std::string& sql) {
    as(store::Role::owner, [sql](store::Connection& connection) { connection.execute(sql); });
}

std::string CampaignWorld::broken_promise() {
    std::map<std::string, int> times;
    for (const sandbox::Delivered& mail : world.delivered())
        if (++times[mail.message_id] > 1) return mail.message_id + " was delivered twice";
    std::set<std::pair<std::int64_t, int>> steps;
    for (const MailRow& row : mails()) {
        const bool arrived = times.erase(row.message_id) > 0;
        if (arrived && !steps.emplace(row.lead_id, row.followup_number).second)
            return fmt::format("step {} of lead {} twice", row.followup_number, row.lead_id);
        if (row.status == "accepted" && !arrived) return row.message_id + " is nowhere";
        if (row.status != "accepted" && row.status != "in_doubt" && row.status != "intent" &&
            arrived)
            return row.message_id + " is delivered and " + row.status;
    }
    if (!times.empty()) return times.begin()->first + " was delivered and has no row";
    return {};
}

}  // namespace tests
