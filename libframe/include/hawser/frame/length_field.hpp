// length_field: frames that carry their own length in a number of fixed width. The default protocol is one of them.
//
//   constexpr auto ours = frame::length_field::prefix_self();                     // the length counts itself
//   constexpr auto theirs = frame::length_field::prefix_body(2);                  // two bytes, the body only
//   constexpr frame::length_field odd({.order = byte_order::little, .width = 3, .offset = 2, .strip = 5});
//
// A frame is offset + width + value + adjust bytes long; what is delivered is the frame without its first `strip`
// bytes. A layout that makes no sense does not compile where it is a constant; elsewhere it throws
// std::invalid_argument with the numbers.
#pragma once

#include <hawser/frame/codec.hpp>

#include <boost/endian/conversion.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace hawser::inline v0::frame {

/// What becomes of a frame over the limit.
enum class over_limit : unsigned char {
    fail,      ///< the stream is over
    discard,   ///< it is skipped and reported, and the next frame is read
};

/// Where the length is and what it counts. Netty's LengthFieldBasedFrameDecoder has the same formula; there the names
/// are lengthFieldOffset, lengthFieldLength, lengthAdjustment and initialBytesToStrip.
struct length_layout {
    static constexpr std::size_t longest_prefix = 256;

    byte_order order = byte_order::big;
    unsigned width = 4;                                ///< of the length: 1, 2, 3, 4 or 8 bytes
    std::size_t offset = 0;                            ///< bytes before the length
    std::ptrdiff_t adjust = 0;                         ///< what the length does not count (> 0)
                                                       ///< or counts too often (< 0)
    std::optional<std::size_t> strip = std::nullopt;   ///< none: the header, offset + width
    /// On the whole frame. None: default_max_frame, or what the length can express if that is less, or
    /// the header if that is more.
    std::optional<std::size_t> max_frame = std::nullopt;
    over_limit over = over_limit::fail;
    /// Of a length that is not stripped, and so lies in what is sent: it is written by the encoder, whatever is there.
    /// Else it has to be right already.
    bool fill = false;
    /// What an encoder writes where `strip` bytes were: these, then zeros, the length over its place.
    std::array<std::byte, longest_prefix> prefix{};
    std::size_t prefix_size = 0;
};

class length_field {
public:
    /// The length may be this far from the front.
    static constexpr std::size_t largest_offset = 65'535;
    static constexpr std::ptrdiff_t largest_adjust = 0x7fff'ffff;

    constexpr explicit length_field(length_layout layout) : layout_(layout) { check(); }

    /// The length of the body, then the body.
    [[nodiscard]] static constexpr length_field prefix_body(unsigned width = 4,
                                                            std::optional<std::size_t> max_frame = {}) {
        return length_field({.width = width, .max_frame = max_frame});
    }
    /// The length of the whole frame, itself included, then the body: the default protocol's, SMPP's.
    [[nodiscard]] static constexpr length_field prefix_self(unsigned width = 4,
                                                            std::optional<std::size_t> max_frame = {}) {
        return length_field({.width = width, .adjust = -static_cast<std::ptrdiff_t>(width), .max_frame = max_frame});
    }
    /// A header of `before` bytes, the length of the body, and `after` more bytes; then the body. The whole frame is
    /// delivered, since the header says more than the length.
    [[nodiscard]] static constexpr length_field header_middle(std::size_t before, unsigned width, std::size_t after,
                                                              std::optional<std::size_t> max_frame = {}) {
        return length_field({.width = width,
                             .offset = before,
                             .adjust = static_cast<std::ptrdiff_t>(after),
                             .strip = 0,
                             .max_frame = max_frame});
    }

    [[nodiscard]] decoded decode(const window& seen) const noexcept;   ///< as codec says
    [[nodiscard]] extent measure(bytes data) const noexcept;           ///< as measuring_codec says
    /// too_long: over the limit, or more than the length can express. unencodable: the length would be negative or lie
    /// outside the frame, or the body already holds another length in its place (and `fill` does not overwrite that).
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const;
    /// As prefixing_codec says; 0 also if a part of the length lies in the body (`strip` is less than the header).
    [[nodiscard]] std::size_t prefix_size(std::size_t size) const noexcept {
        return refusal(size) == errc{} ? prefix_ : 0;
    }
    /// As prefixing_codec says.
    [[nodiscard]] std::byte* write_prefix(std::size_t size, std::byte* to) const noexcept;
    [[nodiscard]] constexpr std::size_t max_frame() const noexcept { return *layout_.max_frame; }

    /// As it was given, with `strip` and `max_frame` filled in.
    [[nodiscard]] constexpr const length_layout& layout() const noexcept { return layout_; }
    /// The bytes up to the end of the length.
    [[nodiscard]] constexpr std::size_t header_size() const noexcept { return layout_.offset + layout_.width; }
    /// The greatest value that `width` bytes can hold.
    [[nodiscard]] constexpr std::uint64_t largest_value() const noexcept {
        return layout_.width == 8 ? std::numeric_limits<std::uint64_t>::max()
                                  : (std::uint64_t{1} << (8 * layout_.width)) - 1;
    }

private:
    // Not constexpr: a constant layout that is refused stops the compiler here, and it shows the rule.
    [[noreturn]] static void refuse(const char* rule, const length_layout& layout, std::int64_t bound = 0);

