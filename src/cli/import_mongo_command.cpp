// `pilotlight import mongo PATH`: what another system exported, into the store.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <cstdio>
#include <optional>

#include "base/progress.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "engine/moving_in.h"

namespace cli {

namespace {

constexpr std::size_t kShownMax = 20;        // remarks on a screen
constexpr std::size_t kInDocumentMax = 500;  // and in the JSON document; --report has all

boost::json::object to_json(const engine::ImportRemark& remark) {
    return {
        {"file", base::printable(remark.file, 1000)},
        {"position", remark.position},
        {"id", base::printable(remark.id, 200)},
        {"reason", base::printable(remark.reason, 1000)},
        {"refused", remark.refused}
    };
}

// Every remark, one JSON document a line, in a file of its owner's alone.
class ReportFile {
  public:
    static base::Result<ReportFile> open(const std::string& path) {
        if (path.empty()) return ReportFile();
        auto file = NewFile::open(path);
        if (!file) return base::pass_on(file);
        ReportFile report;
        report.file_.emplace(std::move(*file));
        return report;
    }
    void add(const engine::ImportRemark& remark) {
        if (file_) file_->add(boost::json::serialize(to_json(remark)) + "\n");
    }
    base::Result<> end() { return file_ ? file_->end() : base::Result<>(); }

  private:
    std::optional<NewFile> file_;
};

// What was said about documents: the first of it, and how much there was.
struct Remarks {
    std::vector<engine::ImportRemark> first;
    std::int64_t refused = 0;
    std::int64_t all = 0;

