#include "engine/moving_in.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "campaign/document_tables.h"
#include "campaign/import_documents.h"
#include "campaign/import_parents.h"
#include "campaign/suppression.h"
#include "engine/collections.h"
#include "engine/imported_reputation.h"
#include "warmup/document_tables.h"
#include "warmup/import_documents.h"

namespace engine {

namespace {

using documents::Fate;
using documents::Outcome;
using documents::Value;

constexpr std::size_t kBatch = 200;  // documents a job
constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

// Thrown at the end of a dry run's job, so that it is rolled back.
struct RolledBack : std::runtime_error {
    RolledBack() : std::runtime_error("dry run") {}
};

enum class Side { campaign, warmup };

struct Batch {
    std::vector<Value> documents;
    std::vector<std::string> positions;
    std::size_t bytes = 0;

    bool full() const { return documents.size() >= kBatch || bytes >= kBatchBytes; }
};

// Whose an `emails` document is: warmup's say so, or go to a mailbox of ours. All others may name a
// person, and stand where erasing and exporting look.
Side side_of_mail(const Value& document, const std::set<std::string>& own) {
    const std::string type = documents::text_of(document.find("email_type")).value_or("");
    if (type.starts_with("warmup")) return Side::warmup;
    if (type == "initial" || type == "followup") return Side::campaign;
    if (!documents::absent(document.find("lead_id"))) return Side::campaign;
    if (!documents::absent(document.find("campaign_id"))) return Side::campaign;
    const std::string to = documents::text_of(document.find("to_email")).value_or("");
    return own.contains(base::to_lower(base::trim(to))) ? Side::warmup : Side::campaign;
}

campaign::ImportKind campaign_kind(Collection kind) {
    switch (kind) {
        case Collection::do_not_contact:
            return campaign::ImportKind::do_not_contact;
        case Collection::campaigns:
            return campaign::ImportKind::campaigns;
        case Collection::leads:
            return campaign::ImportKind::leads;
        case Collection::email_drafts:
            return campaign::ImportKind::drafts;
        case Collection::emails:
            return campaign::ImportKind::mails;
        default:
            return campaign::ImportKind::whole;
    }
}

warmup::ImportKind warmup_kind(Collection kind) {
    switch (kind) {
        case Collection::emails:
            return warmup::ImportKind::mails;
        case Collection::warmup_email_drafts:
            return warmup::ImportKind::templates;
        case Collection::warmup_threads:
            return warmup::ImportKind::threads;
        case Collection::llm_usage:
            return warmup::ImportKind::llm_usage;
        default:
            return warmup::ImportKind::whole;
    }
}

bool is_warmups(Collection kind) {
    return kind == Collection::warmup_email_drafts || kind == Collection::warmup_threads ||
           kind == Collection::account_reputation || kind == Collection::llm_usage;
}

class MovingIn {
  public:
    MovingIn(
        store::Database& db, const mailbox::Vault& vault, base::Clock& clock, ImportOrder order
    )
        : db_(db), vault_(vault), now_(clock.now()), order_(std::move(order)) {
        for (const documents::ExportFile& file : order_.files.files) bytes_total_ += file.bytes;
    }

    base::Task<ImportReport> run() {
        std::vector<documents::ExportFile> files = order_.files.files;
        std::ranges::sort(files, [](const auto& left, const auto& right) {
            const auto place = [](const documents::ExportFile& file) {
                return std::pair(collection_named(file.collection).kind, file.path);
            };
            return place(left) < place(right);
        });
        co_await read_own_addresses();
        for (const documents::ExportFile& file : files) co_await read_file(file);
        co_await stop_leads_of_domains();
        co_return std::move(report_);
    }

  private:
    base::Task<> read_own_addresses() {
        const auto mailboxes =
            co_await db_.read(store::Role::campaign, [](store::Connection& connection) {
                return campaign::mailboxes_by_address(connection);
            });
        for (const auto& [address, id] : mailboxes) own_.insert(address);
    }

