#include <tools/port_file.hpp>

#include <tools/file.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace hawser::tools {

namespace {

// False for a file that a standard stream writes to: that must not be removed.
bool is_regular_file(const std::string& path) {
    struct stat is{};
    return ::lstat(path.c_str(), &is) == 0 && S_ISREG(is.st_mode) && !open_descriptor(path);
}

bool is_at(const io::owned_descriptor& file, const std::string& path) {
    struct stat opened{}, there{};
    return ::fstat(file.number(), &opened) == 0 && ::lstat(path.c_str(), &there) == 0 &&
           opened.st_dev == there.st_dev && opened.st_ino == there.st_ino;
}

// Also works for a file that may only be read, or only be written to.
io::owned_descriptor open_to_lock(const std::string& path) {
    constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    io::owned_descriptor opened(::open(path.c_str(), O_RDONLY | flags));
    if (!opened.is_open() && errno == EACCES) opened = io::owned_descriptor(::open(path.c_str(), O_WRONLY | flags));
    return opened;
}

// False if another process has it locked. True on a file system without locks.
bool lock(const io::owned_descriptor& file) {
    return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

// The file is locked before it gets the name, and it does not replace a file of that name.
std::string put_in_place(const std::string& beside, const std::string& path) {
    if (::renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return {};
    const bool knows_no_such_thing = errno == EINVAL || errno == ENOSYS;   // for example a network file system
    if (knows_no_such_thing && std::rename(beside.c_str(), path.c_str()) == 0) return {};
    return std::strerror(errno);
}

}   // namespace

port_file::port_file(std::string path) : path_(std::move(path)) { static_cast<void>(take_what_is_there()); }

port_file::~port_file() {
    if (ours_.is_open() && is_at(ours_, path_)) remove_or_empty();
}

// Removes what an earlier run has left. False if a running server has it locked. After locking, checks that the path
// still names the locked file: the former owner of the lock may have removed it.
bool port_file::take_what_is_there() {
    if (!is_regular_file(path_)) return true;
    io::owned_descriptor there = open_to_lock(path_);
    if (!there.is_open()) return true;   // write() will say what is wrong
    if (!lock(there)) return false;
    if (!is_at(there, path_)) return take_what_is_there();   // it was removed before we had the lock
    remove_or_empty();
    if (!is_at(there, path_)) return true;
    ours_ = std::move(there);
    static_cast<void>(reserved_.release());
    return true;
}

std::string port_file::write(const std::vector<std::uint16_t>& ports) {
    std::string text;
    for (const std::uint16_t port : ports) text += std::to_string(port) + '\n';
    if (!ours_.is_open() && !take_what_is_there())
        return "the port file " + path_ + " is that of a server that runs; name another one";
    static_cast<void>(reserved_.release());
    struct stat is{};
    const bool is_no_file = ::lstat(path_.c_str(), &is) == 0 && !is_regular_file(path_);
    const std::string why = is_no_file || ours_.is_open() ? write_file(path_, text) : make(text);
    return why.empty() ? why : "cannot write the port file " + path_ + ": " + why;
}

std::string port_file::make(const std::string& text) {
    const std::string beside = name_beside(path_);
    io::owned_descriptor file = open_new(beside);
    if (!file.is_open()) return std::strerror(errno);
    static_cast<void>(lock(file));
    std::string why = write_all(file.number(), text);
    if (why.empty()) why = put_in_place(beside, path_);
    if (why.empty()) ours_ = std::move(file);
    else ::unlink(beside.c_str());
    return why;
}

void port_file::remove_or_empty() const noexcept {
    if (::unlink(path_.c_str()) != 0) static_cast<void>(::truncate(path_.c_str(), 0));
}

}   // namespace hawser::tools
