// The fields that a packet is made of, besides numbers and enums of one byte.
//
//   packet::enum_as<unit, boost::endian::big_uint16_t> in;         // an enum of two bytes
//   packet::fixed_text<8> ship;                                    // eight letters, NUL behind the last
//   packet::text<std::uint8_t> place;                              // a length, then as many letters
//   packet::octets<boost::endian::big_uint32_t> blob;              // the same with bytes
//   packet::array<boost::endian::big_int16_t, std::uint8_t> last;  // a count, then as many elements
//   packet::c_text<16> system_id;                                  // at most 16 bytes, the last of them NUL
//   packet::flags<bits> how;                                       // a number whose bits have names
//   packet::when<&note::how, bits::from, packet::text<std::uint8_t>> from;   // only if it has this bit
//   packet::nullable_text<boost::endian::big_int16_t> from;        // a signed length, -1 if it is null
//   packet::array_in_bytes<std::uint8_t, position> track;          // a length in bytes, then elements that fill it
//   packet::until_end<parameter> more;                             // elements to the end, the last field
//   packet::optional<std::uint8_t> version;                        // absent if the body ends before it, among the last
//   packet::varint<std::uint32_t> count;                           // LEB128; zigzag<std::int32_t> if it is signed
//   packet::rest note;                                             // all that is left; packet::rest_text for letters
//
// text, octets, c_text, rest, and array of what has a fixed size, are views: of the body they were decoded from, or of
// what they were made from, and valid as long as that is. Each can own what it holds instead, and lies in a body as
// before:
//
//   packet::text<std::uint8_t, std::string> place;   // packet::octets<..., std::vector<std::byte>> or byte_buffer
//   packet::array<big_int16_t, std::uint8_t, std::vector<big_int16_t>> last;
//   std::string note;   // for rest_text; std::vector<std::byte> or byte_buffer for rest
#pragma once

#include <hawser/packet/array.hpp>
#include <hawser/packet/c_text.hpp>
#include <hawser/packet/element_run.hpp>
#include <hawser/packet/flags.hpp>
#include <hawser/packet/layout.hpp>
#include <hawser/packet/nullable.hpp>
#include <hawser/packet/optional.hpp>
#include <hawser/packet/text.hpp>
#include <hawser/packet/varint.hpp>
#include <hawser/packet/when.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <stdexcept>
#include <string>

namespace hawser::inline v0::packet {

/// An enum that lies in a body as `Number`. Values that have no name are kept.
template <class Enum, number Number>
class enum_as {
    static_assert(
        std::same_as<std::make_unsigned_t<std::underlying_type_t<Enum>>, std::make_unsigned_t<value_of<Number>>> &&
            std::is_signed_v<std::underlying_type_t<Enum>> == std::is_signed_v<value_of<Number>>,
        "the enum's underlying type is the number's: enum class unit : std::uint16_t for big_uint16_t");

    static_assert(values_fit<Enum, Number>(), "each value of the enum that has a name fits into the number's bytes");

public:
    enum_as() = default;
    constexpr enum_as(Enum value) noexcept : stored_(static_cast<value_of<Number>>(value)) {}
    constexpr operator Enum() const noexcept { return static_cast<Enum>(static_cast<value_of<Number>>(stored_)); }

    /// For what depends on them.
    friend constexpr std::uint64_t bits_of(const enum_as& of) noexcept { return static_cast<std::uint64_t>(Enum(of)); }

private:
    Number stored_{};
};

template <class Enum, class Number>
struct layout<enum_as<Enum, Number>> : raw_layout<enum_as<Enum, Number>> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        describe_enum<Enum, Number>(into, name);
    }
};

/// Text in exactly `Size` bytes: what is shorter is followed by NULs.
template <std::size_t Size>
class fixed_text {
    static_assert(Size > 0);

public:
    fixed_text() = default;
    /// A literal that is too long does not compile.
    template <std::size_t Length>
        requires(Length - 1 <= Size)
    fixed_text(const char (&literal)[Length]) noexcept : fixed_text(std::string_view(literal, Length - 1)) {}
    template <std::size_t Length>
        requires(Length - 1 > Size)
    fixed_text(const char (&literal)[Length]) = delete;
    /// Throws std::length_error for what is too long.
    explicit fixed_text(std::string_view text) {
        if (text.size() > Size)
            throw std::length_error("a text of " + std::to_string(text.size()) + " bytes for " + std::to_string(Size));
        std::ranges::copy(text, letters_.begin());
    }

    /// Up to the first NUL: a view, valid as long as this.
    [[nodiscard]] std::string_view view() const noexcept {
        const std::string_view all(letters_.data(), Size);
        return all.substr(0, std::min(all.find('\0'), Size));
    }
    friend bool operator==(const fixed_text&, const fixed_text&) = default;

private:
    std::array<char, Size> letters_{};
};

template <std::size_t Size>
struct layout<fixed_text<Size>> : raw_layout<fixed_text<Size>> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = field_description::kind::fixed_text, .width = Size});
    }
};

}   // namespace hawser::packet
