// `pilotlight export`: everything out, as NDJSON or CSV.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/document_writer.h"
#include "cli/mailbox_lookup.h"
#include "cli/new_file.h"
#include "cli/output.h"
#include "engine/moving_out.h"

namespace cli {

namespace {

namespace fs = std::filesystem;

struct Order {
    bool csv = false;
    std::string folder;  // empty: standard output
    std::vector<std::string> collections;
    bool one = false;                       // a single collection was asked for
    std::optional<documents::Style> style;  // nothing: as each collection came
};

struct Written {
    std::string collection;
    std::int64_t documents = 0;
    std::string path;
};

// A name as a file may have it: what else another system allowed is written as %XX.
std::string file_name_of(const std::string& collection) {
    std::string name;
    for (const char c : collection) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '-' ||
                           (c == '.' && !name.empty());
        name += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return name;
}

std::unexpected<base::Error> cannot_write(const std::string& path) {
    return base::fail(
        base::ErrorCode::storage, "export", base::printable(path, 300) + " can't be written"
    );
}

// Lines to a file, or to standard output; a file appears under its name when it is whole.
class Lines {
  public:
    static base::Result<Lines> open(const std::string& path) {
        Lines lines;
        if (path.empty()) return lines;
        auto file = NewFile::open(path, true);
        if (!file) return base::pass_on(file);
        lines.file_.emplace(std::move(*file));
        return lines;
    }
    void add(std::string line) {
        line += '\n';
        if (file_) return file_->add(line);
        failed_ = std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || failed_;
    }
    base::Result<> end() {
        if (file_) return file_->end();
        if (std::fflush(stdout) != 0 || failed_) return cannot_write("standard output");
        return {};
    }

  private:
    std::optional<NewFile> file_;
    bool failed_ = false;
};

base::Result<Order> order_of(const Invocation& invocation, engine::Runtime& runtime) {
    Order order;
    order.csv = invocation.text("--format", "ndjson") == "csv";
    order.folder = invocation.text("--out");
    order.style = documents::parse_style(invocation.text("--types"));
    order.collections = runtime.run(engine::list_collections(runtime.db()));
    const auto one = invocation.option("--collection");
    order.one = one.has_value();
    if (order.csv && order.folder.empty() && !order.one)
        return base::fail(
            base::ErrorCode::invalid_input,
            "usage",
            "CSV has one table a file: name a folder with --out, or one with --collection"
        );
    if (!one) return order;
    if (std::ranges::find(order.collections, *one) == order.collections.end())
        return base::fail(
            base::ErrorCode::not_found,
            "export",
            fmt::format(
                "there is no collection {}; there are: {}",
                base::printable(*one, 100),
                base::join(order.collections, ", ")
            )
        );
    order.collections = {*one};
    return order;
}

base::Result<Written> write_one(
    engine::Runtime& runtime, const Order& order, const std::string& collection
) {
    Written written{collection, 0, {}};
    if (!order.folder.empty())
        written.path =
            order.folder + "/" + file_name_of(collection) + (order.csv ? ".csv" : ".ndjson");
    auto lines = Lines::open(written.path);
    if (!lines) return base::pass_on(lines);
    const documents::Style style =
        order.style ? *order.style
                    : runtime.run(engine::style_of_collection(runtime.db(), collection));
    const std::vector<std::string> fields = engine::usual_fields(collection);
    // All collections in one stream: each line says which it belongs to.
    const bool named = order.folder.empty() && !order.one;
    const std::string before = R"({"collection":)" +
                               boost::json::serialize(boost::json::string(collection)) +
                               R"(,"document":)";
    if (order.csv) lines->add(csv_heading(fields));
    written.documents = runtime.run(engine::for_each_document(
        runtime.db(),
        collection,
        [&](const documents::Value& document) {
            if (order.csv) return lines->add(csv_line(document, fields));
            const std::string line = ndjson_line(document, style);
            lines->add(named ? before + line + "}" : line);
        }
    ));
    const base::Result<> ended = lines->end();
    if (!ended) return base::pass_on(ended);
    return written;
}

void print_written(const std::vector<Written>& all, const std::string& folder, bool json) {
    if (json) {
        boost::json::array list;
        for (const Written& one : all)
            list.push_back(
                {{"collection", one.collection}, {"documents", one.documents}, {"file", one.path}}
            );
        return print(boost::json::serialize(boost::json::object{{"collections", list}}) + "\n");
    }
    std::vector<std::vector<std::string>> rows = {{"collection", "documents", "file"}};
    for (const Written& one : all)
        rows.push_back({one.collection, std::to_string(one.documents), one.path});
    print(table(rows) + "\nAddresses and texts of people stand in " + folder + ": keep it safe.\n");
}

base::Result<int> run(const Invocation& invocation) {
    const auto runtime = open_runtime(invocation);
    if (!runtime) return base::pass_on(runtime);
    const base::Result<Order> order = order_of(invocation, **runtime);
    if (!order) return base::pass_on(order);
    if (!order->folder.empty()) {
        std::error_code error;
        const bool made = fs::create_directories(order->folder, error);
        if (error) return cannot_write(order->folder);
        if (made) fs::permissions(order->folder, fs::perms(0700), error);
    }
    std::vector<Written> all;
    for (const std::string& collection : order->collections) {
        const base::Result<Written> written = write_one(**runtime, *order, collection);
        if (!written) return base::pass_on(written);
        all.push_back(*written);
    }
    if (!order->folder.empty()) print_written(all, order->folder, invocation.json);
    return 0;
}

}  // namespace

Command export_command() {
    return {
        .path = "export",
        .summary = "everything out, as NDJSON or CSV",
        .help =
            "Gives the collections back as they came with `import mongo`, field for field and with "
            "their\n"
            "original words, and all that was added since in the same shape. What has no such "
            "shape, such\n"
            "as replies, suppressions and the ledger, follows in collections named pilotlight_…. "
            "Passwords\n"
            "and tokens are never exported.\n"
            "\n"
            "With --out each collection is a file of that folder. Without, documents go to "
            "standard output:\n"
            "those of one collection as they are, those of all with the collection's name around "
            "each.\n"
            "\n"
            "Examples:\n"
            "  pilotlight export --out backup-2026-11\n"
            "  pilotlight export --collection leads --format csv > leads.csv\n"
            "  pilotlight export --collection email_drafts | wc -l\n",
        .positionals = {},
        .options =
            {{.name = "--format",
              .value = "FORMAT",
              .help = "ndjson (one document a line) or csv",
              .choices = {"ndjson", "csv"}},
             {.name = "--out", .value = "DIR", .help = "a folder for one file each"},
             {.name = "--collection", .value = "NAME", .help = "only this one"},
             {.name = "--types",
              .value = "STYLE",
              .help = "Extended JSON with all types (canonical), readable (relaxed) or as before "
                      "version 4.2 (v1); as each collection came where not said",
              .choices = {"canonical", "relaxed", "v1"}}},
        .run = run,
    };
}

}  // namespace cli
