// output_file: a file that a program will write in the end, looked at before it begins: hours of work are not lost to a typing error.
//
//   line.add("json", "FILE", "write the result there", tools::into_output_file(json));
//
// What it cannot know is whether there will be room, and what becomes of the folder meanwhile.
#pragma once

#include <tools/command_line.hpp>

#include <optional>
#include <string>

namespace hawser::tools {

/// Why no file can be written there, and what to do; none if one can.
[[nodiscard]] std::optional<std::string> unwritable(const std::string& path);
/// Both are names of the same file, so that one would be lost; not of /dev/null or a pipe, where nothing is.
[[nodiscard]] bool is_one_file(const std::string& path, const std::string& other);

/// The name of a file that can be written. std::invalid_argument, which says why, for one that cannot.
[[nodiscard]] taker into_output_file(std::string& value);

}  // namespace hawser::tools
