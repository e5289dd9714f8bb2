#include <hawser/frame/fixed_length.hpp>

#include <stdexcept>
#include <string>

namespace hawser::inline v0::frame {

fixed_length::fixed_length(std::size_t size) : size_(size) {
    if (size < 1 || size > largest)
        throw std::invalid_argument("fixed: a frame has 1 to " + std::to_string(largest) + " bytes, not " +
                                    std::to_string(size));
}

decoded fixed_length::decode(const window& seen) const noexcept {
    if (seen.data.size() >= size_) return decoded::frame(seen.data.first(size_), size_);
    return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(size_);
}

error_code fixed_length::encode(bytes body, byte_buffer& out) const {
    if (body.size() > size_) return errc::too_long;
    if (body.size() < size_) return errc::unencodable;
    out.append(body);
    return {};
}

}   // namespace hawser::frame