    void add(const engine::ImportRemark& remark) {
        ++all;
        if (remark.refused) ++refused;
        if (first.size() < kInDocumentMax) first.push_back(remark);
    }
};

struct Done {
    engine::ImportReport report;
    Remarks remarks;
    std::vector<std::string> left;
    bool dry_run = false;
    std::string report_path;
};

void print_json(const Done& done) {
    boost::json::array collections;
    for (const engine::ImportCounts& one : done.report.collections)
        collections.push_back(
            {{"collection", one.collection},
             {"imported", one.imported},
             {"there", one.there},
             {"differs", one.differs},
             {"kept_whole", one.set_aside},
             {"refused", one.refused}}
        );
    boost::json::array remarks;
    for (const engine::ImportRemark& remark : done.remarks.first)
        remarks.push_back(to_json(remark));
    const boost::json::object document = {
        {"dry_run", done.dry_run},
        {"complete", done.report.complete()},
        {"collections", collections},
        {"broken_files", boost::json::value_from(done.report.broken)},
        {"remarks", remarks},
        {"remarks_in_all", done.remarks.all},
        {"files_left", boost::json::value_from(done.left)}
    };
    print(boost::json::serialize(document) + "\n");
}

std::string words_of(const engine::ImportRemark& remark) {
    std::string out = "  " + base::printable(remark.file, 300);
    if (!remark.position.empty()) out += ", " + remark.position;
    if (!remark.id.empty()) out += ", id " + base::printable(remark.id, 100);
    return out + ": " + base::printable(remark.reason, 300) + "\n";
}

std::string remarks_in_words(const Done& done) {
    std::string refused;
    std::string other;
    std::size_t shown = 0;
    for (const engine::ImportRemark& remark : done.remarks.first)
        if (++shown <= kShownMax) (remark.refused ? refused : other) += words_of(remark);
    std::string out;
    if (!refused.empty()) out += "\nNot taken:\n" + refused;
    if (!other.empty()) out += "\nTo know:\n" + other;
    if (done.remarks.all > static_cast<std::int64_t>(kShownMax))
        out += fmt::format(
            "  … {} in all{}\n",
            done.remarks.all,
            done.report_path.empty() ? ": --report FILE writes them all"
                                     : ", see " + done.report_path
        );
    return out;
}

void print_text(const Done& done) {
    std::vector<std::vector<std::string>> rows = {
        {"collection",
         done.dry_run ? "would be new" : "new",
         "there before",
         "says something else",
         "kept whole",
         "refused"}
    };
    for (const engine::ImportCounts& one : done.report.collections)
        rows.push_back(
            {one.collection,
             std::to_string(one.imported),
             std::to_string(one.there),
             std::to_string(one.differs),
             std::to_string(one.set_aside),
             std::to_string(one.refused)}
        );
    std::string text = table(rows) + remarks_in_words(done);
    for (const std::string& path : done.left)
        if (!path.ends_with(".metadata.json") && !path.ends_with(".metadata.json.gz"))
            text += "left: " + base::printable(path, 300) + " is no file of documents\n";
    text += done.dry_run ? "\nNothing was written (--dry-run).\n"
                         : "\nCampaigns that came are paused: look at them, then start them.\n";
    print(text);
}

base::Result<documents::ExportFiles> files_of(const Invocation& invocation) {
    auto found = documents::find_export_files(invocation.positional("PATH"));
    const auto collection = invocation.option("--collection");
    if (!found || !collection) return found;
    if (found->files.size() != 1)
        return base::fail(
            base::ErrorCode::invalid_input, "usage", "--collection goes with a single file"
        );
    found->files.front().collection = *collection;
    return found;
}

base::Result<int> run(const Invocation& invocation) {
    auto files = files_of(invocation);
    if (!files) return base::pass_on(files);
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    auto report_file = ReportFile::open(invocation.text("--report"));
    if (!report_file) return base::pass_on(report_file);
    base::Progress bar(stderr, true);
    Done done;
    done.left = files->left;
    done.dry_run = invocation.flag("--dry-run");
    done.report_path = invocation.text("--report");
    engine::ImportOrder order;
    order.files = std::move(*files);
    order.dry_run = done.dry_run;
    order.on_remark = [&](const engine::ImportRemark& remark) {
        done.remarks.add(remark);
        report_file->add(remark);
    };
    order.on_progress = [&](std::uint64_t read, std::uint64_t all, const std::string& what) {
        bar.update(read, all, what);
    };
    engine::Runtime& world = **runtime;
    done.report =
        world.run(engine::move_in(world.db(), world.vault(), world.clock(), std::move(order)));
    bar.clear();
    if (invocation.json)
        print_json(done);
    else
        print_text(done);
    if (const auto ended = report_file->end(); !ended) return base::pass_on(ended);
    return done.report.complete() ? 0 : 1;
}

}  // namespace

Command import_mongo_command() {
    return {
        .path = "import mongo",
        .summary = "take over the collections of an existing system",
        .help =
            "Reads files of mongoexport (Extended JSON, any version, a list or one document a "
            "line) and\n"
            "of mongodump (*.bson), gzipped or not; PATH is one of them or a folder with them. "
            "The\n"
            "collection is told by the file's name: campaigns, leads, email_drafts, emails,\n"
            "warmup_email_drafts, warmup_threads, account_reputation, llm_usage, and lists such "
            "as\n"
            "do_not_contact. Documents of other collections, and fields that nothing here knows, "
            "are kept\n"
            "and given back by `pilotlight export`.\n"
            "\n"
            "A draft that was `claimed` becomes in_doubt, since nobody knows whether it left. A "
            "lead that\n"
            "was written to goes on with its next follow-up, from the same account; its campaign "
            "waits\n"
            "until you start it. Doing it again changes nothing, so an import that was stopped is "
            "gone on\n"
            "with by the same command. Exit 1 where a document was refused or a file is damaged; "
            "all\n"
            "others are in.\n"
            "\n"
            "Archives (mongodump --archive) are not read: dump into a folder.\n"
            "\n"
            "Examples:\n"
            "  pilotlight import mongo dump/ --dry-run --report refused.ndjson\n"
            "  pilotlight import mongo dump/\n"
            "  pilotlight import mongo leads-2025.json --collection leads\n",
        .positionals = {{.name = "PATH", .help = "a file, or a folder with files"}},
        .options =
            {{.name = "--dry-run", .value = "", .help = "say what would be done, write nothing"},
             {.name = "--report",
              .value = "FILE",
              .help = "every refused document with file, position, id and reason, one JSON "
                      "document a line"},
             {.name = "--collection",
              .value = "NAME",
              .help = "of a single file whose name does not tell"}},
        .run = run,
    };
}

}  // namespace cli