    base::Task<> read_file(documents::ExportFile file) {
        file_ = file.path;
        collection_ = collection_named(file.collection);
        has_list_ = has_list_ || collection_.kind == Collection::do_not_contact;
        counts();
        auto source = documents::open_file(file.path);
        if (!source) {
            broken("", source.error().message);
            co_return;
        }
        const auto reader = documents::read_documents(std::move(*source), file.format);
        while (auto item = reader->next()) {
            if (item->document)
                add(std::move(*item));
            else
                refuse(*item);
            progress(reader->read_of_file());
            if (campaign_.full()) co_await flush(Side::campaign);
            if (warmup_.full()) co_await flush(Side::warmup);
        }
        const bool campaign = !campaign_.documents.empty() || seen_campaign_;
        const bool warmup = !warmup_.documents.empty() || seen_warmup_;
        co_await flush(Side::campaign);
        co_await flush(Side::warmup);
        if (campaign) co_await keep_style(Side::campaign, reader->style());
        if (warmup) co_await keep_style(Side::warmup, reader->style());
        seen_campaign_ = seen_warmup_ = false;
        bytes_done_ += file.bytes;
    }

    Side side_of(const Value& document) const {
        if (collection_.kind == Collection::emails) return side_of_mail(document, own_);
        return is_warmups(collection_.kind) ? Side::warmup : Side::campaign;
    }

    void add(documents::Item item) {
        Batch& batch = side_of(*item.document) == Side::campaign ? campaign_ : warmup_;
        batch.documents.push_back(std::move(*item.document));
        batch.positions.push_back(std::move(item.position));
        batch.bytes += item.bytes;
    }

    ImportCounts& counts() {
        for (ImportCounts& one : report_.collections)
            if (one.collection == collection_.name) return one;
        report_.collections.push_back({collection_.name});
        return report_.collections.back();
    }

    void remark(ImportRemark remark) {
        if (order_.on_remark) order_.on_remark(remark);
    }

    void broken(const std::string& position, const std::string& reason) {
        report_.broken.push_back(file_ + ": " + (position.empty() ? "" : position + ": ") + reason);
        remark({file_, position, {}, reason, true});
    }

    void refuse(const documents::Item& item) {
        if (item.broken) return broken(item.position, item.reason);
        ++counts().refused;
        remark({file_, item.position, item.id, item.reason, true});
    }

    void progress(std::uint64_t read_of_file) {
        if (order_.on_progress)
            order_.on_progress(bytes_done_ + read_of_file, bytes_total_, collection_.name);
    }

    // A job that a dry run rolls back.
    template <class Work>
    base::Task<std::vector<Outcome>> run_job(store::Role role, Work work) {
        const auto outcomes = std::make_shared<std::vector<Outcome>>();
        const bool dry_run = order_.dry_run;
        bool rolled_back = false;
        try {
            co_await db_.run(role, [outcomes, work, dry_run](store::Connection& connection) {
                *outcomes = work(connection);
                if (dry_run) throw RolledBack();
            });
        } catch (const RolledBack&) {
            rolled_back = true;
        }
        CHECK(rolled_back == dry_run);
        co_return std::move(*outcomes);
    }

    base::Task<> flush(Side side) {
        Batch& open = side == Side::campaign ? campaign_ : warmup_;
        if (open.documents.empty()) co_return;
        (side == Side::campaign ? seen_campaign_ : seen_warmup_) = true;
        const auto batch = std::make_shared<const Batch>(std::exchange(open, {}));
        if (collection_.kind == Collection::account_reputation && !order_.dry_run)
            co_await add_reputation(batch);
        std::vector<Outcome> outcomes;
        if (side == Side::campaign)
            outcomes = co_await write_campaign(batch);
        else
            outcomes = co_await write_warmup(batch);
        for (std::size_t i = 0; i < outcomes.size(); ++i) note(*batch, i, outcomes[i]);
    }

    base::Task<std::vector<Outcome>> write_campaign(std::shared_ptr<const Batch> batch) {
        const campaign::ImportContext context{now_, vault_};
        const auto kind = campaign_kind(collection_.kind);
        const std::string name = collection_.name;
        return run_job(
            store::Role::campaign,
            [context, kind, name, batch](store::Connection& connection) {
                return campaign::import_documents(
                    connection, kind, name, batch->documents, context
                );
            }
        );
    }

