#include <tools/output_file.hpp>

#include <tools/file.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace hawser::tools {

namespace {

namespace files = std::filesystem;

files::path folder_of(const files::path& path) {
    return path.has_parent_path() ? path.parent_path() : files::path(".");
}

// The folder must be writable, as the file is replaced or made there.
std::optional<std::string> unwritable_folder(const files::path& folder) {
    std::error_code error;
    const files::file_status is = files::status(folder, error);
    const std::string name = folder.string();
    if (!files::exists(is)) return "there is no folder " + name + "; make it, or name another file";
    if (!files::is_directory(is)) return name + " is no folder; name another file";
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return std::nullopt;
    return "in the folder " + name + ": " + std::strerror(errno) + "; name another file";
}

// In a sticky folder, such as /tmp, only the owner can replace a file.
bool is_kept_for_its_owner(const struct stat& file, const struct stat& folder) {
    const uid_t we = ::geteuid();
    return (folder.st_mode & S_ISVTX) != 0 && we != 0 && we != file.st_uid && we != folder.st_uid;
}

// For a regular file. If this guess is wrong, write_file() reports it later.
bool can_be_replaced(const files::path& path) {
    const files::path in = folder_of(path);
    struct stat file{}, folder{};
    if (::lstat(path.c_str(), &file) == 0 && ::stat(in.c_str(), &folder) == 0 && is_kept_for_its_owner(file, folder))
        return false;
    struct statx more{};
    const bool is_known = ::statx(AT_FDCWD, path.c_str(), AT_SYMLINK_NOFOLLOW, 0, &more) == 0;
    const bool is_mount_point = is_known && (more.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;   // since Linux 5.8
    return !is_mount_point && !unwritable_folder(in);
}

}   // namespace

std::optional<std::string> unwritable(const std::string& path) {
    std::error_code error;
    const files::file_status is = files::status(path, error);
    if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory)
        return error.message() + "; name another file";
    if (files::is_directory(is) || path.ends_with('/')) return "it is a folder; name a file in it";
    if (files::is_socket(is)) return "it is a socket; name another file";
    if (open_descriptor(path)) return std::nullopt;
    const bool is_link = files::is_symlink(files::symlink_status(path, error));
    // Written to as it is.
    if (files::exists(is) && (is_link || !files::is_regular_file(is) || !can_be_replaced(path))) {
        if (::access(path.c_str(), W_OK) == 0) return std::nullopt;
        return std::string(std::strerror(errno)) + "; name another file";
    }
    const files::path target = is_link ? folder_of(path) / files::read_symlink(path, error) : files::path(path);
    return unwritable_folder(folder_of(target));
}

bool is_one_file(const std::string& path, const std::string& other) {
    std::error_code error;
    const files::file_status is = files::status(path, error);
    if (files::exists(is) && !files::is_regular_file(is)) return false;
    return files::weakly_canonical(path, error) == files::weakly_canonical(other, error);
}

value_parser into_output_file(std::string& value) {
    return [&value](const std::string& text) {
        value = text;
        if (text.empty()) return false;
        if (const auto why = unwritable(text)) throw std::invalid_argument(text + " cannot be written: " + *why);
        return true;
    };
}

}   // namespace hawser::tools
