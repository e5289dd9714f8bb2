// frame_room: checks that the frames which the options allow are large enough for what a program has to send.
//
//   if (const auto trouble = tools::no_room(codec, 13, "a go_away")) return line.refuse(*trouble);
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace hawser::tools {

/// A message if the limit of the format is too low for a body of so many bytes, with the lowest limit that would do;
/// none if it is not.
[[nodiscard]] std::optional<std::string> no_room(const frame::any_codec& codec, std::size_t body,
                                                 const std::string& what);

}   // namespace hawser::tools
