#include <hawser/frame/length_prefixed.hpp>

#include <boost/endian/conversion.hpp>

#include <limits>
#include <stdexcept>
#include <string>

namespace hawser::frame {

length_prefixed::length_prefixed(std::size_t max_frame) : max_frame_(max_frame) {
    constexpr std::size_t expressible = std::numeric_limits<std::uint32_t>::max();
    if (max_frame < header_size || max_frame > expressible)
        throw std::invalid_argument("max_frame is " + std::to_string(max_frame) + ", but a frame takes " +
                                    std::to_string(header_size) + " (its length field) to " +
                                    std::to_string(expressible) + " bytes (what the field can express)");
}

decoded length_prefixed::decode(window seen) const noexcept {
    const auto more = [&](std::size_t total) {
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(total);
    };
    if (seen.data.size() < header_size) return more(header_size);
    const std::size_t length =
        boost::endian::load_big_u32(reinterpret_cast<const unsigned char*>(seen.data.data()));
    if (length < header_size) return decoded::failed(errc::too_short);
    if (length > max_frame_) return decoded::failed(errc::too_long);
    if (seen.data.size() < length) return more(length);
    return decoded::frame(seen.data.subspan(header_size, length - header_size), length);
}

error_code length_prefixed::encode(bytes body, byte_buffer& out) const {
    if (body.size() > max_frame_ - header_size) return errc::too_long;
    const std::size_t length = header_size + body.size();
    auto* field = reinterpret_cast<unsigned char*>(out.prepare(length).data());
    boost::endian::store_big_u32(field, static_cast<std::uint32_t>(length));
    out.commit(header_size);
    out.append(body);
    return {};
}

}  // namespace hawser::frame
