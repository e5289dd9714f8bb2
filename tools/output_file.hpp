// output_file: checks at the start that a file can be written at the end, so that a typing error does not cost hours of
// work.
//
//   line.add("json", "FILE", "write the result there", tools::into_output_file(json));
//
// It cannot know whether the disk will have room, or what happens to the folder meanwhile.
#pragma once

#include <tools/command_line.hpp>

#include <optional>
#include <string>

namespace hawser::tools {

/// Why the file cannot be written, and what to do; none if it can.
[[nodiscard]] std::optional<std::string> unwritable(const std::string& path);
/// Both name the same file, so that one output would be lost. False for /dev/null and pipes, which keep nothing.
[[nodiscard]] bool is_one_file(const std::string& path, const std::string& other);

/// The name of a file that can be written. Throws std::invalid_argument, with the reason, if it cannot.
[[nodiscard]] value_parser into_output_file(std::string& value);

}   // namespace hawser::tools
