// The sending half of a cycle: what an earlier run left prepared, templates, openings.
#include <fmt/format.h>

#include "base/log.h"
#include "ledger/ledger.h"
#include "warmup/template_pool.h"
#include "warmup/template_writer.h"
#include "warmup/warmup.h"

namespace warmup {

namespace {

constexpr int kPreparedMax = 500;
constexpr int kKnownTexts = 200;

struct PairCount {
    std::int64_t sender = 0;
    std::int64_t seed = 0;
    std::int64_t count = 0;
};
BOOST_DESCRIBE_STRUCT(PairCount, (), (sender, seed, count))

// Openings by pair since the youngest mailbox joined: a newcomer is not owed the past of the
// others.
PairHistory history_since(store::Connection& connection, base::Timestamp since) {
    PairHistory history;
    const auto rows = connection.select<PairCount>(
        "SELECT from_mailbox_id, to_mailbox_id, COUNT(*) FROM emails_warmup "
        "WHERE email_type = 'warmup_bidirectional' AND status <> 'cancelled' "
        "AND created_at >= :since "
        "GROUP BY from_mailbox_id, to_mailbox_id ORDER BY from_mailbox_id, to_mailbox_id",
        store::values(since)
    );
    for (const PairCount& row : rows) history[{row.sender, row.seed}] = row.count;
    return history;
}

struct PairsSoFar {
    PairHistory history;
    std::set<std::int64_t> waiting;
};

struct MailboxId {
    std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(MailboxId, (), (id))

// Senders whose last opening has not left yet, though it could: one to a seed mailbox that is
// paused waits for that mailbox alone, and its sender goes on with the others.
std::set<std::int64_t> waiting_senders(store::Connection& connection) {
    std::set<std::int64_t> waiting;
    const auto rows = connection.select<MailboxId>(
        "SELECT DISTINCT e.from_mailbox_id FROM emails_warmup e "
        "JOIN mailboxes m ON m.id = e.to_mailbox_id AND m.status = 'active' "
        "WHERE e.status = 'prepared' AND e.email_type = 'warmup_bidirectional' "
        "ORDER BY e.from_mailbox_id"
    );
    for (const MailboxId& row : rows) waiting.insert(row.id);
    return waiting;
}

struct PreparedPool {
    std::vector<Template> templates;
    TemplateUse use;
};

}  // namespace

base::Task<std::vector<Template>> Warmup::generate_warmup_templates(int count) {
    co_return co_await write_and_store(count, count);
}

base::Task<std::vector<Template>> Warmup::write_and_store(int count, int at_least) {
    const auto latest =
        co_await context_.db.read(store::Role::warmup, [](store::Connection& connection) {
            return latest_templates(connection, kKnownTexts);
        });
    std::vector<std::string> known;
    for (const Template& one : latest) known.push_back(one.body);
    const auto groups = co_await write_templates(
        context_.model, count, at_least, std::move(known), context_.random
    );
    const base::Timestamp now = context_.clock.now();
    co_return co_await context_.db.run(
        store::Role::warmup,
        [groups, now](store::Connection& connection) {
            std::vector<Template> stored;
            for (const WrittenTemplates& group : groups)
                for (const WrittenText& text : group.texts) {
                    const auto added = add_template(
                        connection,
                        text.subject,
                        text.body,
                        text.html_body,
                        group.generated_via,
                        now
                    );
                    if (added) stored.push_back(*added);
                }
            return stored;
        }
    );
}

base::Task<std::vector<Template>> Warmup::templates_for(std::vector<Pair> pairs) {
    const base::TimeZone& zone = context_.settings.zone;
    const base::Timestamp day_start = zone.start_of_day(zone.day_at(context_.clock.now()));
    const PreparedPool pool =
        co_await context_.db.read(store::Role::warmup, [day_start](store::Connection& connection) {
            PreparedPool read;
            read.templates = templates_since(connection, day_start);
            read.use = template_use(connection, read.templates);
            return read;
        });
    const bool from_model = std::ranges::any_of(pool.templates, [](const Template& one) {
        return one.generated_via != "fallback";
    });
    const int missing = missing_templates(pairs, pool.templates, pool.use);
    const int a_day = std::max(context_.settings.templates_per_day, missing);
    // Fallback texts don't end the search for better ones, but they are not piled up either.
    const int wanted = from_model ? missing : a_day;
    const int at_least = pool.templates.empty() ? a_day : missing;
    std::vector<Template> templates = pool.templates;
    if (wanted > 0) {
        const std::vector<Template> more = co_await write_and_store(wanted, at_least);
        templates.insert(templates.end(), more.begin(), more.end());
    }
    co_return templates;
}

base::Task<std::vector<Pair>> Warmup::plan_pairs(Run& run) {
    base::Timestamp since;
    std::vector<std::int64_t> senders;
    std::vector<std::int64_t> seeds;
    for (const auto* group : {&run.accounts.senders, &run.accounts.seeds})
        for (const mailbox::Mailbox& account : *group) since = std::max(since, account.created_at);
    const PairsSoFar so_far =
        co_await context_.db.read(store::Role::warmup, [since](store::Connection& connection) {
            return PairsSoFar{history_since(connection, since), waiting_senders(connection)};
        });
    // A sender that could not get rid of its last opening gets no further one: else its troubles
    // would end in a burst of mail.
    for (const mailbox::Mailbox& sender : run.accounts.senders)
        if (!so_far.waiting.contains(sender.id) && !run.resting.contains(sender.id))
            senders.push_back(sender.id);
    for (const mailbox::Mailbox& seed : run.accounts.seeds) seeds.push_back(seed.id);
    const int per_sender = context_.settings.sends_per_cycle;
    co_return draw_pairs(senders, seeds, so_far.history, per_sender, context_.random);
}

base::Task<std::vector<Opening>> Warmup::plan_openings(Run& run) {
    const std::vector<Pair> pairs = co_await plan_pairs(run);
    const std::vector<Template> templates = co_await templates_for(pairs);
    const TemplateUse use =
        co_await context_.db.read(store::Role::warmup, [templates](store::Connection& connection) {
            return template_use(connection, templates);
        });
    const std::vector<const Template*> chosen = choose_templates(pairs, templates, use);
    std::vector<Opening> openings;
    std::map<Pair, int> numbers;
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        if (chosen[i] == nullptr) {
            base::log::warn(
                "warmup", "no fresh template for mailbox {}: left for the next cycle", pairs[i].seed
            );
            continue;
        }
        Opening opening{
            pairs[i],
            chosen[i]->subject,
            chosen[i]->body,
            chosen[i]->html_body,
            chosen[i]->id,
            {},
            run.result.cycle
        };
        opening.send_key = fmt::format(
            "warmup:{}:{}:{}:{}",
            run.result.cycle,
            pairs[i].sender,
            pairs[i].seed,
            ++numbers[pairs[i]]
        );
        openings.push_back(std::move(opening));
    }
    co_return openings;
}

base::Task<std::vector<delivery::Prepared>> Warmup::prepare_openings(
    Run& run, std::vector<Opening> openings
) {
    const Marking marking{context_.mint, context_.settings.token_header};
    const base::Timestamp now = context_.clock.now();
    std::vector<ComposedOpening> composed;
    for (const Opening& opening : openings) {
        const mailbox::Mailbox& from = *run.accounts.find(opening.pair.sender);
        const mailbox::Mailbox& to = *run.accounts.find(opening.pair.seed);
        auto one = compose_opening(from, to, opening, marking, context_.random, now);
        if (one)
            composed.push_back(std::move(*one));
        else
            note_failure(run, from, one.error());
    }
    co_return co_await store_composed(std::move(composed));
}

base::Task<std::vector<delivery::Prepared>> Warmup::store_composed(
    std::vector<ComposedOpening> composed
) {
    std::vector<delivery::Prepared> prepared;
    for (const ComposedOpening& one : composed)
        prepared.push_back({0, one.email.from, one.email.to, one.email.raw});
    const base::Timestamp now = context_.clock.now();
    for (std::size_t begin = 0; begin < composed.size(); begin += kOpeningsPerJob) {
        const std::size_t end = std::min(begin + kOpeningsPerJob, composed.size());
        std::vector<ComposedOpening> chunk(
            std::make_move_iterator(composed.begin() + static_cast<std::ptrdiff_t>(begin)),
            std::make_move_iterator(composed.begin() + static_cast<std::ptrdiff_t>(end))
        );
        const std::vector<std::int64_t> ids = co_await context_.db.run(
            store::Role::warmup,
            [chunk = std::move(chunk), now](store::Connection& connection) {
                return store_openings(connection, chunk, now);
            }
        );
        for (std::size_t i = 0; i < ids.size(); ++i) prepared[begin + i].id = ids[i];
    }
    co_return prepared;
}

base::Task<> Warmup::send_openings(Run& run) {
    std::vector<Opening> openings = co_await plan_openings(run);
    ByMailbox emails;
    auto prepared = co_await prepare_openings(run, std::move(openings));
    for (delivery::Prepared& email : prepared) {
        const std::int64_t sender = run.accounts.find(email.from)->id;
        emails[sender].push_back(std::move(email));
    }
    co_await send_all(run, std::move(emails));
}

std::optional<std::string> Warmup::reason_to_cancel(
    const Run& run, const delivery::EmailRecord& row
) const {
    if (row.attempts >= context_.settings.send_attempts_max) return "put off too often";
    const auto to = base::Email::parse(row.to_);
    if (run.accounts.find(row.from_mailbox_id) == nullptr || !to || !run.accounts.find(*to))
        return "one of the two mailboxes is not active any more";
    const bool measured = run.accounts.find(row.from_mailbox_id)->mode == mailbox::Mode::measure ||
                          run.accounts.find(*to)->mode == mailbox::Mode::measure;
    if (measured && row.email_type == "warmup_reply") return "one of the two is only measured now";
    return std::nullopt;
}

base::Task<> Warmup::resume_prepared(Run& run) {
    constexpr auto kSide = delivery::Side::warmup;
    const base::Timestamp now = context_.clock.now();
    const auto waiting =
        co_await context_.db.read(store::Role::warmup, [now](store::Connection& connection) {
            return delivery::prepared_and_due(connection, kSide, now, kPreparedMax);
        });
    ByMailbox emails;
    std::map<std::int64_t, std::string> cancelled;
    for (const delivery::EmailRecord& row : waiting) {
        const auto from = base::Email::parse(row.from_);
        const auto to = base::Email::parse(row.to_);
        if (from && to && (run.accounts.rests(*from) || run.accounts.rests(*to))) continue;
        const auto reason = reason_to_cancel(run, row);
        if (reason)
            cancelled.emplace(row.id, *reason);
        else
            emails[row.from_mailbox_id].push_back(delivery::prepared_of(row));
    }
    if (!cancelled.empty())
        co_await context_.db.run(store::Role::warmup, [cancelled](store::Connection& connection) {
            for (const auto& [id, reason] : cancelled)
                delivery::cancel(connection, kSide, id, reason);
            settle_replies(connection);
        });
    co_await send_all(run, std::move(emails));
}

base::Task<> Warmup::send_all(Run& run, ByMailbox emails) {
    std::vector<base::Task<>> tasks;
    for (auto& [mailbox_id, prepared] : emails)
        tasks.push_back(send_from(run, *run.accounts.find(mailbox_id), std::move(prepared)));
    co_await base::when_all(std::move(tasks));
}

base::Task<> Warmup::send_from(
    Run& run, mailbox::Mailbox from, std::vector<delivery::Prepared> emails
) {
    for (delivery::Prepared& email : emails) {
        // A mailbox in trouble is left alone: the rest stays prepared for the next cycle.
        if (run.resting.contains(from.id)) co_return;
        const delivery::Report report = co_await send_one(from, std::move(email));
        co_await count_report(run, from, report);
    }
}

base::Task<delivery::Report> Warmup::send_one(mailbox::Mailbox from, delivery::Prepared email) {
    const base::MonotonicTime deadline = deadline_for(from, mailbox::Protocol::smtp);
    const std::int64_t email_id = email.id;
    delivery::Delivery::Precondition active = [email_id](store::Connection& connection) {
        return pair_is_active(connection, email_id);
    };
    co_return co_await delivery_.send(
        std::move(email), std::move(from), std::move(active), deadline
    );
}

base::Task<> Warmup::count_report(
    Run& run, const mailbox::Mailbox& from, const delivery::Report& report
) {
    if (report.ending == delivery::Ending::in_doubt) ++run.result.in_doubt;
    if (report.ending != delivery::Ending::accepted) {
        note_failure(run, from, report.error);
        co_return;
    }
    run.worked.insert(from.id);
    const std::int64_t email_id = report.email_id;
    const OurMail mail =
        co_await context_.db.read(store::Role::warmup, [email_id](store::Connection& connection) {
            return *our_mail(connection, email_id);
        });
    if (mail.email_type == "warmup_reply") {
        ++run.result.replies;
        co_await context_.db.run(store::Role::warmup, [](store::Connection& connection) {
            settle_replies(connection);
        });
    } else {
        ++run.result.sent;
        if (run.accounts.find(mail.to_mailbox_id) != nullptr)
            run.awaited[mail.to_mailbox_id].insert(email_id);
    }
}

}  // namespace warmup
