// file: writes a file, in the same way in all programs.
//
//   if (const std::string why = tools::write_file(path, text); !why.empty())
//       return line.fail("cannot write " + path + ": " + why);
//
// A regular file is replaced in one step: a reader sees either the old content or all of the new, and the old stays if
// the new one cannot be written. Anything else (a FIFO, a device, what a link points to) is kept and written to. So is
// a regular file that cannot be replaced: a mount point, or a file in a folder that cannot be written to. A file that
// is already open as a standard stream, as /dev/stdout in `program >> log`, is appended to and never truncated.
#pragma once

#include <hawser/io/clock.hpp>
#include <hawser/io/owned_descriptor.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace hawser::tools {

/// How long a FIFO may have no reader, and a reader may read nothing: enough for a busy machine.
inline constexpr io::duration reader_patience = std::chrono::seconds(10);

/// Returns what went wrong, in words; "" if nothing did.
[[nodiscard]] std::string write_file(const std::string& path, std::string_view text,
                                     io::duration patience = reader_patience);

/// The descriptor through which the regular file at the path is open for writing: a standard stream, or N of /dev/fd/N.
[[nodiscard]] std::optional<int> open_descriptor(const std::string& path);

// The steps of write_file(), for a file that is kept open.

/// A name in the same folder, different for each process, for a file that is to replace the one at the path.
[[nodiscard]] std::string name_beside(const std::string& path);
/// A new file of that name, for writing. If it is not open, errno says why.
[[nodiscard]] io::owned_descriptor open_new(const std::string& path);
/// Writes all of the text to an open descriptor. Returns what write_file() does.
[[nodiscard]] std::string write_all(int to, std::string_view text, io::duration patience = {});

}   // namespace hawser::tools
