// Runs the program itself in a folder of its own, and looks at what it leaves there.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "tests/lab/process.h"

namespace e2e {

struct Outcome {
    int exit_code = -1;  // -1: it did not end in time
    std::string out;
    std::string err;
};

class Program : public testing::Test {
  protected:
    Program();
    ~Program() override;
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    // In folder(), with the environment given here and nothing else; standard input is `in`.
    Outcome run(const std::vector<std::string>& arguments, const std::string& in = {});
    // The same in two halves, for one that waits for something: `in` is a file or a FIFO, said() is
    // what it wrote to standard error so far.
    lab::Process begin(
        const std::vector<std::string>& arguments, const std::string& in = "/dev/null"
    );
    // What the latest of them has written to standard error and output so far.
    std::string said() const;
    std::string shown() const;
    Outcome end(lab::Process& process);
    // The same with --json; the document it printed, or a failure of the test.
    std::string json(const std::vector<std::string>& arguments, int exit_code = 0);
    void must(const std::vector<std::string>& arguments);
    // A store with one sender (ann@example.com, password kPassword) and one seed mailbox
    // (seed@example.org, kSeedPassword) on servers that nobody can reach.
    void set_up();
    Outcome add(const std::string& email, const std::vector<std::string>& more = {});

    const std::string& folder() const { return folder_; }
    std::string path(const std::string& name) const { return folder_ + "/" + name; }
    std::string text(const std::string& name) const;
    void put(const std::string& name, const std::string& text);
    // Replaces a text that must be there.
    void edit(const std::string& name, const std::string& from, const std::string& to);
    void edit_store(const std::string& sql);
    // Every row of every table of the store, and the configuration and key as they are.
    std::string everything() const;
    // The names of all files below folder().
    std::vector<std::string> files() const;
    // Everything that any run has printed.
    const std::string& printed() const { return printed_; }

    static constexpr const char* kPassword =
        "tulip-Gr\xC3\xBC\xC3\x9F"
        "e-0815";
    static constexpr const char* kSeedPassword = "maple-4711-orchard";

    std::map<std::string, std::string> environment;

  private:
    std::string folder_;  // the store's
    std::string home_;    // above it: standard input and output of the runs
    std::string printed_;
};

}  // namespace e2e
