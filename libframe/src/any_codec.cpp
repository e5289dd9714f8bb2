#include <hawser/frame/any_codec.hpp>

namespace hawser::frame {

any_codec::any_codec() : any_codec(length_field::prefix_self()) {}

decoded any_codec::decode(window seen) const noexcept {
    return std::visit([&](const auto& codec) { return codec.decode(seen); }, *chosen_);
}

decoded any_codec::decode(window seen, memory& known) const noexcept {
    const auto* remembers = std::get_if<marked_crc>(chosen_.get());
    return remembers == nullptr ? decode(seen) : remembers->decode(seen, known);
}

error_code any_codec::encode(bytes body, byte_buffer& out) const {
    return std::visit([&](const auto& codec) { return codec.encode(body, out); }, *chosen_);
}

std::size_t any_codec::max_frame() const noexcept {
    return std::visit([](const auto& codec) { return codec.max_frame(); }, *chosen_);
}

mutable_bytes any_codec::unwrap(mutable_bytes body) const noexcept {
    const auto* wrapped = std::get_if<base64_lines>(chosen_.get());
    return wrapped == nullptr ? body : wrapped->unwrap(body);
}

}  // namespace hawser::frame
