// frames_page: the part of a page that says how frames are cut.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <cstddef>
#include <optional>
#include <string>

namespace hawser::inline v0::protocol {

/// A diagram, and what there is to say of it, with an end of line.
[[nodiscard]] std::string frames_page(const frame::any_codec& codec);

/// The bytes of a frame besides its body, if they are always as many.
[[nodiscard]] std::optional<std::size_t> overhead_of(const frame::any_codec& codec);

}   // namespace hawser::protocol
