// varint, zigzag: integers that take as few bytes as they need, seven bits a byte, the lowest first (LEB128), as
// protobuf and Kafka have them.
//
//   packet::varint<std::uint32_t> count = 300;                            // ac 02, 1 to 5 bytes
//   packet::zigzag<std::int64_t> delta = -2;                              // 03: 0, -1, 1, -2 are 0, 1, 2, 3
//   packet::text<packet::varint<std::uint32_t>> name;                     // as a length, or a count, of up to 32 bits
//   packet::nullable_octets<packet::zigzag<std::int32_t>> key;            // a key of Kafka's records
//
// A number that does not fit into its type, or is written in more bytes than it needs, is refused (bad_field), so that
// each value has one form.
#pragma once

#include <hawser/packet/layout.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hawser::inline v0::packet {

/// An unsigned one.
template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
class varint {
public:
    using value_type = T;   ///< what it is calculated with
    static constexpr bool is_varint = true;

    varint() = default;
    constexpr varint(T of) noexcept : value_(of) {}
    [[nodiscard]] constexpr operator T() const noexcept { return value_; }

    /// As it is written.
    [[nodiscard]] constexpr std::uint64_t coded() const noexcept { return value_; }
    /// The one that is written so.
    [[nodiscard]] static constexpr varint from_coded(std::uint64_t code) noexcept { return static_cast<T>(code); }

private:
    T value_{};
};

/// A signed one: small numbers of either sign take few bytes.
template <std::signed_integral T>
class zigzag {
public:
    using value_type = T;   ///< what it is calculated with
    static constexpr bool is_varint = true;

    zigzag() = default;
    constexpr zigzag(T of) noexcept : value_(of) {}
    [[nodiscard]] constexpr operator T() const noexcept { return value_; }

    /// As it is written: 0, -1, 1, -2 are 0, 1, 2, 3.
    [[nodiscard]] constexpr std::uint64_t coded() const noexcept {
        const std::int64_t wide = value_;
        return static_cast<std::uint64_t>(wide) << 1 ^ static_cast<std::uint64_t>(wide >> 63);
    }
    /// The one that is written so.
    [[nodiscard]] static constexpr zigzag from_coded(std::uint64_t code) noexcept {
        return static_cast<T>(static_cast<std::int64_t>(code >> 1 ^ (~(code & 1) + 1)));
    }

private:
    T value_{};
};

template <varint_number Number>
struct layout<Number> {
    using value = typename Number::value_type;
    static constexpr unsigned bits = 8 * sizeof(value);
    static constexpr std::size_t longest = (bits + 6) / 7;
    static constexpr std::size_t smallest = 1;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = false;
    static constexpr bool always_fits = true;
    static constexpr bool is_view = false;

    [[nodiscard]] static bool read(cursor& from, Number& into) noexcept {
        // What the last byte that there can be may say: the bits that are left.
        constexpr unsigned last = 1U << (bits - 7 * (longest - 1));
        const bytes ahead = from.ahead();
        std::uint64_t code = 0;
        for (std::size_t i = 0; i < longest; ++i) {
            if (i == ahead.size()) return false;
            const auto octet = std::to_integer<unsigned>(ahead[i]);
            if ((i + 1 == longest && octet >= last) || (i > 0 && octet == 0)) return from.reject();
            code |= std::uint64_t{octet & 0x7f} << 7 * i;
            if (octet >= 0x80) continue;
            into = Number::from_coded(code);
            bytes taken;
            return from.take(i + 1, taken);
        }
        return from.reject();
    }
    [[nodiscard]] static constexpr bool fits(const Number&) noexcept { return true; }
    [[nodiscard]] static constexpr std::size_t size(const Number& from) noexcept {
        return (static_cast<std::size_t>(std::bit_width(from.coded() | 1)) + 6) / 7;
    }
    [[nodiscard]] static std::byte* write(std::byte* to, const Number& from) noexcept {
        std::uint64_t code = from.coded();
        for (; code >= 0x80; code >>= 7) *to++ = static_cast<std::byte>(code | 0x80);
        *to = static_cast<std::byte>(code);
        return to + 1;
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        using kind = field_description::kind;
        into.push_back({.name = std::string(name),
                        .what = std::is_signed_v<value> ? kind::signed_integer : kind::unsigned_integer,
                        .width = sizeof(value),
                        .is_varint = true});
    }
};

}   // namespace hawser::packet
