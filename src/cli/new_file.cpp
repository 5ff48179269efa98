#include "cli/new_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace cli {

namespace {

std::unexpected<base::Error> problem(base::ErrorCode code, std::string words) {
    return base::fail(code, "file", std::move(words));
}

std::unexpected<base::Error> cannot(const char* what, const std::string& path, int number) {
    const bool storage = number == ENOSPC || number == EIO || number == EDQUOT;
    return problem(
        storage ? base::ErrorCode::storage : base::ErrorCode::permission,
        fmt::format("can't {} {}: {}", what, path, std::strerror(number))
    );
}

bool write_all(int file, const std::string& text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t count = ::write(file, text.data() + done, text.size() - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += static_cast<std::size_t>(count);
    }
    return ::fsync(file) == 0;
}

// The names of a folder's files reach the disk with the folder.
void sync_folder_of(const std::string& path) {
    const std::string parent = std::filesystem::path(path).parent_path().string();
    const int folder =
        ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

std::unexpected<base::Error> exists(const std::string& path) {
    return problem(
        base::ErrorCode::already_exists, fmt::format("{} is there already: name another", path)
    );
}

// One that was not there; a symbolic link is there.
base::Result<int> open_new_file(const std::string& path, mode_t mode) {
    const int file =
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (file < 0 && errno == EEXIST) return exists(path);
    if (file < 0) return cannot("write", path, errno);
    return file;
}

base::Result<> make(const std::string& path, const std::string& text, mode_t mode) {
    const base::Result<int> file = open_new_file(path, mode);
    if (!file) return base::pass_on(file);
    const bool written = write_all(*file, text) && ::fchmod(*file, mode) == 0;
    const int number = errno;
    ::close(*file);
    if (written) return {};
    ::unlink(path.c_str());
    return cannot("write", path, number);
}

std::string free_backup_name(const std::string& path) {
    std::error_code error;
    for (int number = 1;; ++number) {
        const std::string name = path + ".bak" + (number == 1 ? "" : std::to_string(number));
        if (!std::filesystem::exists(std::filesystem::symlink_status(name, error))) return name;
    }
}

base::Result<std::string> read_all(int file, const std::string& name, std::size_t bytes_max) {
    std::string text;
    std::string piece(1 << 16, '\0');
    while (true) {
        const ssize_t count = ::read(file, piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return cannot("read", name, errno);
        if (count == 0) return text;
        text.append(piece, 0, static_cast<std::size_t>(count));
        if (text.size() > bytes_max)
            return problem(
                base::ErrorCode::limit_exceeded,
                fmt::format("{} is larger than {} MiB", name, bytes_max >> 20)
            );
    }
}

}  // namespace

base::Result<NewFile> NewFile::open(const std::string& path, bool whole_only) {
    const std::string written = whole_only ? path + ".part" : path;
    if (whole_only) {
        std::error_code error;
        if (std::filesystem::exists(std::filesystem::symlink_status(path, error)))
            return exists(path);
        // What a run that was cut off has left.
        ::unlink(written.c_str());
    }
    const base::Result<int> number = open_new_file(written, 0600);
    if (!number) return base::pass_on(number);
    std::FILE* file = ::fdopen(*number, "wb");
    if (file) return NewFile(file, path, written);
    const int why = errno;
    ::close(*number);
    ::unlink(written.c_str());
    return cannot("write", path, why);
}

NewFile::NewFile(NewFile&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      path_(std::move(other.path_)),
      written_(std::move(other.written_)),
      failed_(other.failed_) {}

NewFile::~NewFile() {
    if (!file_) return;
    std::fclose(file_);
    ::unlink(written_.c_str());
}

void NewFile::add(std::string_view text) {
    failed_ = std::fwrite(text.data(), 1, text.size(), file_) != text.size() || failed_;
}

base::Result<> NewFile::end() {
    const bool written = std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0 && !failed_;
    if (!written) return cannot("write", path_, errno);
    if (written_ != path_ &&
        ::renameat2(AT_FDCWD, written_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE) != 0)
        return errno == EEXIST ? base::Result<>(exists(path_)) : cannot("write", path_, errno);
    std::fclose(std::exchange(file_, nullptr));
    sync_folder_of(path_);
    return {};
}

base::Result<> write_new_file(const std::string& path, const std::string& text) {
    base::Result<> made = make(path, text, 0600);
    if (made) sync_folder_of(path);
    return made;
}

base::Result<std::string> replace_file(const std::string& path, const std::string& text) {
    std::error_code error;
    const std::string target = std::filesystem::canonical(path, error).string();
    if (error) return cannot("read", path, error.value());
    const base::Result<std::string> before = read_file(target, 1 << 24);
    if (!before) return before;
    struct stat state = {};
    if (::stat(target.c_str(), &state) != 0) return cannot("read", target, errno);
    const mode_t mode = state.st_mode & 0777;
    const std::string backup = free_backup_name(target);
    const base::Result<> kept = make(backup, *before, mode);
    if (!kept) return base::pass_on(kept);
    const std::string next = fmt::format("{}.{}.new", target, ::getpid());
    const base::Result<> made = make(next, text, mode);
    if (!made) return base::pass_on(made);
    if (::rename(next.c_str(), target.c_str()) != 0) {
        const int number = errno;
        ::unlink(next.c_str());
        return cannot("replace", target, number);
    }
    sync_folder_of(target);
    return backup;
}

base::Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
        return problem(base::ErrorCode::not_found, fmt::format("there is no file {}", path));
    if (file < 0) return cannot("read", path, errno);
    base::Result<std::string> text = read_all(file, path, bytes_max);
    ::close(file);
    return text;
}

base::Result<std::string> read_standard_input(std::size_t bytes_max) {
    return read_all(STDIN_FILENO, "standard input", bytes_max);
}

}  // namespace cli
