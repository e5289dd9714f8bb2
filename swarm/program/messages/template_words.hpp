// template_words: parses the parts of templates and of OFFSET:... options. All functions throw std::invalid_argument,
// with one line that begins with `whole`, which is what the user typed, and says what is wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::swarm_program {

/// No message is longer than this: more than any frame that makes sense, less than memory.
inline constexpr std::size_t longest_message = 64 * 1024 * 1024;

[[noreturn]] void refuse(std::string_view whole, const std::string& why);
/// What is between the colons.
[[nodiscard]] std::vector<std::string> split(std::string_view text);
/// A number of bytes that a message may have.
[[nodiscard]] std::size_t size_from(std::string_view text, std::string_view whole);
/// Two digits a byte.
[[nodiscard]] std::vector<std::byte> bytes_from(std::string_view digits, std::string_view whole);

}   // namespace hawser::swarm_program
