#include "cli/demo_world.h"

#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "base/crypto.h"
#include "base/text.h"
#include "config/load.h"
#include "engine/scheduler.h"
#include "engine/wiring.h"
#include "llm/warmup_model.h"
#include "mailbox/mailboxes.h"
#include "sandbox/world.h"
#include "warmup/warmup.h"

namespace cli {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kDrafts = 40;
constexpr const char* kStart = "2026-06-01T00:00:00Z";  // a Monday

struct Person {
    const char* address;
    const char* name;
    const char* provider;
};
constexpr std::array<Person, 8> kSenders = {{
    {"anna@north-harbour.test", "Anna Berg", "zoho"},
    {"ben@north-harbour.test", "Ben Okafor", "zoho"},
    {"carla@north-harbour.test", "Carla Ruiz", "zoho"},
    {"dan@north-harbour.test", "Dan Novak", "zoho"},
    {"eva@harbour-mail.test", "Eva Lindqvist", "zoho"},
    {"finn@harbour-mail.test", "Finn O'Neill", "zoho"},
    {"gita@harbour-mail.test", "Gita Rao", "zoho"},
    {"hugo@harbour-mail.test", "Hugo Müller", "zoho"},
}};
constexpr std::array<Person, 5> kSeeds = {{
    {"ada.quiet@gmail-like.test", "Ada Quiet", "gmail"},
    {"bo.field@gmail-like.test", "Bo Field", "gmail"},
    {"cleo.march@gmail-like.test", "Cleo March", "gmail"},
    {"dora.lake@outlook-like.test", "Dora Lake", "outlook"},
    {"emil.stone@outlook-like.test", "Emil Stone", "outlook"},
}};

// The demo has no network: a model would not be reached, and the demo says so by its fallback
// texts.
class NoNetwork : public net::HttpClient {
  public:
    base::Task<base::Result<net::HttpResponse>> send(net::HttpRequest) override {
        co_return base::fail(base::ErrorCode::network, "http", "the demo has no network");
    }
};

config::Settings demo_settings(const std::string& llm_provider) {
    config::Environment environment;
    if (!llm_provider.empty()) environment["LLM_PROVIDER"] = llm_provider;
    auto settings = config::load_text("", "/demo/pilotlight.toml", environment);
    CHECK(settings.has_value());
    return *settings;
}

// Everything the demo runs on. Chance is forked by purpose from the one seed.
class Stage {
  public:
    Stage(const DemoSettings& settings, base::Timestamp start)
        : loop_(start),
          random_(settings.seed * 2 + 1),
          world_({settings.seed, settings.kind, start}, loop_),
          connector_(world_.dialer(), loop_, {"[192.0.2.1]"}),
          vault_(random_.bytes(32)),
          mint_(vault_.derive("token")),
          settings_(demo_settings("")) {
        store::OpenOptions options;
        options.url = "sqlite::memory:";
        if (!settings.keep.empty())
            options.url =
                "sqlite:" + (std::filesystem::path(settings.keep) / "pilotlight.db").string();
        options.inline_jobs = true;
        options.create = true;
        options.random = &random_;
        db_ = store::open_database(options, loop_);
        connector_.persist_pauses(*db_);
        model_ = llm::make_warmup_model(settings_, http_, loop_, random_, db_.get());
        header_ = run(engine::token_header(*db_, random_));
    }

    template <class T>
    T run(base::Task<T> task) {
        return base::run_to_end(loop_, std::move(task));
    }
    template <class Job>
    auto job(store::Role role, Job work) {
        return run(db_->run(role, std::move(work)));
    }