    constexpr void check() {
        const length_layout& of = layout_;
        if (of.width != 1 && of.width != 2 && of.width != 3 && of.width != 4 && of.width != 8)
            refuse("width is 1, 2, 3, 4 or 8", of);
        if (of.offset > largest_offset) refuse("offset <= 65535", of);
        const auto header = static_cast<std::ptrdiff_t>(header_size());
        if (of.adjust < -header) refuse("adjust >= -(offset + width)", of, -header);
        if (of.adjust > largest_adjust) refuse("adjust <= 2147483647", of);
        uncounted_ = static_cast<std::size_t>(header + of.adjust);
        if (!layout_.strip) layout_.strip = header_size();
        // The shortest frame that there can be: all of a header and what comes uncounted behind it.
        const auto shortest = static_cast<std::size_t>(header + (of.adjust > 0 ? of.adjust : 0));
        if (*of.strip > shortest)
            refuse("strip <= offset + width + max(adjust, 0)", of, static_cast<std::int64_t>(shortest));
        if (of.fill && *of.strip >= header_size())
            refuse("strip < offset + width, for fill: the length lies in the body", of, header);
        if (of.prefix_size > *of.strip || of.prefix_size > length_layout::longest_prefix)
            refuse("prefix is no longer than strip, and than 256 bytes", of, static_cast<std::int64_t>(*of.strip));
        // A header so long that the default would refuse every frame needs more.
        if (!layout_.max_frame) layout_.max_frame = std::max(shortest, std::min(default_max_frame, bound()));
        if (*of.max_frame > bound())
            refuse("max <= offset + width + (256^width - 1) + adjust", of, static_cast<std::int64_t>(bound()));
        if (*of.max_frame < shortest)
            refuse("max >= offset + width + max(adjust, 0), the shortest frame", of,
                   static_cast<std::int64_t>(shortest));
        strip_ = *of.strip;
        header_ = header_size();
        prefix_ = strip_ < header_ ? 0 : strip_;
        least_value_ = shortest - uncounted_;
        greatest_value_ = *of.max_frame - uncounted_;
        least_body_ = shortest - strip_;
        greatest_body_ = *of.max_frame - strip_;
        is_plain_ = of.width == 4 && of.order == byte_order::big && strip_ == 4 && of.offset == 0;
    }

    // The longest frame that the length can express.
    [[nodiscard]] constexpr std::size_t bound() const noexcept {
        constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
        const std::uint64_t value = largest_value();
        return value > most - uncounted_ ? most : value + uncounted_;
    }

    // Why a body of this size has no frame; errc{} if it has. Within the limit, the length can say it: see check().
    [[nodiscard]] constexpr errc refusal(std::size_t size) const noexcept {
        if (size > greatest_body_) return errc::too_long;
        return size < least_body_ ? errc::unencodable : errc{};
    }
    [[nodiscard]] decoded over(std::uint64_t value) const noexcept;
    [[nodiscard, gnu::returns_nonnull]] std::byte* write_stripped(std::size_t size, std::byte* to) const noexcept;
    template <boost::endian::order Order>
    [[nodiscard]] std::uint64_t load_as(const unsigned char* field) const noexcept;
    [[nodiscard]] std::uint64_t load(const std::byte* field) const noexcept;
    void store(std::uint64_t value, std::byte* field) const noexcept;
    [[nodiscard]] bool holds_its_length(bytes body) const noexcept;

    // What each frame is held against, worked out once.
    std::size_t header_ = 0;
    std::size_t strip_ = 0;
    std::size_t prefix_ = 0;          // the same if no part of the length lies in the body; else 0
    std::size_t uncounted_ = 0;       // what a frame has that its length does not count
    std::uint64_t least_value_ = 0;   // of the length
    std::uint64_t greatest_value_ = 0;
    std::size_t least_body_ = 0;   // that a frame can carry
    std::size_t greatest_body_ = 0;
    bool is_plain_ = false;   // four bytes of length, big-endian, then the body: most are
    length_layout layout_;
};

static_assert(prefixing_codec<length_field> && measuring_codec<length_field>);

// On the way of every frame, so inline.

template <boost::endian::order Order>
std::uint64_t length_field::load_as(const unsigned char* field) const noexcept {
    using boost::endian::endian_load;
    switch (layout_.width) {
        case 1: return *field;
        case 2: return endian_load<std::uint16_t, 2, Order>(field);
        case 3: return endian_load<std::uint32_t, 3, Order>(field);
        case 4: return endian_load<std::uint32_t, 4, Order>(field);
        default: return endian_load<std::uint64_t, 8, Order>(field);
    }
}

inline std::uint64_t length_field::load(const std::byte* field) const noexcept {
    const auto* const first = reinterpret_cast<const unsigned char*>(field);
    if (is_plain_) return boost::endian::load_big_u32(first);
    return layout_.order == byte_order::big ? load_as<boost::endian::order::big>(first)
                                            : load_as<boost::endian::order::little>(first);
}

inline extent length_field::measure(bytes data) const noexcept {
    if (data.size() < header_) return {};
    const std::uint64_t value = load(data.data() + layout_.offset);
    // Compared before anything is added: the value is the peer's, and may be anything.
    if (value < least_value_ || value > greatest_value_) [[unlikely]]
        return {};
    const std::size_t total = uncounted_ + value;
    return data.size() < total ? extent{} : extent{strip_, total};
}

inline std::byte* length_field::write_prefix(std::size_t size, std::byte* to) const noexcept {
    if (!is_plain_) return write_stripped(size, to);
    boost::endian::store_big_u32(reinterpret_cast<unsigned char*>(to),
                                 static_cast<std::uint32_t>(4 + size - uncounted_));
    return to + 4;
}

}   // namespace hawser::frame
