// file: how all programs write their files.
//
//   if (const std::string why = tools::write_file(path, text); !why.empty()) return line.fail("cannot write " + path + ": " + why);
//
// A regular file, and one that is not there yet, is replaced at a stroke: who looks sees all of it or what was there before, which stays
// if the new one cannot be written. What is none (a FIFO, a device, a link) stays what it is, and is written to; a link, to
// what it leads to. So is a regular file that nothing can replace: a mount point, or one in a folder that cannot be written to.
// One that this program has open already as a standard stream, as /dev/stdout in `program >> log`, is added to there: it is never cut.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::tools {

/// How long a FIFO may be without a reader, and a reader may take nothing: enough for a busy machine, and not for ever.
inline constexpr io::duration reader_patience = std::chrono::seconds(10);

/// Returns what went wrong, in words; empty if nothing did.
[[nodiscard]] std::string write_file(const std::string& path, std::string_view text, io::duration patience = reader_patience);

/// Through which the regular file at the path is open for writing: a standard stream, or N of /dev/fd/N.
[[nodiscard]] std::optional<int> open_descriptor(const std::string& path);

// What that is made of, for who keeps the file open.

/// The name of a file of this process that is to take the place of the one at the path.
[[nodiscard]] std::string name_beside(const std::string& path);
/// A new file of that name, for writing; there is an errno if it is not open.
[[nodiscard]] io::owned_descriptor open_new(const std::string& path);
/// As write_file(), of what is open.
[[nodiscard]] std::string write_all(int to, std::string_view text, io::duration patience = {});

}  // namespace hawser::tools
