#include <hawser/frame/any_codec.hpp>

#include "format/format_text.hpp"

#include <array>
#include <map>
#include <mutex>
#include <stdexcept>

namespace hawser::inline v0::frame {

namespace {

const any_codec& of_the_default_protocol() {
    static const any_codec made = length_field::prefix_self();
    return made;
}

// decode() and encode() of each alternative, by its index: less than std::visit(), to whose end g++ 12 adds a jump when
// there is so much to choose from.

template <class Codec>
const Codec& as_chosen(const any_codec::alternatives& codec) noexcept {
    const Codec* const chosen = std::get_if<Codec>(&codec);
    if (chosen == nullptr) __builtin_unreachable();   // the index was asked for already
    return *chosen;
}
template <class Codec>
decoded decode_as(const any_codec::alternatives& codec, const window& seen) noexcept {
    return as_chosen<Codec>(codec).decode(seen);
}
template <class Codec>
error_code encode_as(const any_codec::alternatives& codec, bytes body, byte_buffer& out) {
    return as_chosen<Codec>(codec).encode(body, out);
}
template <class Alternatives>
struct by_index;
template <class... Codecs>
struct by_index<std::variant<Codecs...>> {
    static constexpr std::array decode{&decode_as<Codecs>...};
    static constexpr std::array encode{&encode_as<Codecs>...};
};

// with_max_frame(): one overload a layout.

template <class Codec>
any_codec limited(const Codec& codec, std::size_t max_frame) {
    auto layout = codec.layout();
    layout.max_frame = max_frame;
    return Codec(std::move(layout));
}
any_codec limited(const marked_crc&, std::size_t max_frame) { return marked_crc({.max_frame = max_frame}); }
any_codec limited(const own_codec& codec, std::size_t max_frame) {
    std::optional<own_codec> made = codec.with_max_frame(max_frame);
    if (!made)
        throw std::invalid_argument("own:" + codec.name() + ": its limit is " + std::to_string(codec.max_frame()) +
                                    " and no other: it has no with_max_frame(size)");
    return *std::move(made);
}
any_codec limited(const fixed_length& codec, std::size_t max_frame) {
    if (max_frame < codec.max_frame())
        throw std::invalid_argument("fixed: no frame of " + std::to_string(codec.max_frame()) +
                                    " bytes fits under a limit of " + std::to_string(max_frame));
    return codec;
}

}   // namespace

any_codec::any_codec() : any_codec(of_the_default_protocol()) {}

// One for each format that there is, found again by its text, which says all of it; of an own codec it says the name,
// and those of a name are few. Not destroyed: somebody may still use one at exit.
const any_codec::alternatives* any_codec::kept(alternatives codec) {
    static std::mutex mutex;
    static auto& all = *new std::multimap<std::string, alternatives>;
    std::string text = format_of(codec);
    const auto* const own = std::get_if<own_codec>(&codec);
    const std::scoped_lock lock(mutex);
    const auto [first, last] = all.equal_range(text);
    for (auto one = first; one != last; ++one)
        if (own == nullptr || std::get<own_codec>(one->second) == *own) return &one->second;
    return &all.emplace(std::move(text), std::move(codec))->second;
}

decoded any_codec::decode(const window& seen) const noexcept {
    return by_index<alternatives>::decode[chosen_->index()](*chosen_, seen);
}

decoded any_codec::decode(const window& seen, memory& known) const noexcept {
    return is<marked_crc>() ? as<marked_crc>().decode(seen, known) : decode(seen);
}

error_code any_codec::encode(bytes body, byte_buffer& out) const {
    return by_index<alternatives>::encode[chosen_->index()](*chosen_, body, out);
}

mutable_bytes any_codec::unwrapped(mutable_bytes body) const noexcept {
    return std::visit(
        [body]<class Codec>(const Codec& codec) {
            if constexpr (wrapping_codec<Codec>) return codec.unwrap(body);
            else return body;
        },
        *chosen_);
}

std::size_t any_codec::max_frame() const noexcept {
    return std::visit([](const auto& codec) { return codec.max_frame(); }, *chosen_);
}

std::string any_codec::text() const { return format_of(*chosen_); }

any_codec any_codec::with_max_frame(std::size_t max_frame) const {
    return std::visit([&](const auto& codec) { return limited(codec, max_frame); }, *chosen_);
}

}   // namespace hawser::frame
