#include "engine/wiring.h"

#include "engine/clock.h"

namespace engine {

warmup::Settings warmup_settings(const config::Settings& settings, std::string token_header) {
    warmup::Settings out;
    out.zone = settings.sending.timezone;
    out.templates_per_day = settings.warmup.templates_per_day;
    out.sends_per_cycle = settings.warmup.sends_per_cycle;
    out.reply_rate = settings.warmup.reply_rate;
    out.answer_back_rate = settings.warmup.answer_back_rate;
    out.file_in_senders = settings.warmup.sender_mail == "file";
    out.file_in_seeds = settings.warmup.seed_mail == "file";
    out.folder = settings.warmup.folder;
    out.rescue = settings.warmup.rescue;
    out.sent_copies = settings.sending.sent_copy == "auto";
    out.mark_automated = settings.warmup.mark_automated;
    out.token_header = std::move(token_header);
    return out;
}

campaign::Limits campaign_limits(const config::Settings& settings, std::string token_header) {
    campaign::Limits out;
    out.zone = settings.sending.timezone;
    out.start_hour = settings.sending.start_hour;
    out.end_hour = settings.sending.end_hour;
    out.campaign_per_day = settings.sending.per_mailbox_per_day;
    out.gap_any = settings.sending.min_gap;
    out.send_through_seeds = settings.sending.primary_sender_mode == "warmup";
    out.sent_copies = settings.sending.sent_copy == "auto";
    out.lease = work_span(out.lease);
    out.look_fresh = work_span(out.look_fresh);
    out.unsubscribe_url = settings.unsubscribe.url;
    out.token_header = std::move(token_header);
    return out;
}

mailbox::ConnectorSettings connector_settings(const config::Settings& settings) {
    mailbox::ConnectorSettings out;
    out.ehlo_name = settings.smtp.ehlo_name;
    out.governor.logins_per_minute = settings.sessions.logins_per_minute;
    return out;
}

base::Result<mailbox::Vault> open_vault(const config::Settings& settings) {
    if (!settings.key.value.empty()) {
        base::Result<mailbox::Vault> vault = mailbox::Vault::from_text(settings.key.value.reveal());
        if (!vault) vault.error().message = "PILOTLIGHT_KEY: " + vault.error().message;
        return vault;
    }
    return mailbox::Vault::from_file(settings.key.file);
}

base::Result<std::unique_ptr<store::Database>> open_store(
    const config::Settings& settings, const mailbox::Vault& vault, base::Loop& loop, bool create
) {
    store::OpenOptions options;
    options.url = settings.store.url;
    options.create = create;
    options.role_passwords_key = vault.derive("store roles");
    try {
        return store::open_database(options, loop);
    } catch (const store::StoreError& error) {
        return base::fail(base::ErrorCode::storage, "store", error.what());
    }
}

base::Task<std::string> token_header(store::Database& db, base::Random& random) {
    const auto known = co_await db.read(store::Role::operator_, [](store::Connection& connection) {
        return connection.text(
            "SELECT value FROM store_meta WHERE name = 'token_header' ORDER BY name"
        );
    });
    if (known) co_return *known;
    std::string letters = random.letters(8);
    letters[0] = static_cast<char>(letters[0] - 'a' + 'A');
    const std::string name = "X-" + letters;
    co_return co_await db.run(store::Role::owner, [name](store::Connection& connection) {
        // Another process may have been first; its name stands.
        connection.execute(
            "INSERT INTO store_meta (name, value) VALUES ('token_header', :name) ON CONFLICT DO "
            "NOTHING",
            store::values(name)
        );
        return *connection.text(
            "SELECT value FROM store_meta WHERE name = 'token_header' ORDER BY name"
        );
    });
}

}  // namespace engine
