#include <tools/frame_room.hpp>

#include <hawser/error.hpp>

#include <stdexcept>
#include <vector>

namespace hawser::tools {

namespace {

// The size of the frame of such a body; none if it is over the limit. Only the codec knows, so the body is encoded.
std::optional<std::size_t> frame_of(std::size_t body, const frame::any_codec& codec) {
    if (body > codec.max_frame()) return std::nullopt;
    byte_buffer wire;
    if (codec.encode(std::vector<std::byte>(body), wire) == errc::too_long) return std::nullopt;
    return wire.size();
}

// The lowest limit that would do; none if the format cannot have it, or if it is too large to be tried.
std::optional<std::size_t> least_limit(std::size_t body, frame::any_codec codec) {
    constexpr std::size_t longest_tried = 16 * 1024 * 1024;
    try {
        while (body <= longest_tried) {
            const frame::any_codec wider = codec.with_max_frame(2 * codec.max_frame());
            if (wider.max_frame() == codec.max_frame()) break;   // its frames have one size
            codec = wider;
            if (const auto whole = frame_of(body, codec)) return whole;
        }
    } catch (const std::invalid_argument&) {
        // It has no higher limit.
    }
    return std::nullopt;
}

}   // namespace

std::optional<std::string> no_room(const frame::any_codec& codec, std::size_t body, const std::string& what) {
    if (frame_of(body, codec)) return std::nullopt;
    const std::optional<std::size_t> least = least_limit(body, codec);
    return "no frame under --max-frame " + std::to_string(codec.max_frame()) + " holds " + what +
           (least ? ": it has to be " + std::to_string(*least) + " at least" : "");
}

}   // namespace hawser::tools
