// explanation: messages about bytes that are no frame, for people who look at a file rather than a connection, with the
// numbers of the bytes.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <string>

namespace hawser::frame_program {

/// The name of the error in the output.
[[nodiscard]] std::string_view name_of(const error_code& error) noexcept;

/// `unread` is the input from the first wrong byte on. The text has no quotes and no backslashes.
[[nodiscard]] std::string explanation(const frame::any_codec& codec, const error_code& error, bytes unread);

/// Why a body was not encoded.
[[nodiscard]] std::string refusal(const frame::any_codec& codec, const error_code& error, std::size_t body_size);

}   // namespace hawser::frame_program
