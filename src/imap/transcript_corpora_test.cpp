// Feeds recorded server dialogues of many kinds to reader and parser. The set lies outside the
// project; without it the test is skipped.
#include <cstdio>

#include "base/text.h"
#include "imap/test_corpora.h"
#include "imap/test_frames.h"

namespace imap {
namespace {

// The files were stored with bare LF; their literal sizes count CRLF.
std::string with_crlf(const std::string& text) {
    return base::replace_all(base::replace_all(text, "\r\n", "\n"), "\n", "\r\n");
}

struct Tally {
    int responses = 0;
    int ignored = 0;
    std::vector<std::string> malformed;
};

Tally tally(const std::string& bytes, std::size_t piece_bytes) {
    Tally out;
    ResponseReader reader;
    for (std::size_t at = 0; at < bytes.size(); at += piece_bytes) {
        std::string_view piece = std::string_view(bytes).substr(at, piece_bytes);
        while (!piece.empty()) {
            base::Result<std::optional<Frame>> frame = reader.next(piece);
            if (!frame) {
                out.malformed.push_back(frame.error().describe());
                return out;
            }
            if (!*frame) break;
            ++out.responses;
            const Response response = parse_response(std::move(**frame));
            out.ignored += std::holds_alternative<Ignored>(response);
            if (const auto* broken = std::get_if<Malformed>(&response))
                out.malformed.push_back(broken->error.describe());
        }
    }
    if (!reader.idle()) out.malformed.push_back("the file ends inside a response");
    return out;
}

TEST(ImapCorpora, RecordedDialoguesParse) {
    const std::filesystem::path path = corpora() / "transcripts" / "imap";
    if (corpora().empty()) GTEST_SKIP() << "PILOTLIGHT_CORPORA is not set: dialogues not parsed";
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
        if (entry.path().extension() == ".txt") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    Tally all;
    for (const std::filesystem::path& file : files) {
        const std::string bytes = with_crlf(read_file(file));
        const Tally one = tally(bytes, bytes.size() + 1);
        const Tally pieces = tally(bytes, 7);
        EXPECT_EQ(one.responses, pieces.responses) << file;
        EXPECT_EQ(one.malformed, pieces.malformed) << file;
        all.responses += one.responses;
        all.ignored += one.ignored;
        for (const std::string& problem : one.malformed) {
            all.malformed.push_back(problem);
            std::printf("imap transcripts: %s: %s\n", file.filename().c_str(), problem.c_str());
        }
        // Its literal was recorded as three bytes shorter than it is, so nobody who counts can read
        // what comes behind it.
        if (file.filename() != "headers.1+unsolicited-info.txt")
            EXPECT_EQ(one.malformed, std::vector<std::string>{}) << file;
    }
    std::printf(
        "imap transcripts: %zu files, %d responses, %d of no use to us, %zu malformed\n",
        files.size(),
        all.responses,
        all.ignored,
        all.malformed.size()
    );
    EXPECT_GT(all.responses, 0);
}

}  // namespace
}  // namespace imap
