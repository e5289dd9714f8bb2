#include "socket_path.hpp"

#include <hawser/io/listener.hpp>

#include "open_socket.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

namespace hawser::inline v0::io {

namespace {

constexpr std::chrono::milliseconds unlock_look_interval{2};

// Its own memory, as this is done at an end, too.
int open_folder_of(std::string_view path) noexcept {
    std::array<char, sizeof(sockaddr_un::sun_path) + 1> folder{"."};
    const std::size_t slash = path.rfind('/');
    if (slash != std::string_view::npos) {
        const std::size_t length = std::min(std::max<std::size_t>(slash, 1), folder.size() - 1);   // "/" is one too
        std::copy_n(path.begin(), length, folder.begin());
        folder[length] = '\0';
    }
    return ::open(folder.data(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// Connects without waiting: a live server whose queue is full must not keep us. Its error, which is EAGAIN then.
int connect_to(const owned_descriptor& probe, const std::string& path) {
    const asio::local::stream_protocol::endpoint name(path);
    return ::connect(probe.number(), name.data(), static_cast<socklen_t>(name.size())) == 0 ? 0 : errno;
}

int open_probe() { return ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0); }

}   // namespace

socket_path_lock::socket_path_lock(std::string_view path, duration at_most) noexcept : folder_(open_folder_of(path)) {
    if (!folder_.is_open()) return;
    const time_point end = after(clock::now(), at_most);
    while (::flock(folder_.number(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return;   // a file system without locks
        if (clock::now() >= end) {
            failure_ = errc::path_locked;
            return;
        }
        std::this_thread::sleep_for(unlock_look_interval);
    }
}

error_code clear_socket_path(const std::string& path) {
    struct stat found{};
    if (::lstat(path.c_str(), &found) != 0) return {};   // nothing there, or bind() will say what is wrong
    if (!S_ISSOCK(found.st_mode)) return errc::address_in_use;
    const owned_descriptor probe(open_probe());
    if (!probe.is_open()) return {errno, boost::system::system_category()};
    const int error = connect_to(probe, path);
    if (error == ENOENT) return {};   // gone meanwhile
    if (error != ECONNREFUSED) return errc::address_in_use;
    ::unlink(path.c_str());
    return {};
}

socket_file::socket_file(const char* path) noexcept { static_cast<void>(::lstat(path, &made_)); }

void socket_file::remove(const char* path) const noexcept {
    struct stat found{};
    if (::lstat(path, &found) != 0 || !S_ISSOCK(found.st_mode)) return;
    if (found.st_ino == made_.st_ino && found.st_dev == made_.st_dev) ::unlink(path);
}

std::optional<int> listening_process(const address& where) {
    if (where.what != address::kind::unix_path) return std::nullopt;
    const owned_descriptor probe(open_probe());
    if (!probe.is_open() || connect_to(probe, where.path.c_str()) != 0) return std::nullopt;
    ucred theirs{};
    socklen_t size = sizeof theirs;
    const bool is_known = ::getsockopt(probe.number(), SOL_SOCKET, SO_PEERCRED, &theirs, &size) == 0 && theirs.pid > 0;
    return is_known ? std::optional<int>(theirs.pid) : std::nullopt;
}

}   // namespace hawser::io
