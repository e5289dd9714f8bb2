// machine: what this process may use of the machine it runs on. A container, a systemd unit or `ulimit` leave it a
// part, and a server that took its defaults from the whole would be too big for it.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

namespace hawser::inline v0::io {

/// Bytes of memory; `unlimited` where nothing is said.
struct memory_limits {
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    std::size_t machine = unlimited;   ///< what it has
    std::size_t groups = unlimited;    ///< the least that a control group (version 2 or 1) of the
                                       ///< process allows, or one above it
    std::size_t process = unlimited;   ///< half of what is left of its address space or data (`ulimit -v`, `ulimit -d`)

    /// What a server may take unless it is told: half of what is the process's own, a quarter of
    /// what it shares with others.
    [[nodiscard]] std::size_t share() const noexcept;
    /// And the most, where so much has been asked for: a quarter of what it shares, or of its group, is for what no
    /// plan counts (the kernel's buffers of its sockets, pages of its files, other programs).
    [[nodiscard]] std::size_t most() const noexcept;
};

/// Asks the system. `root` is before /proc and /sys: a test has a tree of its own there.
[[nodiscard]] memory_limits limits_of_memory(const std::string& root = {});

/// Processors that the process may run on, and no more than its control groups' quotas of time, rounded up. At least 1.
[[nodiscard]] unsigned usable_processors(const std::string& root = {});

}   // namespace hawser::io
