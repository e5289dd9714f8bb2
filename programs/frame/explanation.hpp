// explanation: what is wrong with bytes that are no frame, in the words of somebody who has a file and not a connection, with
// the numbers that are in it.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <string>

namespace hawser::frame_program {

/// The error as the output names it.
[[nodiscard]] std::string_view name_of(const error_code& error) noexcept;

/// `unread`: what has come, from the first byte that is wrong on. No quotes and no backslashes are in the text.
[[nodiscard]] std::string explanation(const frame::any_codec& codec, const error_code& error, bytes unread);

/// Why a body was not encoded.
[[nodiscard]] std::string refusal(const frame::any_codec& codec, const error_code& error, std::size_t body_size);

}  // namespace hawser::frame_program
