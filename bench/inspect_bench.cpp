// How many delivery reports one core reads in a second: mails in memory, GMime's parse included.
// The mails are other projects': $PILOTLIGHT_CORPORA/bounces. The time is the process's own CPU
// time, so that a busy machine does not count.
//
//   inspect_bench [ROUNDS]
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "inbound/classify.h"
#include "mime/message.h"

namespace {

namespace fs = std::filesystem;

std::vector<std::string> mails_in(const fs::path& folder) {
    std::vector<fs::path> paths;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const fs::path kind = entry.path().extension();
        const bool about_them = entry.path().filename() == "SOURCE.txt";
        if (entry.is_regular_file() && (kind == ".eml" || kind == ".txt") && !about_them)
            paths.push_back(entry.path());
    }
    std::ranges::sort(paths);
    std::vector<std::string> mails;
    for (const fs::path& path : paths) {
        std::ifstream in(path, std::ios::binary);
        mails.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
    return mails;
}

double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

struct Spent {
    double parse = 0;
    double classify = 0;
    std::size_t reports = 0;
    double whole() const { return parse + classify; }
};

Spent one_round(const std::vector<std::string>& mails) {
    Spent spent;
    std::vector<mime::Message> messages;
    messages.reserve(mails.size());
    const double begin = cpu_seconds();
    for (const std::string& mail : mails) messages.push_back(mime::read_message(mail));
    const double parsed = cpu_seconds();
    for (const mime::Message& message : messages)
        spent.reports += inbound::classify(message).bounces.empty() ? 0 : 1;
    spent.parse = parsed - begin;
    spent.classify = cpu_seconds() - parsed;
    return spent;
}

}  // namespace

int main(int argc, char** argv) {
    const char* corpora = std::getenv("PILOTLIGHT_CORPORA");
    if (corpora == nullptr) {
        fmt::print("inspect_bench: skipped, PILOTLIGHT_CORPORA is not set\n");
        return 0;
    }
    const std::vector<std::string> mails = mails_in(fs::path(corpora) / "bounces");
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 40;
    std::vector<Spent> all;
    for (int round = 0; round < rounds; ++round) all.push_back(one_round(mails));
    std::ranges::sort(all, {}, &Spent::whole);
    const auto count = static_cast<double>(mails.size());
    for (const auto& [name, spent] :
         {std::pair("median", all[all.size() / 2]), std::pair("best", all.front())})
        fmt::print(
            "inspect: {} of {} rounds, {} mails ({} reports): {:.1f} µs of CPU a mail (parse "
            "{:.1f}, "
            "classify {:.1f}), {:.0f} mails a second on one core\n",
            name,
            rounds,
            mails.size(),
            spent.reports,
            1e6 * spent.whole() / count,
            1e6 * spent.parse / count,
            1e6 * spent.classify / count,
            count / spent.whole()
        );
    return 0;
}
