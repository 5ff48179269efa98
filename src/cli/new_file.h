// Writing files of the owner so that nothing is ever lost: new ones never overwrite, changed ones
// are replaced in one step and keep a copy of what was there.
#pragma once
#include <cstdio>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cli {

// Makes a file of mode 0600, on the disk when this returns. already_exists, permission or storage,
// each naming the path; nothing half-written stays.
base::Result<> write_new_file(const std::string& path, const std::string& text);

// The same, written piece by piece. Nothing of it stays unless `end` was called.
class NewFile {
  public:
    // `whole_only`: until its end it lies beside its name, as PATH.part.
    static base::Result<NewFile> open(const std::string& path, bool whole_only = false);
    NewFile(NewFile&& other) noexcept;
    NewFile& operator=(NewFile&&) = delete;
    ~NewFile();

    void add(std::string_view text);
    // On the disk, under its name; an error of an earlier `add` comes here.
    base::Result<> end();

  private:
    NewFile(std::FILE* file, std::string path, std::string written)
        : file_(file), path_(std::move(path)), written_(std::move(written)) {}

    std::FILE* file_;
    std::string path_;
    std::string written_;  // where it lies until its end
    bool failed_ = false;
};

// Replaces a file's text; the old one stays as "PATH.bak" (".bak2", … where that is taken). Mode
// and owner's rights stay, a symbolic link is followed. Returns the copy's path.
base::Result<std::string> replace_file(const std::string& path, const std::string& text);

// The whole file, at most `bytes_max`. not_found, permission or limit_exceeded, naming the path.
base::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// The same from standard input.
base::Result<std::string> read_standard_input(std::size_t bytes_max);

}  // namespace cli
