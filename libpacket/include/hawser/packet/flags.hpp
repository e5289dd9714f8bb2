// flags: a number whose bits, and groups of bits, have names.
//
//   enum class bits : std::uint8_t { clean = 0x02, will = 0x04, will_qos = 0x18 };   // its values are masks
//   BOOST_DESCRIBE_ENUM(bits, clean, will, will_qos)
//   packet::flags<bits> how;                                   // a byte; flags<bits, big_uint16_t> for more
//
//   how.set(bits::will).set(bits::will_qos, 2);                // 14
//   if (how.has(bits::will)) use(how.value(bits::will_qos));   // 2
//
// Bits that have no name are kept. packet::when (when.hpp) has fields that depend on them.
#pragma once

#include <hawser/packet/layout.hpp>

#include <bit>
#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hawser::inline v0::packet {

/// Named bits of a number.
template <class Enum, unsigned_number Number = std::uint8_t>
class flags {
    static_assert(std::is_enum_v<Enum> && std::same_as<std::underlying_type_t<Enum>, value_of<Number>>,
                  "the masks are an enum of the number's type: enum class bits : std::uint16_t for big_uint16_t");
    static_assert(values_fit<Enum, Number>(), "each mask that has a name fits into the number's bytes");

public:
    /// What it is calculated with.
    using plain = value_of<Number>;

    flags() = default;
    /// With all bits of this mask set.
    constexpr flags(Enum mask) noexcept : stored_(static_cast<plain>(mask)) {}
    constexpr explicit flags(plain bits) noexcept : stored_(bits) {}

    /// All of them.
    [[nodiscard]] constexpr plain bits() const noexcept { return stored_; }
    /// Whether any bit of the mask is set.
    [[nodiscard]] constexpr bool has(Enum mask) const noexcept { return (bits() & static_cast<plain>(mask)) != 0; }
    /// What the bits of the mask say, as a number.
    [[nodiscard]] constexpr plain value(Enum mask) const noexcept {
        return static_cast<plain>((bits() & static_cast<plain>(mask)) >> shift_of(mask));
    }
    /// Sets all bits of the mask, or has them say a number, of which they take as many bits as they are.
    constexpr flags& set(Enum mask, plain value = static_cast<plain>(~plain{})) noexcept {
        const auto room = static_cast<plain>(mask);
        stored_ = static_cast<plain>((bits() & ~room) | ((value << shift_of(mask)) & room));
        return *this;
    }

    /// For what depends on them.
    friend constexpr std::uint64_t bits_of(const flags& of) noexcept { return of.bits(); }
    friend constexpr bool operator==(const flags& one, const flags& other) noexcept {
        return one.bits() == other.bits();
    }

private:
    static constexpr int shift_of(Enum mask) noexcept {
        return mask == Enum{} ? 0 : std::countr_zero(static_cast<plain>(mask));
    }

    Number stored_{};
};

template <class Enum, class Number>
struct layout<flags<Enum, Number>> : raw_layout<flags<Enum, Number>> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        layout<Number>::describe(into, name);
        into.back().values = names_of_values<Enum>();
        if (!into.back().values.empty()) into.back().what = field_description::kind::flags;
    }
};

}   // namespace hawser::packet
