#include "cli/mailbox_check.h"

#include <array>

#include "mailbox/login_mends.h"
#include "mailbox/presets.h"

namespace cli {

namespace {

constexpr std::chrono::seconds kPatience{45};  // for one side
constexpr std::array<std::string_view, 4> kLoginSteps = {"dns", "connect", "tls", "login"};

// Index into kLoginSteps. Greeting and EHLO belong to connecting: nothing is proven before them.
std::size_t step_of(std::string_view stage) {
    if (stage.ends_with(".dns")) return 0;
    if (stage.ends_with(".tls") || stage.ends_with(".starttls")) return 2;
    if (stage.ends_with(".auth") || stage.ends_with("login")) return 3;
    return 1;
}

std::string mend_of(const base::Error& error, const mailbox::Mailbox& of) {
    return mailbox::mend_for(error, of.provider, of.login_method);
}

Step failed_step(std::string name, const base::Error& error, const mailbox::Mailbox& of) {
    return {std::move(name), StepState::failed, error, mend_of(error, of)};
}

const mailbox::Preset* preset_of(const mailbox::Mailbox& mailbox) {
    return mailbox.provider.empty() ? nullptr : mailbox::find_preset(mailbox.provider);
}

// The steps of a side that a known fact rules out.
std::vector<Step> ruled_out(
    std::string_view protocol, const base::Error& error, std::string what_to_do
) {
    std::vector<Step> steps;
    for (const std::string_view name : kLoginSteps)
        steps.push_back(
            {std::string(protocol) + " " + std::string(name), StepState::not_tried, {}, {}}
        );
    steps.back().state = StepState::failed;
    steps.back().error = error;
    steps.back().what_to_do = std::move(what_to_do);
    return steps;
}

void append(std::vector<Step>& steps, std::vector<Step> more) {
    for (Step& step : more) steps.push_back(std::move(step));
}

// Where trying is of no use: no password, or a provider that takes none.
std::optional<base::Error> why_not(const mailbox::Mailbox& mailbox, std::string* what_to_do) {
    if (mailbox.login_method == mailbox::LoginMethod::oauth2) return std::nullopt;
    const mailbox::Preset* preset = preset_of(mailbox);
    if (preset != nullptr && preset->passwords_refused) {
        *what_to_do = "log in by OAuth2: pilotlight mailbox authorize " + mailbox.email.str();
        return base::Error{
            base::ErrorCode::unsupported, "login", preset->passwords_refused_words, {}, 0, {}
        };
    }
    if (mailbox.password) return std::nullopt;
    *what_to_do =
        "the mailbox can receive, but not be watched and not send; give its password: pilotlight "
        "mailbox password " +
        mailbox.email.str() + " --password-env VAR";
    return base::Error{
        base::ErrorCode::unauthenticated,
        "login",
        "no password is known for this mailbox",
        {},
        0,
        {}
    };
}

base::Task<> check_smtp(
    mailbox::Connector& connector, base::MonotonicTime deadline, CheckedMailbox& checked
) {
    auto client = co_await connector.smtp(checked.mailbox, deadline);
    const auto error = client ? std::nullopt : std::optional(client.error());
    append(checked.steps, login_steps("smtp", error, checked.mailbox));
    Step step{"smtp sending", StepState::not_tried, {}, {}};
    if (client) {
        smtp::Envelope to_itself{checked.mailbox.email, checked.mailbox.email};
        const smtp::SendResult asked = co_await (*client)->ask(std::move(to_itself), deadline);
        if (asked.outcome == smtp::Outcome::accepted)
            step.state = StepState::ok;
        else
            step = failed_step(step.name, asked.error, checked.mailbox);
        co_await (*client)->quit(deadline);
    }
    checked.steps.push_back(std::move(step));
}

base::Task<> check_imap(
    mailbox::Connector& connector, base::MonotonicTime deadline, CheckedMailbox& checked
) {
    auto client = co_await connector.imap(checked.mailbox, deadline);
    const auto error = client ? std::nullopt : std::optional(client.error());
    append(checked.steps, login_steps("imap", error, checked.mailbox));
    Step step{"imap folders", StepState::not_tried, {}, {}};
    if (client) {
        const auto folders = co_await (*client)->list(deadline);
        if (folders) {
            const mailbox::Preset* preset = preset_of(checked.mailbox);
            const std::vector<std::string> spam_names =
                preset == nullptr ? std::vector<std::string>() : preset->spam_folders;
            checked.folders = inbound::choose_folders(*folders, spam_names);
            const bool is_gmail = preset != nullptr && preset->family == "gmail";
            checked.folders_listed = true;
            checked.hidden_folders = inbound::hidden_folders(checked.folders, is_gmail);
            if (checked.hidden_folders.empty()) checked.note = folder_note(checked.folders);
            step = folders_step(checked);
        } else {
            step = failed_step(step.name, folders.error(), checked.mailbox);
        }
        co_await (*client)->logout(deadline);
    }
    checked.steps.push_back(std::move(step));
}

}  // namespace

std::string_view to_string(StepState state) {
    switch (state) {
        case StepState::ok:
            return "ok";
        case StepState::failed:
            return "failed";
        case StepState::not_tried:
            return "not_tried";
    }
    return "unknown";
}

bool CheckedMailbox::ok() const {
    return std::ranges::all_of(steps, [](const Step& step) { return step.state == StepState::ok; });
}

std::vector<Step> login_steps(
    std::string_view protocol, const std::optional<base::Error>& error, const mailbox::Mailbox& of
) {
    // Without an access token there is nothing to connect for.
    if (error && error->stage.starts_with("oauth"))
        return ruled_out(
            protocol,
            *error,
            error->code == base::ErrorCode::unauthenticated
                ? "log in with `pilotlight mailbox authorize`, as said there"
                : mend_of(*error, of)
        );
    const std::size_t failed = error ? step_of(error->stage) : kLoginSteps.size();
    std::vector<Step> steps;
    for (std::size_t i = 0; i < kLoginSteps.size(); ++i) {
        std::string name = std::string(protocol) + " " + std::string(kLoginSteps[i]);
        if (i == failed)
            steps.push_back(failed_step(std::move(name), *error, of));
        else
            steps.push_back(
                {std::move(name), i < failed ? StepState::ok : StepState::not_tried, {}, {}}
            );
    }
    return steps;
}

Step folders_step(const CheckedMailbox& checked) {
    Step step{"imap folders", StepState::ok, {}, {}};
    if (checked.hidden_folders.empty()) return step;
    step.state = StepState::failed;
    step.error = base::Error{
        base::ErrorCode::unsupported,
        "imap.folders",
        "Gmail hides from IMAP: " + checked.hidden_folders,
        {},
        0,
        {}
    };
    step.what_to_do =
        "in Gmail, See all settings, Labels, tick \"Show in IMAP\" for Spam and All Mail; until "
        "then the placement of what is not found here is unknown";
    return step;
}

std::string folder_note(const std::vector<inbound::WatchedFolder>& folders) {
    for (const inbound::WatchedFolder& folder : folders)
        if (folder.kind == inbound::FolderKind::spam) return {};
    return "no spam folder was found: mail that the provider files as spam would count as missing";
}

base::Task<CheckedMailbox> check_mailbox(
    mailbox::Connector& connector, base::Clock& clock, mailbox::Mailbox mailbox
) {
    CheckedMailbox checked;
    checked.mailbox = std::move(mailbox);
    std::string what_to_do;
    if (const auto reason = why_not(checked.mailbox, &what_to_do)) {
        append(checked.steps, ruled_out("smtp", *reason, what_to_do));
        checked.steps.push_back({"smtp sending", StepState::not_tried, {}, {}});
        append(checked.steps, ruled_out("imap", *reason, what_to_do));
        checked.steps.push_back({"imap folders", StepState::not_tried, {}, {}});
        co_return checked;
    }
    // With many mailboxes the later ones wait for their turn to log in.
    const base::MonotonicTime smtp_deadline =
        clock.in(kPatience + connector.login_wait(checked.mailbox, mailbox::Protocol::smtp));
    co_await check_smtp(connector, smtp_deadline, checked);
    // The sides are switched on apart at many providers: a refusal of one says nothing of the
    // other.
    connector.forget(checked.mailbox.id);
    const base::MonotonicTime imap_deadline =
        clock.in(kPatience + connector.login_wait(checked.mailbox, mailbox::Protocol::imap));
    co_await check_imap(connector, imap_deadline, checked);
    co_return checked;
}

}  // namespace cli
