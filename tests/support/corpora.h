// Tests that measure against mail of other projects: it lies outside of this repository, where
// PILOTLIGHT_CORPORA says, and is never copied into it. Without the variable they are skipped with
// one line.
#pragma once
#include <boost/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace support {

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The objects of a .jsonl file, one a line. Labels of others may hold what JSON can't (half a
// surrogate pair): such lines are counted in `broken`, and where it is null they fail the test.
inline std::vector<boost::json::object> read_labels(
    const std::filesystem::path& path, std::size_t* broken = nullptr
) {
    std::vector<boost::json::object> labels;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        boost::json::error_code problem;
        boost::json::value parsed = boost::json::parse(line, problem);
        if (problem && broken == nullptr) ADD_FAILURE() << path << ": " << line;
        if (problem && broken != nullptr) ++*broken;
        if (!problem) labels.push_back(std::move(parsed.as_object()));
    }
    return labels;
}

// How many of all were right.
struct Share {
    std::size_t right = 0;
    std::size_t all = 0;

    void operator+=(const Share& other) {
        right += other.right;
        all += other.all;
    }
    void count(bool is_right) {
        ++all;
        right += is_right ? 1 : 0;
    }
    double value() const {
        return all == 0 ? 0 : static_cast<double>(right) / static_cast<double>(all);
    }
};

// `needed`: what has to lie in the folder, such as "replies".
class CorporaTest : public testing::Test {
  protected:
    explicit CorporaTest(std::filesystem::path needed) : needed_(std::move(needed)) {}

    void SetUp() override {
        const char* folder = std::getenv("PILOTLIGHT_CORPORA");
        if (folder == nullptr)
            GTEST_SKIP(
            ) << "skipped: PILOTLIGHT_CORPORA is not set (the folder of third-party mail)";
        root_ = folder;
        ASSERT_TRUE(std::filesystem::exists(root_ / needed_)) << root_ << " has no " << needed_;
    }

    std::filesystem::path root_;

  private:
    std::filesystem::path needed_;
};

}  // namespace support
