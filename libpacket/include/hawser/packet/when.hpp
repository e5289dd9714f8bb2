// when: a field that is in the body only if a member before it has one of these bits, as MQTT's will topic.
//
//   struct connect {
//       ...
//       packet::flags<connect_bits> flags;
//       packet::when<&connect::flags, connect_bits::will, packet::text<big_uint16_t>> will_topic;
//   };
//
//   if (read.flags.has(connect_bits::will)) use(*read.will_topic);
//   made.flags.set(connect_bits::will), made.will_topic = "gone";
//
// It always holds a value: the bits alone say whether that is written, so the two cannot disagree. Where it was not in
// the body it is that type's default.
#pragma once

#include <hawser/packet/layout.hpp>

#include <concepts>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hawser::inline v0::packet {

/// The bits of a field that others depend on: of a number, an enum, an enum_as or flags.
template <number Number>
[[nodiscard]] constexpr std::uint64_t bits_of(const Number& of) noexcept {
    return static_cast<std::uint64_t>(static_cast<value_of<Number>>(of));
}
/// The same of an enum.
template <class Enum>
    requires std::is_enum_v<Enum>
[[nodiscard]] constexpr std::uint64_t bits_of(Enum of) noexcept {
    return static_cast<std::uint64_t>(of);
}

template <class T>
concept has_bits = raw_field<T> && requires(const T& of) {
    { bits_of(of) } -> std::same_as<std::uint64_t>;
};

/// A member, by its pointer.
template <class Pointer>
struct pointed_member;
template <class Class, class Type>
struct pointed_member<Type Class::*> {
    using type = Type;
};

/// What a field is made from: itself, or the plain number of one of Boost.Endian or varint.hpp.
template <class Field>
struct made_from {
    using type = Field;
};
template <class Field>
    requires(number<Field> || floating_number<Field>)
struct made_from<Field> {
    using type = value_of<Field>;
};
template <varint_number Field>
struct made_from<Field> {
    using type = typename Field::value_type;
};

/// A T that is in the body if the member `On` of its packet has any bit of the mask.
template <auto On, auto Mask, class T>
class when {
public:
    /// A T, or its number.
    using plain = typename made_from<T>::type;

    when() = default;
    constexpr when(plain of) : value_(std::move(of)) {}
    constexpr when(T of)
        requires(!std::same_as<plain, T>)
        : value_(of) {}
    template <class From>
        requires(std::is_class_v<plain> && std::convertible_to<From, T> &&
                 !std::same_as<std::remove_cvref_t<From>, T> && !std::same_as<std::remove_cvref_t<From>, when>)
    constexpr when(From&& of) : value_(std::forward<From>(of)) {}

    [[nodiscard]] constexpr const T& operator*() const noexcept { return value_; }
    [[nodiscard]] constexpr T& operator*() noexcept { return value_; }
    [[nodiscard]] constexpr const T* operator->() const noexcept { return &value_; }
    [[nodiscard]] constexpr T* operator->() noexcept { return &value_; }

private:
    T value_{};
};

/// structure asks is_there() before it reads or writes one: that needs the packet around it.
template <auto On, auto Mask, class T>
struct layout<when<On, Mask, T>> {
    using type = when<On, Mask, T>;
    using held = layout<T>;
    using source = typename pointed_member<std::remove_const_t<decltype(On)>>::type;
    static_assert(field<T>, "what a packet::when holds is a field");
    static_assert(!requires { held::may_be_absent; }, "what a packet::when holds is no packet::optional");
    static_assert(held::smallest > 0 || held::takes_rest, "what a packet::when holds takes a byte at least");
    static_assert(has_bits<source>, "a packet::when depends on a number, an enum, an enum_as or packet::flags");
    static constexpr std::size_t smallest = 0;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = held::takes_rest;
    static constexpr bool always_fits = held::always_fits;
    static constexpr bool is_view = held::is_view;

    static constexpr auto on = On;
    static constexpr auto mask = static_cast<std::uint64_t>(Mask);
    static_assert(mask != 0 && (sizeof(source) >= 8 || mask >> (8 * (sizeof(source) % 8)) == 0),
                  "the mask of a packet::when has bits, all of them of the member that it depends on");

    /// Whether the packet that it is in has one of the bits.
    template <class Packet>
    [[nodiscard]] static constexpr bool is_there(const Packet& in) noexcept {
        return (bits_of(in.*On) & mask) != 0;
    }
    [[nodiscard]] static bool read(cursor& from, type& into) { return held::read(from, *into); }
    [[nodiscard]] static bool fits(const type& from) noexcept { return held::fits(*from); }
    [[nodiscard]] static errc refusal(const type& from) noexcept { return refusal_of(*from); }
    [[nodiscard]] static std::size_t size(const type& from) noexcept { return held::size(*from); }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept { return held::write(to, *from); }
    /// That of what it holds; structure says on what it depends.
    static void describe(std::vector<field_description>& into, std::string_view name) { describe_field<T>(into, name); }
    [[nodiscard]] static consteval bool parts_are_described() { return is_described<T>(); }
};

}   // namespace hawser::packet
