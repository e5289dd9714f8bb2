// counted_id: how a client numbers its requests in ids of any type.
//
//   packet::counted_id<packet::id>::of(1);                       // "00000001"
//   packet::counted_id<boost::endian::big_uint16_t>::of(1);      // 00 01; after 65535 comes 1
//   packet::counted_id<packet::id>::number(submit.id);           // back again; 0 if no number gives this id
//
// Numbers go from 1 to `last` and round again. A request whose id is the type's default has none yet.
#pragma once

#include <hawser/packet/field.hpp>
#include <hawser/packet/id.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace hawser::inline v0::packet {

template <class Id>
struct counted_id;

template <>
struct counted_id<id> {
    static constexpr std::uint32_t last = serial::last;
    [[nodiscard]] static id of(std::uint32_t number) noexcept { return serial::from_number(number); }
    [[nodiscard]] static std::uint32_t number(const id& of) noexcept { return serial::number(of); }
};

template <number Number>
struct counted_id<Number> {
    using value = value_of<Number>;
    static constexpr std::uint64_t most = largest<Number>;
    static constexpr std::uint32_t last = static_cast<std::uint32_t>(std::min<std::uint64_t>(serial::last, most));

    [[nodiscard]] static Number of(std::uint32_t number) noexcept { return Number(static_cast<value>(number)); }
    [[nodiscard]] static std::uint32_t number(const Number& of) noexcept {
        const value plain = of;
        return plain > 0 && static_cast<std::uint64_t>(plain) <= last ? static_cast<std::uint32_t>(plain) : 0;
    }
};

/// As a big-endian number.
template <std::size_t Size>
struct counted_id<std::array<std::byte, Size>> {
    using type = std::array<std::byte, Size>;
    static constexpr std::uint32_t last = Size >= 4 ? serial::last : (1U << (8 * (Size % 4))) - 1;

    [[nodiscard]] static type of(std::uint32_t number) noexcept {
        type made{};
        for (std::size_t i = Size; number > 0 && i > 0; number >>= 8) made[--i] = static_cast<std::byte>(number);
        return made;
    }
    [[nodiscard]] static std::uint32_t number(const type& of) noexcept {
        std::uint64_t number = 0;
        for (const std::byte one : of) {
            number = number << 8 | std::to_integer<std::uint64_t>(one);
            if (number > last) return 0;
        }
        return static_cast<std::uint32_t>(number);
    }
};

/// In decimals, as packet::id.
template <std::size_t Size>
struct counted_id<fixed_text<Size>> {
    static constexpr std::uint32_t last_of(std::size_t many) noexcept {
        std::uint32_t most = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(many, 8); ++i) most = most * 10 + 9;
        return most;
    }
    static constexpr std::uint32_t last = last_of(Size);
    static constexpr std::size_t digits = std::min<std::size_t>(Size, 8);

    [[nodiscard]] static fixed_text<Size> of(std::uint32_t number) {
        return fixed_text<Size>(as_text(serial::from_number(number).view()).substr(8 - digits));
    }
    [[nodiscard]] static std::uint32_t number(const fixed_text<Size>& of) noexcept {
        const std::string_view text = of.view();
        if (text.size() != digits) return 0;
        id padded;
        std::ranges::copy(text, padded.octets.end() - static_cast<std::ptrdiff_t>(digits));
        return serial::number(padded);
    }
};

template <class Id>
concept countable_id = field<Id> && requires { counted_id<Id>::last; };

}   // namespace hawser::packet
