// `pilotlight delivery in-doubt`: every message of which nobody can say whether it arrived.
#include <fmt/format.h>

#include <boost/describe/class.hpp>
#include <boost/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/output.h"

namespace cli {

namespace {

constexpr int kPageRows = 500;  // one job reads no more (DESIGN section 5)

// A message without its bytes.
struct Doubt {
    std::int64_t id = 0;
    std::string email_type;
    std::string from_;
    std::string to_;
    std::string message_id;
    std::string status;
    std::int64_t attempts = 0;
    std::optional<base::Timestamp> intent_at;
    std::optional<std::string> error_message;
};
BOOST_DESCRIBE_STRUCT(
    Doubt, (), (id, email_type, from_, to_, message_id, status, attempts, intent_at, error_message)
)

struct Side {
    std::string name;
    std::vector<Doubt> doubts;
};

std::vector<Doubt> read_page(
    engine::Runtime& runtime, const std::string& side, std::int64_t after
) {
    const std::string sql = fmt::format(
        "SELECT {} FROM emails_{} WHERE status IN ('in_doubt', 'parked', 'intent') AND id > :after "
        "ORDER BY id LIMIT {}",
        store::column_list<Doubt>(),
        side,
        kPageRows
    );
    return runtime.job(store::Role::operator_, [sql, after](store::Connection& connection) {
        return connection.select<Doubt>(sql, store::values(after));
    });
}

std::vector<Side> read_doubts(engine::Runtime& runtime) {
    std::vector<Side> sides = {{"warmup", {}}, {"campaign", {}}};
    for (Side& side : sides) {
        std::vector<Doubt> page;
        do {
            page = read_page(runtime, side.name, side.doubts.empty() ? 0 : side.doubts.back().id);
            for (Doubt& doubt : page) side.doubts.push_back(std::move(doubt));
        } while (page.size() == kPageRows);
    }
    return sides;
}

std::string evidence_of(const Doubt& doubt) {
    if (doubt.status == "intent")
        return "being sent now, or left by a run that was stopped: the next run settles it";
    return base::printable(doubt.error_message.value_or("no answer was recorded"), 300);
}

boost::json::object object_of(const std::string& side, const Doubt& doubt) {
    boost::json::object object = {
        {"side", side},
        {"id", doubt.id},
        {"message_id", doubt.message_id},
        {"from", doubt.from_},
        {"to", doubt.to_},
        {"email_type", doubt.email_type},
        {"status", doubt.status},
        {"intent_at", nullptr},
        {"attempts", doubt.attempts},
        {"evidence", evidence_of(doubt)}
    };
    if (doubt.intent_at) object["intent_at"] = base::to_iso(*doubt.intent_at);
    return object;
}

void print_json(const std::vector<Side>& sides) {
    boost::json::array list;
    for (const Side& side : sides)
        for (const Doubt& doubt : side.doubts) list.push_back(object_of(side.name, doubt));
    print(boost::json::serialize(boost::json::object{{"in_doubt", list}}) + "\n");
}

void print_text(const std::vector<Side>& sides) {
    std::vector<std::vector<std::string>> rows = {
        {"side", "id", "status", "intent at", "from", "to", "message id", "evidence"}
    };
    for (const Side& side : sides)
        for (const Doubt& doubt : side.doubts)
            rows.push_back(
                {side.name,
                 std::to_string(doubt.id),
                 doubt.status,
                 doubt.intent_at ? base::to_iso(*doubt.intent_at) : "–",
                 doubt.from_,
                 doubt.to_,
                 doubt.message_id,
                 evidence_of(doubt)}
            );
    if (rows.size() == 1) return print("Nothing is in doubt.\n");
    print(
        table(rows) +
        "\nNone of these is sent again. One that is found in a mailbox of yours becomes accepted; "
        "look\n"
        "closer with `pilotlight why MESSAGE-ID`.\n"
    );
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const std::vector<Side> sides = read_doubts(**runtime);
    if (invocation.json)
        print_json(sides);
    else
        print_text(sides);
    return 0;
}

}  // namespace

Command delivery_in_doubt_command() {
    return {
        .path = "delivery in-doubt",
        .summary = "list messages that may or may not have arrived",
        .help =
            "A message is in doubt when the last byte may have left and the server's answer was "
            "not\n"
            "recorded: the power failed, the line broke, the program was killed. It may have "
            "arrived, so\n"
            "it is never sent again by itself. Warmup mail that is found in a seed mailbox leaves "
            "this\n"
            "list; what is left stands here with the evidence, parked messages with it. Messages "
            "that are\n"
            "being sent at this moment are shown as intent.\n"
            "\n"
            "Examples:\n"
            "  pilotlight delivery in-doubt\n"
            "  pilotlight --json delivery in-doubt | jq '.in_doubt | length'\n",
        .positionals = {},
        .options = {},
        .run = run,
    };
}

}  // namespace cli
