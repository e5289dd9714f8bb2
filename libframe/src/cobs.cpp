#include <hawser/frame/cobs.hpp>

#include "between_ends.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

namespace {

// A code says how far the next one is. A 0 stands before that, unless the code is the largest, or the frame is over.
constexpr std::size_t largest_code = 0xff;

std::size_t code_at(bytes stuffed, std::size_t at) noexcept { return std::to_integer<std::size_t>(stuffed[at]); }

// No code is 0, which would have ended the frame.
bool is_stuffed(bytes text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) at += code_at(text, at);
    return at == text.size();
}

// Where the frame of `body` ends that is written to `to`.
std::byte* stuffed(bytes body, std::byte* to) noexcept {
    std::byte* code = to++;
    const auto next_code = [&code, &to] {
        *code = static_cast<std::byte>(to - code);
        code = to++;
    };
    for (const std::byte octet : body) {
        if (to - code == largest_code) next_code();
        if (octet == std::byte{0}) next_code();
        else *to++ = octet;
    }
    next_code();
    *code = std::byte{0};   // the end
    return to;
}

}   // namespace

cobs::cobs(cobs_layout layout) : layout_(layout) {
    if (layout.max_frame < cobs_layout::shortest_frame)
        throw std::invalid_argument("cobs: max is " + std::to_string(layout.max_frame) +
                                    ", but a frame has 2 bytes at least");
}

decoded cobs::decode(const window& seen) const noexcept {
    return between_ends('\0', seen, max_frame(), [](bytes text) { return is_stuffed(text); });
}

mutable_bytes cobs::unwrap(mutable_bytes stuffed) const noexcept {
    std::byte* to = stuffed.data();
    for (std::size_t at = 0; at < stuffed.size();) {
        const std::size_t code = code_at(stuffed, at);
        to = std::ranges::copy(stuffed.subspan(at + 1, code - 1), to).out;
        at += code;
        if (code < largest_code && at < stuffed.size()) *to++ = std::byte{0};
    }
    return stuffed.first(static_cast<std::size_t>(to - stuffed.data()));
}

error_code cobs::encode(bytes body, byte_buffer& out) const {
    if (body.size() > max_frame() - cobs_layout::shortest_frame) return errc::too_long;
    const std::size_t codes = 1 +
                              body.size() / (largest_code - 1);   // at most, beside those that are zeros of the body
    std::byte* const frame = out.prepare(body.size() + codes + 1).data();
    const auto size = static_cast<std::size_t>(stuffed(body, frame) - frame);
    if (size > max_frame()) return errc::too_long;
    out.commit(size);
    return {};
}

}   // namespace hawser::frame
