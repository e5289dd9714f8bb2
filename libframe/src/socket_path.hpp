// socket_path: the name of a Unix socket in the file system, which one server has at a time.
#pragma once

#include <hawser/error.hpp>

#include <string>

namespace hawser::io {

/// Whoever holds it is the only one that looks whether a path is free, unlinks what a dead server left there, binds and listens: of
/// two that start at once the second finds the first. What is locked is the folder, so nothing is left behind.
class socket_path_lock {
public:
    /// Waits for somebody else's lock, for a second.
    explicit socket_path_lock(const std::string& path);
    socket_path_lock(const socket_path_lock&) = delete;
    socket_path_lock& operator=(const socket_path_lock&) = delete;
    ~socket_path_lock();

    /// `address_in_use` if somebody else held it all the time. A folder that cannot be opened is not locked: bind() says what is wrong
    /// with it, or it may be written to and not read.
    [[nodiscard]] error_code failure() const noexcept { return failure_; }

private:
    int folder_;
    error_code failure_;
};

/// Removes what a dead server left at a path. What is alive there, or no socket, stays: `address_in_use`.
[[nodiscard]] error_code clear_socket_path(const std::string& path);

}  // namespace hawser::io