    void add_people(base::Timestamp start) {
        for (const Person& person : kSenders) add(person, mailbox::Role::sender, start);
        for (const Person& person : kSeeds) add(person, mailbox::Role::seed, start);
    }
    void add_drafts() {
        const base::Timestamp now = loop_.now();
        job(store::Role::campaign, [now](store::Connection& connection) {
            const std::int64_t campaign = connection.insert(
                "INSERT INTO campaigns (name, created_at) VALUES ('Harbour tours', :now)",
                store::values(now)
            );
            for (int i = 1; i <= kDrafts; ++i) {
                const std::string to = fmt::format("lead{}@customer{}.test", i, i % 7);
                const std::int64_t lead = connection.insert(
                    "INSERT INTO leads (campaign_id, email, email_key, created_at) VALUES "
                    "(:campaign, :email, :key, :now)",
                    store::values(campaign, to, to, now)
                );
                connection.insert(
                    "INSERT INTO email_drafts (lead_id, campaign_id, to_email, subject, body, "
                    "status, created_at) "
                    "VALUES (:lead, :campaign, :email, :subject, :body, 'ready_to_send', :now)",
                    store::values(
                        lead,
                        campaign,
                        to,
                        fmt::format("A question for you, {}", i),
                        fmt::format("Draft {} of the campaign's own pool.", i),
                        now
                    )
                );
            }
        });
    }
    // A hash over every column of every draft.
    std::string drafts_digest() {
        return job(store::Role::campaign, [](store::Connection& connection) {
            std::string all;
            const std::vector<std::string> names = connection.column_names("email_drafts");
            for (const std::string& name : names) {
                const std::string quoted = "\"" + name + "\"";
                const std::array columns = {store::Column::text};
                connection.query(
                    "SELECT COALESCE(CAST(" + quoted +
                        " AS TEXT), '-') FROM email_drafts ORDER BY id",
                    {},
                    columns,
                    [&](const store::Values& row) {
                        all += name + "=" + std::get<std::string>(row[0]) + "\n";
                    }
                );
            }
            return base::hex_encode(base::sha256(all));
        });
    }
    warmup::Context context() {
        warmup::Settings settings = engine::warmup_settings(settings_, header_);
        settings.poll_every = minutes(1);
        return {*db_, connector_, *model_, loop_, random_, vault_, mint_, settings};
    }
    engine::SeparationReport separation() {
        engine::ModelFactory factory = [this](const std::string& llm_provider) {
            return llm::make_warmup_model(
                demo_settings(llm_provider), http_, loop_, random_, db_.get()
            );
        };
        return run(
            engine::check_separation(*db_, std::move(factory), settings_.llm_campaign.provider)
        );
    }
    base::Timestamp now() const { return loop_.now(); }
    // What the world does on the way happens; a time that has passed is now.
    void advance_to(base::Timestamp time) {
        if (time > loop_.now()) loop_.advance(time - loop_.now());
    }
    const sandbox::World& world() const { return world_; }
    base::Duration cycle_every() const { return settings_.warmup.cycle_every; }

  private:
    void add(const Person& person, mailbox::Role role, base::Timestamp start) {
        mailbox::NewMailbox mailbox;
        mailbox.email = *base::Email::parse(person.address);
        mailbox.role = role;
        mailbox.name = person.name;
        mailbox.provider = person.provider;
        mailbox.smtp_url = mailbox::to_url(sandbox::smtp_endpoint(person.provider), "smtp");
        mailbox.imap_url = mailbox::to_url(sandbox::imap_endpoint(person.provider), "imap");
        mailbox.password = random_.alphanumeric(16);
        mailbox.policy_accepted_at = start;
        world_.add_account({mailbox.email, *mailbox.password, person.provider, start});
        job(store::Role::operator_, [&](store::Connection& connection) {
            CHECK(mailbox::add(connection, mailbox, vault_, random_, start).has_value());
        });
    }

