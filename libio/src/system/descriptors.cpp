#include <hawser/io/descriptors.hpp>

#include <dirent.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

namespace hawser::inline v0::io {

namespace {

std::size_t as_count(rlim_t limit) noexcept {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    return limit == RLIM_INFINITY || limit > most ? most : static_cast<std::size_t>(limit);
}

}   // namespace

std::size_t descriptor_limit() noexcept {
    rlimit now{};
    return ::getrlimit(RLIMIT_NOFILE, &now) == 0 ? as_count(now.rlim_cur) : 0;
}

// To look takes one: where there is none, or no memory, none is free. Only where there is no /proc nothing is known.
std::size_t free_descriptors() noexcept {
    DIR* const folder = ::opendir("/proc/self/fd");
    if (folder == nullptr) return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? descriptor_limit() : 0;
    std::size_t open = 0;
    while (const dirent* const entry = ::readdir(folder))   // NOLINT(concurrency-mt-unsafe): of its own folder
        if (entry->d_name[0] != '.') ++open;
    ::closedir(folder);
    const std::size_t limit = descriptor_limit();
    const std::size_t of_others = open - 1;   // one was of the folder
    return limit - std::min(limit, of_others);
}

std::size_t raise_descriptor_limit() noexcept {
    rlimit now{};
    if (::getrlimit(RLIMIT_NOFILE, &now) != 0) return 0;
    const rlimit raised{.rlim_cur = now.rlim_max, .rlim_max = now.rlim_max};
    if (now.rlim_cur != now.rlim_max && ::setrlimit(RLIMIT_NOFILE, &raised) == 0) now = raised;
    return as_count(now.rlim_cur);
}

// A socket: it takes what an accepted one takes, of the process and of the system, and needs no path.
bool spare_descriptor::hold() noexcept {
    if (!held_.is_open()) held_ = owned_descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    return held_.is_open();
}

bool spare_descriptor::release() noexcept { return held_.is_open() && held_.close(); }

}   // namespace hawser::io
