// Writing files of the owner so that nothing is ever lost: new ones never overwrite, changed ones
// are replaced in one step and keep a copy of what was there.
#pragma once
#include <string>

#include "base/result.h"

namespace cli {

// Makes a file of mode 0600, on the disk when this returns. already_exists, permission or storage,
// each naming the path; nothing half-written stays.
base::Result<> write_new_file(const std::string& path, const std::string& text);

// Replaces a file's text; the old one stays as "PATH.bak" (".bak2", … where that is taken). Mode
// and owner's rights stay, a symbolic link is followed. Returns the copy's path.
base::Result<std::string> replace_file(const std::string& path, const std::string& text);

// The whole file, at most `bytes_max`. not_found, permission or limit_exceeded, naming the path.
base::Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
// The same from standard input.
base::Result<std::string> read_standard_input(std::size_t bytes_max);

}  // namespace cli
