// `pilotlight why`: what became of a message or a mailbox, and every decision about it, in words.
#include <fmt/format.h>

#include <boost/describe/class.hpp>
#include <boost/json.hpp>

#include "base/message_id.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"
#include "cli/row_json.h"
#include "ledger/ledger.h"

namespace cli {

namespace {

// A row of the view `emails`.
struct Email {
    std::string side;
    std::int64_t id = 0;
    std::string email_type;
    std::string from_;
    std::string to_;
    std::string subject;
    std::string message_id;
    std::string status;
    std::string outcome;
    base::Timestamp created_at;
    std::optional<base::Timestamp> intent_at;
    std::optional<base::Timestamp> sent_at;
    std::optional<std::string> server_reply;
};
BOOST_DESCRIBE_STRUCT(
    Email,
    (),
    (side,
     id,
     email_type,
     from_,
     to_,
     subject,
     message_id,
     status,
     outcome,
     created_at,
     intent_at,
     sent_at,
     server_reply)
)

// Where a warmup mail was found, and what was decided about an answer.
struct Thread {
    std::string placement;
    std::string received_from_folder;
    std::string folder_name;
    std::string tab;
    base::Timestamp found_at;
    std::string reply_decision;
    std::optional<std::string> reply_message_id;
    std::string original_message_id;
};
BOOST_DESCRIBE_STRUCT(
    Thread,
    (),
    (placement,
     received_from_folder,
     folder_name,
     tab,
     found_at,
     reply_decision,
     reply_message_id,
     original_message_id)
)

struct MessageStory {
    Email email;
    std::optional<std::string> error_message;
    std::optional<Thread> found;                 // where it lay
    std::optional<std::string> answers_message;  // the Message-ID it is the reply to
    std::vector<ledger::Entry> entries;
};

std::optional<Thread> thread_where(
    store::Connection& connection, const char* condition, const store::Value& value
) {
    return connection.select_one<Thread>(
        fmt::format(
            "SELECT {} FROM warmup_threads WHERE {} ORDER BY id",
            store::column_list<Thread>(),
            condition
        ),
        {value}
    );
}

// Both tables number their rows from 1: a decision about a message is one of its own side, or ours.
std::vector<ledger::Entry> entries_of(store::Connection& connection, const Email& email) {
    std::vector<ledger::Entry> entries = ledger::read(connection, "email", email.id);
    std::erase_if(entries, [&](const ledger::Entry& entry) {
        return entry.side != email.side && entry.side != "operator";
    });
    return entries;
}

std::optional<MessageStory> read_message(store::Connection& connection, const std::string& id) {
    const auto email = connection.select_one<Email>(
        fmt::format(
            "SELECT {} FROM emails WHERE message_id = :id OR provider_message_id = :same "
            "ORDER BY created_at, side, id",
            store::column_list<Email>()
        ),
        store::values(id, id)
    );
    if (!email) return std::nullopt;
    MessageStory story{*email, {}, {}, {}, entries_of(connection, *email)};
    story.error_message = connection.text(
        fmt::format("SELECT error_message FROM emails_{} WHERE id = :id ORDER BY id", email->side),
        store::values(email->id)
    );
    if (email->side != "warmup") return story;
    story.found = thread_where(connection, "email_id = :id", email->id);
    const auto answered = thread_where(connection, "reply_message_id = :id", email->message_id);
    if (answered) story.answers_message = answered->original_message_id;
    return story;
}

boost::json::value text_or_null(const std::optional<std::string>& text) {
    if (!text) return nullptr;
    return boost::json::value(*text);
}

boost::json::array array_of(const std::vector<ledger::Entry>& entries) {
    boost::json::array list;
    for (const ledger::Entry& entry : entries) {
        boost::json::error_code problem;
        boost::json::value numbers = boost::json::parse(entry.numbers, problem);
        if (problem) numbers = entry.numbers;
        list.push_back(
            {{"at", base::to_iso(entry.at)},
             {"side", entry.side},
             {"decision", entry.decision},
             {"reason", entry.reason},
             {"numbers", numbers},
             {"words", ledger::tell(entry)}}
        );
    }
    return list;
}

boost::json::value object_of(const std::optional<Thread>& found) {
    if (!found) return nullptr;
    return {
        {"placement", found->placement},
        {"received_from_folder", found->received_from_folder},
        {"folder_name", found->folder_name},
        {"tab", found->tab},
        {"found_at", base::to_iso(found->found_at)},
        {"reply_decision", found->reply_decision},
        {"reply_message_id", text_or_null(found->reply_message_id)}
    };
}

void print_json(const MessageStory& story) {
    const Email& email = story.email;
    const boost::json::object message = {
        {"side", email.side},
        {"id", email.id},
        {"message_id", email.message_id},
        {"email_type", email.email_type},
        {"from", email.from_},
        {"to", email.to_},
        {"subject", email.subject},
        {"status", email.status},
        {"outcome", email.outcome},
        {"created_at", base::to_iso(email.created_at)},
        {"intent_at", time_or_null(email.intent_at)},
        {"sent_at", time_or_null(email.sent_at)},
        {"server_reply", text_or_null(email.server_reply)},
        {"error_message", text_or_null(story.error_message)},
        {"answers", text_or_null(story.answers_message)}
    };
    const boost::json::object document = {
        {"email", message}, {"found", object_of(story.found)}, {"ledger", array_of(story.entries)}
    };
    print(boost::json::serialize(document) + "\n");
}

std::string ledger_text(const std::vector<ledger::Entry>& entries) {
    if (entries.empty()) return "No decision about it is recorded.\n";
    std::string text = "Decisions:\n";
    for (const ledger::Entry& entry : entries) text += "  " + ledger::tell(entry) + "\n";
    return text;
}

std::string status_words(std::string_view status) {
    if (status == "prepared") return "written, not sent yet; the next run sends it";
    if (status == "intent") return "being sent, or left by a run that was stopped";
    if (status == "accepted") return "the server took it";
    if (status == "refused") return "the server refused it for good";
    if (status == "cancelled") return "given up before it was sent";
    if (status == "in_doubt")
        return "it may or may not have arrived; it is never sent again by itself";
    if (status == "parked") return "in doubt, and waiting for a person to decide";
    return "the server does not have it";
}

std::string found_text(const Thread& found) {
    std::string text = fmt::format(
        "Found:    {} in {}, folder \"{}\"{}\n",
        base::to_iso(found.found_at),
        found.placement,
        base::printable(
            found.folder_name.empty() ? found.received_from_folder : found.folder_name, 200
        ),
        found.tab.empty() ? "" : ", tab " + base::printable(found.tab, 60)
    );
    text += "Answer:   " + base::printable(found.reply_decision, 300);
    if (found.reply_message_id) text += ", <" + *found.reply_message_id + ">";
    return text + "\n";
}

void print_text(const MessageStory& story) {
    const Email& email = story.email;
    std::string text = fmt::format(
        "<{}>\n{} mail ({}) from {} to {}\nSubject:  {}\nStatus:   {}: {}\nWritten:  {}\n",
        email.message_id,
        email.side,
        email.email_type,
        email.from_,
        email.to_,
        base::printable(email.subject, 300),
        email.status,
        status_words(email.status),
        base::to_iso(email.created_at)
    );
    if (email.intent_at) text += "Intent:   " + base::to_iso(*email.intent_at) + "\n";
    if (email.sent_at) text += "Sent:     " + base::to_iso(*email.sent_at) + "\n";
    if (email.server_reply)
        text += "Server:   \"" + base::printable(*email.server_reply, 300) + "\"\n";
    if (story.error_message)
        text += "Problem:  " + base::printable(*story.error_message, 300) + "\n";
    if (story.answers_message) text += "Answers:  <" + *story.answers_message + ">\n";
    if (story.found) text += found_text(*story.found);
    print(text + ledger_text(story.entries));
}

// What `why` tells of a mailbox; one that was removed keeps its history.
struct ToldMailbox {
    std::int64_t id = 0;
    std::string email;
    std::string role;
    std::string status;
    std::string status_reason;
};
BOOST_DESCRIBE_STRUCT(ToldMailbox, (), (id, email, role, status, status_reason))

std::optional<ToldMailbox> find_mailbox(engine::Runtime& runtime, const std::string& address) {
    return runtime.job(store::Role::operator_, [address](store::Connection& connection) {
        return connection.select_one<ToldMailbox>(
            "SELECT id, email, role, status, status_reason FROM mailboxes "
            "WHERE lower(email) = lower(:email) ORDER BY id",
            store::values(address)
        );
    });
}

int tell_mailbox(engine::Runtime& runtime, const ToldMailbox& mailbox, bool json) {
    const std::int64_t id = mailbox.id;
    const auto entries = runtime.job(store::Role::operator_, [id](store::Connection& connection) {
        return ledger::read(connection, "mailbox", id);
    });
    if (json) {
        const boost::json::object document = {
            {"mailbox",
             {{"id", id},
              {"email", mailbox.email},
              {"role", mailbox.role},
              {"status", mailbox.status},
              {"status_reason", mailbox.status_reason}}},
            {"ledger", array_of(entries)}
        };
        print(boost::json::serialize(document) + "\n");
        return 0;
    }
    const std::string reason = mailbox.status_reason.empty() ? "" : ": " + mailbox.status_reason;
    print(fmt::format(
        "{}  {} mailbox {}, {}{}\n{}",
        mailbox.email,
        mailbox.role,
        id,
        mailbox.status,
        reason,
        ledger_text(entries)
    ));
    return 0;
}

base::Result<int> run(const Invocation& invocation) {
    const std::string subject(base::trim(invocation.positional("SUBJECT")));
    const auto message_id = base::MessageId::parse(subject);
    const auto address = base::Email::parse(subject);
    if (!message_id && !address)
        return base::fail(
            base::ErrorCode::invalid_input,
            "why",
            fmt::format(
                "'{}' is neither a Message-ID such as <abc@example.com> nor a mailbox's address",
                base::printable(subject, 200)
            )
        );
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    if (message_id) {
        const std::string id = message_id->str();
        const auto story =
            (*runtime)->job(store::Role::operator_, [id](store::Connection& connection) {
                return read_message(connection, id);
            });
        if (story) {
            invocation.json ? print_json(*story) : print_text(*story);
            return 0;
        }
    }
    if (address) {
        const auto mailbox = find_mailbox(**runtime, subject);
        if (mailbox) return tell_mailbox(**runtime, *mailbox, invocation.json);
    }
    return base::fail(
        base::ErrorCode::not_found,
        "why",
        fmt::format(
            "{} is neither the Message-ID of a message of ours nor one of the mailboxes; see "
            "`pilotlight mailbox list`",
            base::printable(subject, 200)
        )
    );
}

}  // namespace

Command why_command() {
    return {
        .path = "why",
        .summary = "tell what became of a message or a mailbox, and why",
        .help =
            "Shows a message's status and times, where it was found and what was decided about "
            "answering\n"
            "it, and every decision of the ledger about it, with reason and numbers. For a mailbox "
            "it\n"
            "shows the decisions about that. Put a Message-ID in quotes, or leave its brackets "
            "away.\n"
            "\n"
            "Examples:\n"
            "  pilotlight why '<k2p9…@example.com>'\n"
            "  pilotlight why ann@example.com\n"
            "  pilotlight --json why ann@example.com | jq -r '.ledger[].words'\n",
        .positionals = {{.name = "SUBJECT", .help = "a Message-ID or a mailbox's address"}},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