    base::Task<std::vector<Outcome>> write_warmup(std::shared_ptr<const Batch> batch) {
        const auto kind = warmup_kind(collection_.kind);
        const std::string name = collection_.name;
        const base::Timestamp now = now_;
        return run_job(
            store::Role::warmup,
            [kind, name, now, batch](store::Connection& connection) {
                return warmup::import_documents(connection, kind, name, batch->documents, now);
            }
        );
    }

    base::Task<> add_reputation(std::shared_ptr<const Batch> batch) {
        co_await db_.run(store::Role::operator_, [batch](store::Connection& connection) {
            import_reputation(connection, batch->documents);
        });
    }

    void note(const Batch& batch, std::size_t at, const Outcome& outcome) {
        ImportCounts& sums = counts();
        switch (outcome.fate) {
            case Fate::imported:
                ++sums.imported;
                break;
            case Fate::there:
                ++sums.there;
                break;
            case Fate::differs:
                ++sums.differs;
                break;
            case Fate::set_aside:
                ++sums.set_aside;
                break;
            case Fate::refused:
                ++sums.refused;
                break;
        }
        const bool refused = outcome.fate == Fate::refused;
        std::string words = outcome.words;
        if (outcome.fate == Fate::differs)
            words = "was imported before and says something else now: left as it is";
        if (words.empty()) return;
        const auto id = documents::id_of(batch.documents[at]);
        remark({file_, batch.positions[at], id.value_or(""), words, refused});
    }

    base::Task<> keep_style(Side side, documents::Style style) {
        if (order_.dry_run) co_return;
        const std::string name = collection_.name;
        const auto role = side == Side::campaign ? store::Role::campaign : store::Role::warmup;
        const std::string_view table =
            side == Side::campaign ? campaign::kKeptTable : warmup::kKeptTable;
        co_await db_.run(role, [name, table, style](store::Connection& connection) {
            documents::keep_style(connection, table, name, to_string(style));
        });
    }

    // Leads that were here before: those of imported domains are stopped in jobs of their own, also
    // of an import that was cut off before it came to this.
    base::Task<> stop_leads_of_domains() {
        if (order_.dry_run || !has_list_) co_return;
        const campaign::DomainSet domains = co_await imported_domains();
        if (domains.empty()) co_return;
        const base::Timestamp now = now_;
        std::int64_t after = 0;
        do {
            after = co_await db_.run(
                store::Role::campaign,
                [&domains, after, now](store::Connection& connection) {
                    return campaign::stop_leads_of_domains(
                        connection, domains, "import", after, now
                    );
                }
            );
        } while (after != 0);
    }
    base::Task<campaign::DomainSet> imported_domains() {
        campaign::DomainSet domains;
        std::int64_t after = 0;
        while (true) {
            const auto page =
                co_await db_.read(store::Role::operator_, [after](store::Connection& connection) {
                    return campaign::list_suppressions(connection, "active", "domain", after);
                });
            if (page.empty()) co_return domains;
            for (const campaign::Suppression& one : page)
                if (one.reason == "import") domains.insert(one.value);
            after = page.back().id;
        }
    }

    store::Database& db_;
    const mailbox::Vault& vault_;
    base::Timestamp now_;
    ImportOrder order_;
    ImportReport report_;
    std::string file_;
    NamedCollection collection_;
    Batch campaign_;
    Batch warmup_;
    bool seen_campaign_ = false;
    bool seen_warmup_ = false;
    std::set<std::string> own_;  // addresses of our mailboxes
    bool has_list_ = false;      // of whom not to write to
    std::uint64_t bytes_total_ = 0;
    std::uint64_t bytes_done_ = 0;
};

}  // namespace

bool ImportReport::complete() const {
    return broken.empty() && std::ranges::all_of(collections, [](const ImportCounts& one) {
               return one.refused == 0;
           });
}

base::Task<ImportReport> move_in(
    store::Database& db, const mailbox::Vault& vault, base::Clock& clock, ImportOrder order
) {
    MovingIn moving(db, vault, clock, std::move(order));
    co_return co_await moving.run();
}

}  // namespace engine
