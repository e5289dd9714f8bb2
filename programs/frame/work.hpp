// work: the two commands of hawser-frame, from standard input to standard output. Each returns the exit status.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <tools/command_line.hpp>

#include <cstdint>

namespace hawser::frame_program {

struct options {
    frame::any_codec codec;
    bool has_format = false;           ///< --format was given
    std::uint32_t chunk = 64 * 1024;   ///< bytes that the codec is given at a time
    bool hex = false;                  ///< the frames are hex text
};

/// Frames in, one JSON object a line out. 1 if anything was no frame.
[[nodiscard]] int decode(const frame_program::options& options, const tools::command_line& line);

/// Lines of hex in, frames out. 1 at the first body that is refused.
[[nodiscard]] int encode(const frame_program::options& options, const tools::command_line& line);

}   // namespace hawser::frame_program
