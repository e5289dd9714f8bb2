// A codec that hawser does not have, as docs/how-to/own-codec.md writes it, and all that one may have.
#pragma once

#include <hawser/frame/codec.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::test {

// Netstrings (https://cr.yp.to/proto/netstrings.txt): the size of the body in decimal, a colon, the body, a comma.
class netstring {
public:
    explicit netstring(std::size_t max_frame = 64 * 1024)
        : max_frame_(std::clamp<std::size_t>(max_frame, 3, byte_buffer::most)) {}

    frame::decoded decode(const frame::window& seen) const noexcept {
        const std::string_view text = as_text(seen.data);
        std::size_t size = 0, digits = 0;
        for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9'; ++digits) {
            if (digits > 0 && size == 0) return frame::decoded::failed(errc::corrupt);   // 05
            size = size * 10 + static_cast<std::size_t>(text[digits] - '0');
            if (size > max_frame_) return frame::decoded::failed(errc::too_long);   // before a byte of it has come
        }
        if (digits < text.size() && (digits == 0 || text[digits] != ':')) return frame::decoded::failed(errc::corrupt);
        const std::size_t total = digits < text.size() ? digits + size + 2 : digits + 1;
        if (total > max_frame_) return frame::decoded::failed(errc::too_long);
        if (digits == text.size() || text.size() < total)
            return seen.at_end ? frame::decoded::failed(errc::truncated) : frame::decoded::need_more(total);
        if (text[total - 1] != ',') return frame::decoded::failed(errc::corrupt);
        return frame::decoded::frame(seen.data.subspan(digits + 1, size), total);
    }

    error_code encode(bytes body, byte_buffer& out) const {
        const std::string front = std::to_string(body.size()) + ':';
        if (front.size() + body.size() + 1 > max_frame_) return errc::too_long;
        out.append(as_bytes(front));
        out.append(body);
        out.append(std::byte{','});
        return {};
    }

    std::size_t max_frame() const noexcept { return max_frame_; }
    bool operator==(const netstring&) const = default;

    // What a codec may have beside that.
    netstring with_max_frame(std::size_t max_frame) const { return netstring(max_frame); }
    std::string_view about() const { return "A frame is a netstring: `5:hello,`."; }
    std::string_view lua() const {
        return R"(    local text = tvb(at, math.min(tvb:len() - at, 12)):string()
    local digits = text:match("^%d*")
    if #digits == #text then return need(nil) end
    if digits == "" or text:sub(#digits + 1, #digits + 1) ~= ":" then return failed("frame_corrupt", "no netstring") end
    local total = #digits + tonumber(digits) + 2
    if total > how.max then return failed("frame_too_long", too_long(how, total)) end
    if tvb:len() - at < total then return need(total) end
    return frame(tvb, at, total, #digits + 1, total - 1, {})
)";
    }

private:
    std::size_t max_frame_;
};

}   // namespace hawser::test
