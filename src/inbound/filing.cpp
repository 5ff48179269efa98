#include "inbound/filing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "mime/message.h"

namespace inbound {

namespace {

constexpr std::size_t kOrdersAtOnce = 100;

// The header fields a server sent, under whatever spelling of the section's name.
std::string_view header_section(const imap::Fetched& fetched) {
    for (const auto& [name, bytes] : fetched.sections)
        if (name.starts_with("BODY[HEADER")) return bytes;
    return {};
}

bool is_of(const FilingOrder& order, const mime::Message& headers, const std::string& header) {
    const std::string token(base::trim(headers.header(header)));
    if (!token.empty()) return token == order.token;
    if (!headers.message_id) return false;
    return std::ranges::find(order.message_ids, headers.message_id->str()) !=
           order.message_ids.end();
}

// One folder's worth of a task.
struct Filer {
    imap::Client& client;
    const FilingTask& task;
    std::vector<FilingOrder> orders;
    std::vector<FilingResult> results = {};

    void end(std::size_t at, FilingEnd how, std::string why) {
        results[at].end = how;
        results[at].why = std::move(why);
    }
    void end_all(const std::vector<std::size_t>& which, FilingEnd how, const std::string& why) {
        for (const std::size_t at : which) end(at, how, why);
    }
};

struct Found {
    std::vector<std::uint32_t> uids;
    std::vector<std::size_t> orders;
};

// The UIDs to look at: those that are known, and those that a search by Message-ID names.
base::Task<base::Result<std::vector<std::uint32_t>>> candidates(
    Filer& filer, std::uint32_t uidvalidity, base::MonotonicTime deadline
) {
    std::vector<std::uint32_t> uids;
    for (const FilingOrder& order : filer.orders) {
        if (order.uid != 0) {
            if (order.uidvalidity == uidvalidity) uids.push_back(order.uid);
            continue;
        }
        for (const std::string& id : order.message_ids) {
            const auto quoted = imap::quoted(id);
            if (!quoted) continue;
            std::string criteria = "HEADER Message-ID " + *quoted;
            const auto found = co_await filer.client.uid_search(std::move(criteria), deadline);
            if (!found) co_return base::pass_on(found);
            uids.insert(uids.end(), found->begin(), found->end());
        }
    }
    co_return uids;
}

// Looks at every candidate; what a person touched is done with here.
base::Task<base::Result<Found>> inspect(
    Filer& filer, std::vector<std::uint32_t> uids, base::MonotonicTime deadline
) {
    Found found;
    if (uids.empty()) co_return found;
    std::string items = fmt::format(
        "(UID FLAGS{} BODY.PEEK[HEADER.FIELDS ({} MESSAGE-ID)])",
        filer.client.has("X-GM-EXT-1") ? " X-GM-LABELS" : "",
        filer.task.token_header
    );
    std::string set = imap::uid_set(uids);
    const auto fetched =
        co_await filer.client.uid_fetch(std::move(set), std::move(items), deadline);
    if (!fetched) co_return base::pass_on(fetched);
    for (const imap::Fetched& one : *fetched) {
        const auto at = order_of(filer.orders, one, filer.task.token_header);
        if (!at) continue;
        const auto hands = touched_by_person(marks_of(one), filer.orders[*at].marks_then);
        if (hands) {
            filer.end(*at, FilingEnd::touched, std::string(*hands));
            continue;
        }
        found.uids.push_back(one.uid);
        found.orders.push_back(*at);
    }
    co_return found;
}

base::Task<base::Result<>> move_found(Filer& filer, Found found, base::MonotonicTime deadline) {
    std::string target = filer.task.target.name;
    if (!filer.task.target.exists) {
        std::string name = target;
        const auto made = co_await filer.client.create(std::move(name), deadline);
        if (!made && !filer.client.usable()) co_return base::pass_on(made);
        if (!made) {
            filer.end_all(found.orders, FilingEnd::refused, "the folder can't be made");
            co_return base::Result<>();
        }
    }
    std::string set = imap::uid_set(found.uids);
    if (filer.task.mark_seen) {
        std::string read = set;
        const auto stored =
            co_await filer.client.uid_store(std::move(read), "+FLAGS.SILENT (\\Seen)", deadline);
        // A folder that refuses flags is no reason to leave the mail where it lies.
        if (!stored && !filer.client.usable()) co_return base::pass_on(stored);
    }
    const auto moved = co_await filer.client.uid_move(std::move(set), std::move(target), deadline);
    if (!moved && !filer.client.usable()) co_return base::pass_on(moved);
    if (moved)
        filer.end_all(found.orders, FilingEnd::filed, "");
    else
        filer.end_all(found.orders, FilingEnd::refused, "the server does not move it");
    co_return base::Result<>();
}

base::Task<base::Result<>> file_here(
    Filer& filer, std::string folder, base::MonotonicTime deadline
) {
    const auto selected = co_await filer.client.select(std::move(folder), false, deadline);
    if (!selected && !filer.client.usable()) co_return base::pass_on(selected);
    if (!selected) {
        for (FilingResult& result : filer.results) result.why = "its folder can't be opened";
        co_return base::Result<>();
    }
    auto uids = co_await candidates(filer, selected->uidvalidity, deadline);
    if (!uids) co_return base::pass_on(uids);
    auto found = co_await inspect(filer, std::move(*uids), deadline);
    if (!found) co_return base::pass_on(found);
    if (found->uids.empty()) co_return base::Result<>();
    co_return co_await move_found(filer, std::move(*found), deadline);
}

}  // namespace

std::string_view to_string(FilingEnd end) {
    switch (end) {
        case FilingEnd::filed:
            return "filed";
        case FilingEnd::absent:
            return "absent";
        case FilingEnd::touched:
            return "touched";
        case FilingEnd::refused:
            return "refused";
    }
    return "unknown";
}

std::optional<std::size_t> order_of(
    const std::vector<FilingOrder>& orders,
    const imap::Fetched& fetched,
    const std::string& token_header
) {
    const mime::Message headers = mime::read_headers(header_section(fetched));
    for (std::size_t at = 0; at < orders.size(); ++at) {
        const FilingOrder& order = orders[at];
        if (order.uid != 0 && order.uid != fetched.uid) continue;
        if (is_of(order, headers, token_header)) return at;
    }
    return std::nullopt;
}

base::Task<base::Result<std::vector<FilingResult>>> file_messages(
    imap::Client& client, FilingTask task, base::MonotonicTime deadline
) {
    std::vector<FilingResult> results;
    // A folder at a time, a limited number of messages at once, in the order of the orders.
    std::map<std::string, std::vector<std::size_t>> by_folder;
    for (std::size_t at = 0; at < task.orders.size(); ++at) {
        by_folder[task.orders[at].folder].push_back(at);
        results.push_back({task.orders[at].id, FilingEnd::absent, "it does not lie there any more"}
        );
    }
    for (const auto& [folder, indices] : by_folder) {
        if (folder == task.target.name) continue;
        for (std::size_t from = 0; from < indices.size(); from += kOrdersAtOnce) {
            const std::size_t until = std::min(from + kOrdersAtOnce, indices.size());
            Filer filer{client, task, {}, {}};
            for (std::size_t at = from; at < until; ++at) {
                filer.orders.push_back(task.orders[indices[at]]);
                filer.results.push_back(results[indices[at]]);
            }
            std::string name = folder;
            const auto filed = co_await file_here(filer, std::move(name), deadline);
            if (!filed) co_return base::pass_on(filed);
            for (std::size_t at = from; at < until; ++at)
                results[indices[at]] = filer.results[at - from];
            // Made now, if it was not there before.
            for (const FilingResult& one : filer.results)
                task.target.exists = task.target.exists || one.end == FilingEnd::filed;
        }
    }
    co_return results;
}

}  // namespace inbound
