#include "campaign/canary.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "campaign/campaign_store.h"
#include "ledger/ledger.h"

namespace campaign {

namespace {

using store::values;

struct Seed {
    std::int64_t id = 0;
    std::string email;
    std::string provider;
};
BOOST_DESCRIBE_STRUCT(Seed, (), (id, email, provider))

// One of each provider, the oldest; a seed whose provider is not known stands for its domain.
std::vector<Seed> seeds(store::Connection& connection) {
    const auto all = connection.select<Seed>(
        "SELECT id, email, provider FROM mailboxes WHERE role = 'seed' AND status = 'active' AND "
        "(secret IS NOT NULL OR login_method = 'oauth2') ORDER BY id"
    );
    std::vector<Seed> one_each;
    std::set<std::string> seen;
    for (Seed seed : all) {
        if (seed.provider.empty()) seed.provider = seed.email.substr(seed.email.find('@') + 1);
        if (seen.insert(seed.provider).second) one_each.push_back(std::move(seed));
    }
    std::ranges::sort(one_each, {}, &Seed::provider);
    return one_each;
}

std::vector<std::string> providers_of(const std::vector<Seed>& all) {
    std::vector<std::string> providers;
    for (const Seed& seed : all) providers.push_back(seed.provider);
    return providers;
}

std::vector<CanaryCopy> copies_of(store::Connection& connection, std::int64_t text_id) {
    return connection.select<CanaryCopy>(
        "SELECT c.text_id, c.mailbox_id, c.provider, c.placement, e.status, c.created_at FROM "
        "campaign_canaries c JOIN emails_campaign e ON e.id = c.email_id WHERE c.text_id = :text "
        "ORDER BY c.id",
        values(text_id)
    );
}

// A text as far as its state needs it: the words stay where they are.
struct Tried {
    std::int64_t id = 0;
    std::int64_t campaign_id = 0;
    int step = 0;
    std::string variant;
    std::string canary;
};
BOOST_DESCRIBE_STRUCT(Tried, (), (id, campaign_id, step, variant, canary))

Tried tried(const Text& text) {
    return {text.id, text.campaign_id, text.step, text.variant, text.canary};
}

// Texts that still have to be tried, of campaigns that run and want it. Most passes find none.
std::vector<Tried> open_texts(store::Connection& connection) {
    std::vector<Tried> open = connection.select<Tried>(
        "SELECT t.id, t.campaign_id, t.step, t.variant, t.canary FROM campaigns c JOIN "
        "campaign_texts t ON t.campaign_id = c.id WHERE c.status = 'active' AND t.retired_at IS "
        "NULL AND t.canary IN ('', 'waiting') ORDER BY t.campaign_id, t.step, t.variant, t.id "
        "LIMIT 500"
    );
    std::map<std::int64_t, bool> wants;
    for (const Tried& text : open)
        if (!wants.contains(text.campaign_id)) {
            const auto settings = load_settings(connection, text.campaign_id);
            wants[text.campaign_id] = settings && settings->canary;
        }
    std::erase_if(open, [&](const Tried& text) { return !wants[text.campaign_id]; });
    return open;
}

void set_state(
    store::Connection& connection, const Tried& text, const CanaryState& state, base::Timestamp now
) {
    if (text.canary == state.canary) return;
    connection.execute(
        "UPDATE campaign_texts SET canary = :canary, canary_reason = :reason WHERE id = :id",
        values(state.canary, state.reason, text.id)
    );
    ledger::append(
        connection,
        {.at = now,
         .side = "campaign",
         .subject_kind = "text",
         .subject_id = text.id,
         .decision = "canary_" + state.canary,
         .reason = state.reason}
    );
    if (state.canary == "held")
        set_campaign_status(
            connection,
            text.campaign_id,
            "paused",
            fmt::format("step {}, variant {}: {}", text.step, text.variant, state.reason),
            now
        );
}

bool is_lost(const CanaryCopy& copy) {
    return copy.email_status == "refused" || copy.email_status == "cancelled";
}

std::vector<std::pair<Tried, CanaryState>> changed_states(
    store::Connection& connection, base::Timestamp now
) {
    std::vector<std::pair<Tried, CanaryState>> changed;
    const std::vector<Tried> open = open_texts(connection);
    if (open.empty()) return changed;
    const std::vector<std::string> providers = providers_of(seeds(connection));
    for (const Tried& text : open) {
        CanaryState state = canary_state(copies_of(connection, text.id), providers, now);
        if (state.canary != text.canary) changed.emplace_back(text, std::move(state));
    }
    return changed;
}

}  // namespace

CanaryState canary_state(
    const std::vector<CanaryCopy>& copies,
    const std::vector<std::string>& providers,
    base::Timestamp now
) {
    for (const CanaryCopy& copy : copies) {
        if (copy.placement == "spam")
            return {"held", fmt::format("it landed in spam at {}", copy.provider)};
        if (copy.placement.empty() && is_lost(copy))
            return {"held", fmt::format("it could not be sent to {}", copy.provider)};
        if (copy.placement.empty() && copy.created_at + kCanaryWait <= now)
            return {"held", fmt::format("it was not found at {} within a day", copy.provider)};
    }
    if (providers.empty()) return {"clear", "there is no seed mailbox to try it in"};
    const bool everywhere = std::ranges::all_of(providers, [&](const std::string& provider) {
        return std::ranges::any_of(copies, [&](const CanaryCopy& copy) {
            return copy.provider == provider && !copy.placement.empty();
        });
    });
    if (everywhere)
        return {
            "clear", fmt::format("it was found outside spam at {} providers", providers.size())
        };
    return {copies.empty() ? "" : "waiting", "it is on its way to the seed mailboxes"};
}

std::vector<CanaryToSend> canaries_to_send(store::Connection& connection, int count_max) {
    std::vector<CanaryToSend> missing;
    const std::vector<Tried> open = open_texts(connection);
    if (open.empty()) return missing;
    const std::vector<Seed> all = seeds(connection);
    for (const Tried& text : open) {
        const std::vector<CanaryCopy> copies = copies_of(connection, text.id);
        for (const Seed& seed : all) {
            const bool sent = std::ranges::any_of(copies, [&](const CanaryCopy& copy) {
                return copy.provider == seed.provider;
            });
            if (sent || static_cast<int>(missing.size()) >= count_max) continue;
            missing.push_back({text.id, text.campaign_id, seed.id, seed.email, seed.provider});
        }
    }
    return missing;
}

void note_canary(
    store::Connection& connection,
    const CanaryToSend& copy,
    std::int64_t email_id,
    base::Timestamp now
) {
    connection.execute(
        "INSERT INTO campaign_canaries (text_id, mailbox_id, provider, email_id, created_at) "
        "VALUES "
        "(:text, :mailbox, :provider, :email, :now)",
        values(copy.text_id, copy.mailbox_id, copy.provider, email_id, now)
    );
    if (const auto text = text_by_id(connection, copy.text_id); text && text->canary.empty())
        set_state(
            connection, tried(*text), {"waiting", "it is on its way to the seed mailboxes"}, now
        );
}

std::string canary_send_key(std::int64_t text_id, std::int64_t mailbox_id) {
    return fmt::format("canary:{}:{}", text_id, mailbox_id);
}

bool record_canary_placement(
    store::Connection& connection,
    std::int64_t email_id,
    std::string_view folder_kind,
    base::Timestamp now
) {
    const std::int64_t text_id = connection.integer(
        "SELECT text_id FROM campaign_canaries WHERE email_id = :email ORDER BY id",
        values(email_id)
    );
    if (text_id == 0) return false;
    const bool known = folder_kind == "inbox" || folder_kind == "spam";
    connection.execute(
        "UPDATE campaign_canaries SET placement = :placement, found_at = :now WHERE email_id = "
        ":email AND placement = ''",
        values(known ? folder_kind : std::string_view("elsewhere"), now, email_id)
    );
    const auto text = text_by_id(connection, text_id);
    // The owner's word and an earlier finding stand.
    if (!text || (text->canary != "waiting" && !text->canary.empty())) return true;
    const std::vector<Seed> all = seeds(connection);
    set_state(
        connection,
        tried(*text),
        canary_state(copies_of(connection, text_id), providers_of(all), now),
        now
    );
    return true;
}

bool canaries_due(store::Connection& connection, base::Timestamp now) {
    return !changed_states(connection, now).empty();
}

void settle_canaries(store::Connection& connection, base::Timestamp now) {
    for (const auto& [text, state] : changed_states(connection, now))
        set_state(connection, text, state, now);
}

bool text_is_clear(std::string_view canary, const Settings& settings) {
    return canary == "clear" || !settings.canary;
}

bool clear_canary(
    store::Connection& connection, std::int64_t text_id, const std::string& by, base::Timestamp now
) {
    const auto text = text_by_id(connection, text_id);
    if (!text) return false;
    set_state(connection, tried(*text), {"clear", "said so by " + by}, now);
    return true;
}

}  // namespace campaign
