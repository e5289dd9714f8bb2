// process: what a program that has its process for itself asks of the system first. server::run() does both; a program that only has
// a server in it decides for itself.
//
//   int main() {
//       hawser::io::open_standard_descriptors();
//       hawser::io::survive_broken_pipes();
#pragma once

#include <atomic>
#include <string_view>

namespace hawser::io {

/// Standard input, output and error are open afterwards: those that were closed at the start lead to /dev/null. Otherwise the first
/// socket would get one of their numbers, and what is meant for standard error would go to a peer. Before anything else is opened;
/// throws boost::system::system_error if that cannot be.
void open_standard_descriptors();

/// Writing to a pipe whose reader is gone is an error from now on (EPIPE), as it is for sockets here, and not the end of the process
/// (SIGPIPE); unless the program, or who started it, has decided about that signal already. Programs that are started from here
/// have it as it was.
void survive_broken_pipes() noexcept;

/// Writes all of it to standard error, past stdio and its locks: for a thread that may be stuck in here, as nobody may read there.
/// Gives up when `is_over`, if it notices. False if it could not be written.
[[nodiscard]] bool write_standard_error(std::string_view text, const std::atomic<bool>& is_over) noexcept;

}  // namespace hawser::io
