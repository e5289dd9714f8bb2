// process: what a program that has its process for itself asks of the system first. server::run() does these; a program
// that only has a server in it decides for itself.
//
//   int main() {
//       hawser::io::open_standard_descriptors();
//       hawser::io::survive_failed_writes();
#pragma once

#include <atomic>
#include <string_view>

namespace hawser::inline v0::io {

/// The numbers of standard input, output and error are taken afterwards: those that were closed at the start lead to
/// /dev/null. Otherwise the first socket would get one of them, and what is meant for standard error would go to a
/// peer. Writing to standard output still fails then (EBADF), so that nobody takes for written what is lost. Before
/// anything else is opened; throws boost::system::system_error if that cannot be.
void open_standard_descriptors();

// Some signals end a process that has not decided about them. These do nothing from now on, unless the
// program, or who started it, has decided: what `nohup` ignores stays ignored. Programs that are started from
// here have them as they were.

/// SIGPIPE and SIGXFSZ. Writing to a pipe whose reader is gone is an error (EPIPE), as it is for sockets here, and so
/// is a file that gets longer than it may be (EFBIG).
void survive_failed_writes() noexcept;
/// SIGHUP, SIGUSR1 and SIGUSR2. For a server: its terminal may go, and whoever takes it for
/// another program means no harm.
void survive_stray_signals() noexcept;

/// Writes all of it to standard error, past stdio and its locks: for a thread that may be stuck in here, as nobody may
/// read there. Gives up when `is_over`, if it notices. False if it could not be written.
[[nodiscard]] bool write_standard_error(std::string_view text, const std::atomic<bool>& is_over) noexcept;

}   // namespace hawser::io
