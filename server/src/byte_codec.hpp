// byte_codec: the format of connections without frames: what has arrived is taken as it is, whatever it is, and what is
// sent has nothing around it. So they have all that bounds, counts and ends a connection of frames.
//
//   config.codec = byte_codec::any();
//
// It is none of the formats that a user may choose, as it does not keep their law: where the bytes were cut on their
// way can be seen.
#pragma once

#include <hawser/frame/any_codec.hpp>

#include <cstddef>

namespace hawser::inline v0::server {

struct byte_codec {
    [[nodiscard]] frame::decoded decode(const frame::window& seen) const noexcept {
        if (seen.data.empty()) return frame::decoded::need_more(1);
        return frame::decoded::frame(seen.data, seen.data.size());
    }
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        if (body.empty()) return hawser::errc::unencodable;
        if (body.size() > max_frame()) return hawser::errc::too_long;
        out.append(body);
        return {};
    }
    /// What is sent in one go.
    [[nodiscard]] std::size_t max_frame() const noexcept { return frame::default_max_frame; }
    bool operator==(const byte_codec&) const = default;

    [[nodiscard]] static frame::any_codec any() { return frame::any_codec::own(byte_codec(), "bytes"); }
};

}   // namespace hawser::server