    sandbox::VirtualLoop loop_;
    base::SeededRandom random_;
    sandbox::World world_;
    mailbox::Connector connector_;
    mailbox::Vault vault_;
    delivery::TokenMint mint_;
    config::Settings settings_;
    NoNetwork http_;
    std::unique_ptr<store::Database> db_;
    std::unique_ptr<llm::ChatModel> model_;
    std::string header_;
};

void run_days(
    Stage& stage, DemoStory& story, const std::function<void(std::size_t, std::size_t)>& progress
) {
    warmup::Warmup warmup(stage.context());
    engine::Scheduler scheduler({{"warmup cycle", stage.cycle_every(), story.start}});
    const auto total = static_cast<std::size_t>((story.end - story.start) / stage.cycle_every());
    while (*scheduler.next() < story.end) {
        stage.advance_to(*scheduler.next());
        for (const engine::Occurrence& due : scheduler.step(stage.now())) {
            const warmup::CycleResult result =
                stage.run(warmup.run_bidirectional_warmup_cycle(minutes(10)));
            story.cycles.push_back({due.due, result});
            progress(story.cycles.size(), total);
        }
    }
    // One last look, so that the last cycle's mail is not left unseen.
    stage.advance_to(story.end - seconds(1));
    const warmup::CycleResult result = stage.run(warmup.check_and_reply_to_emails());
    story.cycles.push_back({story.end - seconds(1), result});
}

void hold_against_servers(Stage& stage, DemoStory& story) {
    std::set<std::string> seen;
    for (const sandbox::Delivered& mail : stage.world().delivered()) {
        ++story.accepted_by_servers;
        if (!seen.insert(mail.message_id).second) ++story.accepted_twice;
    }
    story.smtp_digest = stage.world().smtp_digest();
    story.smtp_bytes = stage.world().smtp_bytes();
}

void judge(Stage& stage, DemoStory& story) {
    const base::Timestamp start = story.start;
    const base::Timestamp end = story.end;
    story.mails = stage.job(store::Role::operator_, [start, end](store::Connection& connection) {
        return warmup::sent_between(connection, start, end);
    });
    story.window_first_day = std::max(6, story.settings.days - 1);
    const base::Timestamp first = start + hours(24) * (story.window_first_day - 1);
    std::vector<warmup::SentMail> window;
    for (const warmup::SentMail& mail : story.mails)
        if (mail.sent_at >= first) window.push_back(mail);
    story.window = warmup::tally(window, end);
    story.verdict = warmup::judge_target(story.window, story.settings.days);
    stage.job(store::Role::operator_, [&story](store::Connection& connection) {
        story.recorded_as_accepted =
            connection.integer("SELECT COUNT(*) FROM emails WHERE status = 'accepted'");
        const auto made = [&](const char* via) {
            return connection.integer(
                "SELECT COUNT(*) FROM warmup_email_drafts WHERE generated_via = :via",
                store::values(via)
            );
        };
        story.templates_groq = made("groq");
        story.templates_fallback = made("fallback");
    });
}

base::Result<> make_folder(const std::string& keep) {
    if (keep.empty()) return {};
    std::error_code problem;
    std::filesystem::create_directories(keep, problem);
    if (problem)
        return base::fail(
            base::ErrorCode::permission,
            "demo",
            "--keep " + keep + " can't be made: " + problem.message()
        );
    if (std::filesystem::exists(std::filesystem::path(keep) / "pilotlight.db"))
        return base::fail(
            base::ErrorCode::already_exists,
            "demo",
            "--keep " + keep + " holds a store already; name another folder"
        );
    return {};
}

}  // namespace

base::Result<DemoStory> run_demo(
    const DemoSettings& settings, std::function<void(std::size_t, std::size_t)> progress
) {
    const base::Result<> folder = make_folder(settings.keep);
    if (!folder) return base::pass_on(folder);
    DemoStory story;
    story.settings = settings;
    story.start = *base::from_iso(kStart);
    story.end = story.start + hours(24) * settings.days;
    Stage stage(settings, story.start);
    stage.add_people(story.start);
    stage.add_drafts();
    const std::string drafts_before = stage.drafts_digest();
    run_days(stage, story, progress);
    story.drafts_unchanged = stage.drafts_digest() == drafts_before;
    judge(stage, story);
    hold_against_servers(stage, story);
    story.separation = stage.separation();
    return story;
}

}  // namespace cli
