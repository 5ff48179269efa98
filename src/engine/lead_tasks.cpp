#include "engine/lead_tasks.h"

#include <fmt/format.h>

#include "base/text.h"
#include "campaign/campaign_store.h"
#include "campaign/lead_recheck.h"
#include "campaign/retention.h"
#include "campaign/verification.h"
#include "engine/dns_mail_domains.h"
#include "engine/verifiers.h"
#include "net/ares_dns_client.h"

namespace engine {

namespace {

using store::Connection;

struct Tended {
    campaign::Rechecked rechecked;
    campaign::Verified verified;

    void add(const campaign::Rechecked& more) {
        rechecked.ready += more.ready;
        rechecked.stopped += more.stopped;
        rechecked.waiting += more.waiting;
    }
    void add(const campaign::Verified& more) {
        verified.valid += more.valid;
        verified.risky += more.risky;
        verified.invalid += more.invalid;
        verified.unknown += more.unknown;
    }
};

// Those that came to be ready without its word, such as by a verifier that was added meanwhile.
base::Task<> hold_unverified(store::Database& db, std::int64_t campaign_id) {
    std::int64_t after = 0;
    do {
        after =
            co_await db.run(store::Role::campaign, [campaign_id, after](Connection& connection) {
                return campaign::hold_unverified(connection, campaign_id, after);
            });
    } while (after != 0);
}

base::Task<campaign::Verified> verify(
    const LeadTools& tools,
    std::int64_t campaign_id,
    const std::string& setting,
    const Wanted& wanted
) {
    const auto verifier = tools.verifier(setting);
    if (!verifier) co_return campaign::Verified{};
    co_await hold_unverified(tools.db, campaign_id);
    co_return co_await campaign::verify_leads(
        tools.db, *verifier, tools.clock, campaign_id, kVerifiedAtOnce, wanted
    );
}

std::string words_of(const Tended& total) {
    return fmt::format(
        "domains: {} leads ready, {} stopped, {} without an answer; verifier: {} valid, {} risky, "
        "{} invalid, {} unknown",
        total.rechecked.ready,
        total.rechecked.stopped,
        total.rechecked.waiting,
        total.verified.valid,
        total.verified.risky,
        total.verified.invalid,
        total.verified.unknown
    );
}

using PageJob = campaign::RetentionPage (*)(
    Connection& connection, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp now
);

// A whole table; each page is a job of its own, so that sends come in between.
base::Task<std::int64_t> through(
    store::Database& db, PageJob job, base::Timestamp now, Wanted wanted
) {
    const campaign::Cutoffs cut = campaign::cutoffs({}, now);
    std::int64_t changed = 0;
    std::int64_t after = 0;
    do {
        if (!wanted()) break;
        const campaign::RetentionPage page =
            co_await db.run(store::Role::campaign, [job, cut, after, now](Connection& connection) {
                return job(connection, cut, after, now);
            });
        changed += page.changed;
        after = page.last_id;
    } while (after != 0);
    co_return changed;
}

}  // namespace

base::Task<base::Result<std::string>> tend_leads(LeadTools tools, Wanted wanted) {
    const auto rows = co_await tools.db.read(store::Role::campaign, [](Connection& connection) {
        return campaign::list_campaigns(connection);
    });
    Tended total;
    std::vector<std::string> unreadable;
    for (const campaign::Campaign& row : rows) {
        if (row.status == "finished") continue;
        const auto settings = campaign::settings_from_json(row.settings);
        if (!settings) {
            unreadable.push_back("'" + base::printable(row.name, 60) + "'");
            continue;
        }
        const base::Timestamp now = tools.clock.now();
        // Unanswered ones of all campaigns together: a dead name server is as slow for each.
        const std::int64_t left = campaign::kUnansweredMax - total.rechecked.waiting;
        const campaign::Rechecked rechecked = co_await campaign::recheck_new_leads(
            tools.db, tools.domains, row.id, now, left, wanted
        );
        total.add(rechecked);
        const campaign::Verified verified =
            co_await verify(tools, row.id, settings->verifier, wanted);
        total.add(verified);
    }
    const std::string done = words_of(total);
    if (unreadable.empty()) co_return done;
    co_return base::fail(
        base::ErrorCode::invalid_input,
        "tend leads",
        fmt::format(
            "the settings of {} can't be read, so their leads wait; {}",
            base::join(unreadable, ", "),
            done
        )
    );
}

base::Task<base::Result<std::string>> tend_leads(Runtime& runtime, Wanted wanted) {
    net::AresDnsClient dns(runtime.loop(), runtime.clock(), {runtime.settings().dns.server});
    DnsMailDomains domains(dns, runtime.clock());
    const LeadTools tools{
        runtime.db(),
        runtime.clock(),
        domains,
        [&runtime](const std::string& setting) {
            return make_verifier(
                campaign::read_verifier(setting),
                runtime.clock(),
                runtime.http(),
                runtime.settings().verifier_key.reveal()
            );
        }
    };
    co_return co_await tend_leads(tools, std::move(wanted));
}

base::Task<base::Result<std::string>> keep_retention(
    store::Database& db, base::Timestamp now, Wanted wanted
) {
    const PageJob drafts =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_drafts(c, cut, after);
        };
    const PageJob emails =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_emails(c, cut, after);
        };
    const PageJob replies =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_replies(c, cut, after);
        };
    const PageJob kept_drafts =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_kept(c, campaign::PersonTable::drafts, cut, after);
        };
    const PageJob kept_emails =
        [](Connection& c, const campaign::Cutoffs& cut, std::int64_t after, base::Timestamp) {
            return campaign::clear_kept(c, campaign::PersonTable::emails, cut, after);
        };
    const std::int64_t texts = co_await through(db, drafts, now, wanted);
    const std::int64_t bytes = co_await through(db, emails, now, wanted);
    co_await through(db, kept_drafts, now, wanted);
    co_await through(db, kept_emails, now, wanted);
    const std::int64_t answers = co_await through(db, replies, now, wanted);
    const std::int64_t people = co_await through(db, campaign::erase_old_leads, now, wanted);
    co_return fmt::format(
        "cleared {} drafts, {} mails and {} replies; forgot {} leads", texts, bytes, answers, people
    );
}

}  // namespace engine
