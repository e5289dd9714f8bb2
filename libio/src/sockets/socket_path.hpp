// socket_path: the name of a Unix socket in the file system, which one server has at a time.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <sys/stat.h>

#include <chrono>
#include <string>
#include <string_view>

namespace hawser::inline v0::io {

/// Whoever holds it is the only one that looks whether a path is free, unlinks what is there, binds and listens: of two
/// that start at once the second finds the first, and one that ends takes nothing from the next. What is locked is the
/// folder, so nothing is left behind.
class socket_path_lock {
public:
    /// For a start, which is not to wait for ever; it takes far less itself.
    static constexpr duration patience = std::chrono::seconds(1);
    /// For an end, which others wait for.
    static constexpr duration patience_at_the_end = std::chrono::milliseconds(100);

    /// Waits so long for somebody else's lock: anybody who may open the folder may have it.
    explicit socket_path_lock(std::string_view path, duration at_most) noexcept;

    /// `path_locked` if somebody else held it all the time. A folder that cannot be opened is not locked: bind() says
    /// what is wrong with it, or it may be written to and not read.
    [[nodiscard]] error_code failure() const noexcept { return failure_; }

private:
    owned_descriptor folder_;   // closing it ends the lock
    error_code failure_;
};

/// Removes what a dead server left at a path. What is alive there, or no socket, stays:
/// `address_in_use`. With the lock.
[[nodiscard]] error_code clear_socket_path(const std::string& path);

/// The file that binding a socket has made, to be known again: somebody else may put another in its place.
class socket_file {
public:
    /// None yet.
    socket_file() = default;
    /// What is at a path now. With the lock.
    explicit socket_file(const char* path) noexcept;

    /// Removes it if it is still at that path. Its socket is still open: while it is, no other file gets its number,
    /// and who comes meanwhile and has no lock finds it alive. With the lock.
    void remove(const char* path) const noexcept;

private:
    struct stat made_{};
};

}   // namespace hawser::io
