#include <tools/file.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <thread>

namespace hawser::tools {

namespace {

namespace fs = std::filesystem;

// How soon a new reader is noticed.
constexpr io::duration look_interval = std::chrono::milliseconds(10);

std::string last_error() { return std::strerror(errno); }

std::string wait_for_room(int at, io::duration patience) {
    pollfd room{.fd = at, .events = POLLOUT, .revents = 0};
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
    const int ready = ::poll(&room, 1, static_cast<int>(limit));
    if (ready == 0) return "its reader takes nothing";
    return ready < 0 && errno != EINTR ? last_error() : std::string();
}

std::string write_and_close(io::owned_descriptor& file, std::string_view text, io::duration patience) {
    std::string why = write_all(file.number(), text, patience);
    if (why.empty() && !file.close()) why = last_error();
    return why;
}

// Opening a FIFO for writing fails, or waits for ever, as long as it has no reader. So it is tried until one has come.
std::string write_into(const std::string& path, std::string_view text, io::duration patience) {
    std::error_code ignored;
    const fs::file_status leads_to = fs::status(path, ignored);
    const int making = fs::exists(leads_to) ? 0 : O_CREAT;
    const io::time_point end = io::after(io::clock::now(), patience);
    for (;;) {
        io::owned_descriptor file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | making,
                                         0666));
        if (file.is_open()) return write_and_close(file, text, patience);
        if (errno != ENXIO || !fs::is_fifo(leads_to)) return last_error();
        if (io::clock::now() >= end) return "nobody reads it";
        std::this_thread::sleep_for(look_interval);
    }
}

bool is_regular(const std::string& path) {
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() == fs::file_type::regular;
}

bool can_be_written_to(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    return flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
}

bool leads_to(int descriptor, const struct stat& file) {
    struct stat open{};
    return ::fstat(descriptor, &open) == 0 && open.st_dev == file.st_dev && open.st_ino == file.st_ino &&
           can_be_written_to(descriptor);
}

// 3 for /dev/fd/3 and /proc/self/fd/3; -1 for anything else.
int named_descriptor(const fs::path& path) {
    std::error_code none;
    const fs::path all = fs::canonical("/proc/self/fd", none);
    if (none || fs::canonical(path.parent_path(), none) != all || none) return -1;
    const std::string name = path.filename().string();
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    return error == std::errc() && end == name.data() + name.size() ? number : -1;
}

std::string append_to(int descriptor, std::string_view text) {
    std::cout.flush();   // earlier output comes first
    return write_all(descriptor, text);
}

// A mount point cannot be replaced, and neither can a file in a folder that is read-only, not ours, or sticky. But it
// may still be possible to write to the file itself.
std::string overwrite(const std::string& path, std::string_view text, int not_replaced) {
    const bool may_be_written_to = not_replaced == EBUSY || not_replaced == EACCES || not_replaced == EPERM ||
                                   not_replaced == EROFS;
    if (may_be_written_to && is_regular(path)) return write_into(path, text, {});
    return std::strerror(not_replaced);
}

// The new file has the permissions of the old one.
std::string replace(const std::string& path, std::string_view text) {
    const std::string beside = name_beside(path);
    io::owned_descriptor file = open_new(beside);
    if (!file.is_open()) return overwrite(path, text, errno);
    struct stat before{};
    if (::stat(path.c_str(), &before) == 0) static_cast<void>(::fchmod(file.number(), before.st_mode & 0777));
    std::string why = write_and_close(file, text, {});
    const int not_replaced = why.empty() && std::rename(beside.c_str(), path.c_str()) != 0 ? errno : 0;
    if (!why.empty() || not_replaced != 0) ::unlink(beside.c_str());
    return not_replaced != 0 ? overwrite(path, text, not_replaced) : why;
}

}   // namespace

std::string name_beside(const std::string& path) { return path + "." + std::to_string(::getpid()); }

io::owned_descriptor open_new(const std::string& path) {
    ::unlink(path.c_str());   // left by a killed process that had our pid
    return io::owned_descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

std::string write_all(int to, std::string_view text, io::duration patience) {
    while (!text.empty()) {
        const ssize_t count = ::write(to, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            if (std::string why = wait_for_room(to, patience); !why.empty()) return why;
        } else if (errno != EINTR) {
            return last_error();
        }
    }
    return {};
}

std::optional<int> open_descriptor(const std::string& path) {
    struct stat file{};
    if (::stat(path.c_str(), &file) != 0 || !S_ISREG(file.st_mode)) return std::nullopt;
    for (const int one : {STDOUT_FILENO, STDERR_FILENO, STDIN_FILENO, named_descriptor(path)})
        if (leads_to(one, file)) return one;
    return std::nullopt;
}

std::string write_file(const std::string& path, std::string_view text, io::duration patience) {
    if (const std::optional<int> descriptor = open_descriptor(path)) return append_to(*descriptor, text);
    std::error_code ignored;
    const bool is_plain = is_regular(path) || !fs::exists(fs::symlink_status(path, ignored));
    return is_plain ? replace(path, text) : write_into(path, text, patience);
}

}   // namespace hawser::tools
