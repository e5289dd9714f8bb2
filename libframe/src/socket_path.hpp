// socket_path: the name of a Unix socket in the file system, which one server has at a time.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <string>

namespace hawser::io {

/// Whoever holds it is the only one that looks whether a path is free, unlinks what a dead server left there, binds and listens: of
/// two that start at once the second finds the first. What is locked is the folder, so nothing is left behind.
class socket_path_lock {
public:
    /// Waits for somebody else's lock, for a second.
    explicit socket_path_lock(const std::string& path);

    /// `address_in_use` if somebody else held it all the time. A folder that cannot be opened is not locked: bind() says what is wrong
    /// with it, or it may be written to and not read.
    [[nodiscard]] error_code failure() const noexcept { return failure_; }

private:
    owned_descriptor folder_;   // closing it ends the lock
    error_code failure_;
};

/// Removes what a dead server left at a path. What is alive there, or no socket, stays: `address_in_use`.
[[nodiscard]] error_code clear_socket_path(const std::string& path);

}  // namespace hawser::io
