// A progress bar on a terminal, nothing in a pipe.
#pragma once
#include <cstdio>
#include <string>

namespace base {

class Progress {
  public:
    // Draws to `out` only where that is a terminal (and `enabled`).
    Progress(std::FILE* out, bool enabled);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    // `done` of `total`, with a few words; redraws only when the picture changes.
    void update(std::size_t done, std::size_t total, const std::string& words);
    // Wipes the bar so that other output can follow.
    void clear();

  private:
    std::FILE* out_;
    bool drawing_;
    std::string last_;
};

}  // namespace base
