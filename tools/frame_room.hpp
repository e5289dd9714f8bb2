// frame_room: whether what a program has to send fits the frames that its options allow.
//
//   if (const auto trouble = tools::no_room(codec, 13, "a go_away")) return line.refuse(*trouble);
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace hawser::tools {

/// Why no frame of this format has a body of so many bytes, if it is its limit that is too low: and what the least would be.
[[nodiscard]] std::optional<std::string> no_room(const frame::any_codec& codec, std::size_t body, const std::string& what);

}  // namespace hawser::tools
