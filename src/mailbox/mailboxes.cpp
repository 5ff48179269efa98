#include "mailbox/mailboxes.h"

#include <boost/describe/class.hpp>

#include "base/log.h"
#include "mailbox/pauses.h"

namespace mailbox {

namespace {

struct Row {
    std::int64_t id = 0;
    std::string email;
    std::string role;
    std::string name;
    std::string zone;
    std::string provider;
    std::string smtp_url;
    std::string imap_url;
    std::string login;
    std::optional<std::string> secret;
    std::string login_method;
    std::string status;
    std::string status_reason;
    std::string paused_by;
    std::optional<base::Timestamp> paused_until;
    std::int64_t resumes = 0;
    std::string mode;
    std::optional<base::Timestamp> policy_accepted_at;
    std::optional<base::Timestamp> rescue_accepted_at;
    std::string hidden_folders;
    base::Timestamp created_at;
};
BOOST_DESCRIBE_STRUCT(
    Row,
    (),
    (id,
     email,
     role,
     name,
     zone,
     provider,
     smtp_url,
     imap_url,
     login,
     secret,
     login_method,
     status,
     status_reason,
     paused_by,
     paused_until,
     resumes,
     mode,
     policy_accepted_at,
     rescue_accepted_at,
     hidden_folders,
     created_at)
)

Status status_of(std::string_view text) {
    return text == "active" ? Status::active : text == "paused" ? Status::paused : Status::removed;
}

PausedBy paused_by_of(std::string_view text) {
    for (const PausedBy cause : {PausedBy::owner, PausedBy::login, PausedBy::refusal})
        if (to_string(cause) == text) return cause;
    return PausedBy::nobody;
}

base::Result<Mailbox> read_row(
    const Row& row, const Vault& vault, const base::TimeZone& default_zone
) {
    const auto email = base::Email::parse(row.email);
    if (!email) return base::pass_on(email);
    const auto smtp = parse_url(row.smtp_url);
    if (!smtp) return base::pass_on(smtp);
    const auto imap = parse_url(row.imap_url);
    if (!imap) return base::pass_on(imap);
    Mailbox mailbox;
    mailbox.id = row.id;
    mailbox.email = *email;
    mailbox.role = row.role == "sender" ? Role::sender : Role::seed;
    mailbox.name = row.name;
    mailbox.zone = default_zone;
    if (!row.zone.empty()) {
        const auto zone = base::TimeZone::find(row.zone);
        if (!zone) return base::pass_on(zone);
        mailbox.zone = *zone;
    }
    mailbox.provider = row.provider;
    mailbox.smtp = *smtp;
    mailbox.imap = *imap;
    mailbox.login = row.login;
    mailbox.login_method =
        row.login_method == "oauth2" ? LoginMethod::oauth2 : LoginMethod::password;
    mailbox.status = status_of(row.status);
    mailbox.status_reason = row.status_reason;
    mailbox.paused_by = paused_by_of(row.paused_by);
    mailbox.paused_until = row.paused_until;
    mailbox.resumes = row.resumes;
    mailbox.mode = row.mode == "measure" ? Mode::measure : Mode::warmup;
    mailbox.policy_accepted_at = row.policy_accepted_at;
    mailbox.rescue_accepted_at = row.rescue_accepted_at;
    mailbox.hidden_folders = row.hidden_folders;
    mailbox.created_at = row.created_at;
    if (row.secret) {
        mailbox.password = vault.open(*row.secret, mailbox.email.str());
        if (mailbox.password) base::log::mask(*mailbox.password);
    }
    return mailbox;
}

}  // namespace

namespace {

// Everything about a new mailbox that can be wrong in itself.
base::Result<> check_new(const NewMailbox& mailbox) {
    for (const std::string* url : {&mailbox.smtp_url, &mailbox.imap_url}) {
        const auto endpoint = parse_url(*url);
        if (!endpoint) return base::pass_on(endpoint);
    }
    if (!mailbox.smtp_url.starts_with("smtp") || !mailbox.imap_url.starts_with("imap"))
        return base::fail(
            base::ErrorCode::invalid_input,
            "mailbox",
            "--smtp takes an smtp URL and --imap an imap URL"
        );
    if (!mailbox.zone.empty()) {
        const auto zone = base::TimeZone::find(mailbox.zone);
        if (!zone) return base::pass_on(zone);
    }
    return {};
}

}  // namespace

namespace {

struct Known {
    std::int64_t id = 0;
    std::string status;
};
BOOST_DESCRIBE_STRUCT(Known, (), (id, status))

// Everything about it but the id, as for a mailbox that was never there before.
void write_new(
    store::Connection& connection,
    std::int64_t id,
    const NewMailbox& mailbox,
    const Vault& vault,
    base::Random& random,
    base::Timestamp now
) {
    const std::string& email = mailbox.email.str();
    std::optional<std::string> secret;
    if (mailbox.password) secret = vault.seal(*mailbox.password, email, random);
    connection.execute(
        "UPDATE mailboxes SET email = :email, role = :role, name = :name, zone = :zone, "
        "provider = :provider, smtp_url = :smtp, imap_url = :imap, login = :login, "
        "secret = :secret, login_method = :method, key_id = :key, mode = :mode, "
        "policy_accepted_at = :accepted, status = 'active', status_reason = '', "
        "paused_by = '', paused_until = NULL, hidden_folders = '', "
        "created_at = :now WHERE id = :id",
        store::values(
            email,
            to_string(mailbox.role),
            mailbox.name,
            mailbox.zone,
            mailbox.provider,
            mailbox.smtp_url,
            mailbox.imap_url,
            mailbox.login.empty() ? email : mailbox.login,
            secret,
            to_string(mailbox.login_method),
            vault.id(),
            to_string(mailbox.mode),
            mailbox.policy_accepted_at,
            now,
            id
        )
    );
}

}  // namespace

base::Result<std::int64_t> add(
    store::Connection& connection,
    const NewMailbox& mailbox,
    const Vault& vault,
    base::Random& random,
    base::Timestamp now
) {
    const base::Result<> good = check_new(mailbox);
    if (!good) return base::pass_on(good);
    const std::string& email = mailbox.email.str();
    const auto known = connection.select<Known>(
        "SELECT id, status FROM mailboxes WHERE LOWER(email) = LOWER(:email) ORDER BY id",
        store::values(email)
    );
    if (!known.empty() && known[0].status != "removed")
        return base::fail(
            base::ErrorCode::already_exists,
            "mailbox",
            email + " is there already; see `pilotlight mailbox list`"
        );
    // A removed one comes back as itself: its history goes on.
    const std::int64_t id =
        known.empty() ? connection.insert(
                            "INSERT INTO mailboxes (email, role, smtp_url, imap_url, login, "
                            "created_at) VALUES (:email, :role, '', '', '', :now)",
                            store::values(email, to_string(mailbox.role), now)
                        )
                      : known[0].id;
    write_new(connection, id, mailbox, vault, random, now);
    return id;
}

Listing list(
    store::Connection& connection, const Vault& vault, const base::TimeZone& default_zone
) {
    Listing listing;
    const auto rows = connection.select<Row>(
        "SELECT " + store::column_list<Row>() +
        " FROM mailboxes WHERE status <> 'removed' ORDER BY id"
    );
    for (const Row& row : rows) {
        base::Result<Mailbox> mailbox = read_row(row, vault, default_zone);
        if (!mailbox) {
            listing.problems.push_back(
                "mailbox " + std::to_string(row.id) + ": " + mailbox.error().message
            );
            continue;
        }
        if (row.secret && !mailbox->password)
            listing.problems.push_back(
                "mailbox " + std::to_string(row.id) +
                ": its password was sealed with another key; restore the key file, or add the "
                "mailbox again"
            );
        listing.mailboxes.push_back(std::move(*mailbox));
    }
    return listing;
}

bool accept_policy(store::Connection& connection, std::int64_t id, base::Timestamp now) {
    return connection.execute(
               "UPDATE mailboxes SET policy_accepted_at = :now WHERE id = :id",
               store::values(now, id)
           ) == 1;
}

bool set_mode(store::Connection& connection, std::int64_t id, Mode mode) {
    return connection.execute(
               "UPDATE mailboxes SET mode = :mode WHERE id = :id",
               store::values(to_string(mode), id)
           ) == 1;
}

bool set_hidden_folders(store::Connection& connection, std::int64_t id, const std::string& hidden) {
    return connection.execute(
               "UPDATE mailboxes SET hidden_folders = :hidden WHERE id = :id",
               store::values(hidden, id)
           ) == 1;
}

bool set_password(
    store::Connection& connection,
    const Mailbox& mailbox,
    const std::string& password,
    const Vault& vault,
    base::Random& random
) {
    const std::string secret = vault.seal(password, mailbox.email.str(), random);
    const std::int64_t changed = connection.execute(
        "UPDATE mailboxes SET secret = :secret, key_id = :key, login_method = 'password' WHERE id "
        "= :id",
        store::values(secret, vault.id(), mailbox.id)
    );
    lift_login_pause(connection, mailbox.id);  // what was refused was the old one
    return changed == 1;
}

bool remove(store::Connection& connection, std::int64_t id) {
    connection.execute("DELETE FROM mailbox_tokens WHERE mailbox_id = :id", store::values(id));
    return connection.execute(
               "UPDATE mailboxes SET status = 'removed', status_reason = '', paused_by = '', "
               "paused_until = NULL, resumes = resumes + 1, secret = NULL, key_id = '', "
               "policy_accepted_at = NULL "
               "WHERE id = :id",
               store::values(id)
           ) == 1;
}

bool set_status(
    store::Connection& connection, std::int64_t id, Status status, const std::string& reason
) {
    const std::int64_t resumed = status == Status::active ? 1 : 0;
    return connection.execute(
               "UPDATE mailboxes SET status = :status, status_reason = :reason, paused_by = :by, "
               "paused_until = NULL, resumes = resumes + :resumed WHERE id = :id",
               store::values(
                   to_string(status),
                   reason,
                   to_string(status == Status::paused ? PausedBy::owner : PausedBy::nobody),
                   resumed,
                   id
               )
           ) == 1;
}

bool set_rescue_accepted(
    store::Connection& connection, std::int64_t id, std::optional<base::Timestamp> accepted_at
) {
    return connection.execute(
               "UPDATE mailboxes SET rescue_accepted_at = :at WHERE id = :id",
               store::values(accepted_at, id)
           ) == 1;
}

}  // namespace mailbox
