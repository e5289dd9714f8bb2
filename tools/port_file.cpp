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

// Not the log that a standard stream writes to, which is not to be removed.
bool is_regular_file(const std::string& path) {
    struct stat is {};
    return ::lstat(path.c_str(), &is) == 0 && S_ISREG(is.st_mode) && !open_descriptor(path);
}

bool is_at(const io::owned_descriptor& file, const std::string& path) {
    struct stat opened {}, there {};
    return ::fstat(file.number(), &opened) == 0 && ::lstat(path.c_str(), &there) == 0 && opened.st_dev == there.st_dev &&
           opened.st_ino == there.st_ino;
}

// Of a file that may be read or written to only, too.
io::owned_descriptor open_to_lock(const std::string& path) {
    constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    io::owned_descriptor made(::open(path.c_str(), O_RDONLY | flags));
    if (!made.is_open() && errno == EACCES) made = io::owned_descriptor(::open(path.c_str(), O_WRONLY | flags));
    return made;
}

// False if somebody else has it locked. A file system without locks says something else.
bool lock(const io::owned_descriptor& file) { return ::flock(file.number(), LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

// Locked before it has the name, which it takes only from nobody.
std::string put_in_place(const std::string& beside, const std::string& path) {
    if (::renameat2(AT_FDCWD, beside.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) == 0) return {};
    const bool knows_no_such_thing = errno == EINVAL || errno == ENOSYS;   // a file system of other machines
    if (knows_no_such_thing && std::rename(beside.c_str(), path.c_str()) == 0) return {};
    return std::strerror(errno);
}

}  // namespace

port_file::port_file(std::string path) : path_(std::move(path)) { static_cast<void>(take_what_is_there()); }

port_file::~port_file() {
    if (ours_.is_open() && is_at(ours_, path_)) remove_or_empty();
}

// Whoever has it locked may remove it: so what is at the path is still what was locked. False if it is somebody's.
bool port_file::take_what_is_there() {
    if (!is_regular_file(path_)) return true;
    io::owned_descriptor there = open_to_lock(path_);
    if (!there.is_open()) return true;   // write() will say what is wrong
    if (!lock(there)) return false;
    if (!is_at(there, path_)) return take_what_is_there();   // it was removed as we locked it
    remove_or_empty();
    if (!is_at(there, path_)) return true;
    ours_ = std::move(there);
    static_cast<void>(place_.release());
    return true;
}

std::string port_file::write(const std::vector<std::uint16_t>& ports) {
    std::string text;
    for (const std::uint16_t port : ports) text += std::to_string(port) + '\n';
    if (!ours_.is_open() && !take_what_is_there()) return "the port file " + path_ + " is that of a server that runs; name another one";
    static_cast<void>(place_.release());
    struct stat is {};
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

}  // namespace hawser::tools
