// members: the members of a described struct as fields: their types and layouts, by their number, and what each says
// about those behind it. What is read and written of them is in structure.hpp.
#pragma once

#include <hawser/packet/layout.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::packet {

template <class T>
concept described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

/// Calls `visit.operator()<I>()` for From to To - 1 until one is false; whether all were true.
template <std::size_t From, std::size_t To, class Visit>
constexpr bool each(Visit visit) {
    return [&visit]<std::size_t... I>(std::index_sequence<I...>) {
        return (static_cast<bool>(visit.template operator()<From + I>()) && ...);
    }(std::make_index_sequence<To - From>());
}

/// The members of a described struct, by their number.
template <described T>
struct fields_of {
    using members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    static constexpr std::size_t count = boost::mp11::mp_size<members>::value;

    template <std::size_t I>
    using member = boost::mp11::mp_at_c<members, I>;
    template <std::size_t I>
    using type = std::remove_cvref_t<decltype(std::declval<T&>().*(member<I>::pointer))>;
    template <std::size_t I>
    using part = layout<type<I>>;

    /// Whether each of them is a field.
    static constexpr bool are_fields() {
        return each<0, count>([]<std::size_t I>() { return field<type<I>>; });
    }

    /// Whether a body may end before this one: packet::optional.
    template <std::size_t I>
    static constexpr bool may_be_absent = requires { requires part<I>::may_be_absent; };
    /// What has no end of its own is the last.
    static constexpr bool rest_is_last() {
        return each<0, count>([]<std::size_t I>() {
            return !part<I>::takes_rest || may_be_absent<I> || I + 1 == count;
        });
    }
    /// Behind what may be absent is nothing else.
    static constexpr bool optionals_are_last() {
        return each<0, count>([]<std::size_t I>() {
            if constexpr (I + 1 < count) return !may_be_absent<I> || may_be_absent<I + 1>;
            else return true;
        });
    }

    /// Whether it is in a body only if another has some bits: packet::when.
    template <std::size_t I>
    static constexpr bool is_conditional = requires(const T& in) { part<I>::is_there(in); };
    /// The member that such a one depends on; `count` if it is none of these.
    template <std::size_t I>
    static constexpr std::size_t decided_by() {
        std::size_t found = 0;
        each<0, count>([&found]<std::size_t J>() {
            if constexpr (std::same_as<decltype(member<J>::pointer), decltype(part<I>::on)>)
                if (member<J>::pointer == part<I>::on) return false;
            return ++found, true;
        });
        return found;
    }
    /// What each depends on is read before it.
    static constexpr bool are_decided() {
        return each<0, count>([]<std::size_t I>() {
            if constexpr (is_conditional<I>) return decided_by<I>() < I;
            else return true;
        });
    }

    /// Whether a member is in the body of this.
    template <std::size_t I>
    static constexpr bool has(const T& in) noexcept {
        if constexpr (is_conditional<I>) return part<I>::is_there(in);
        else return true;
    }

    /// Whether a member is there, and the one before it, which may be absent, is not.
    template <std::size_t I>
    static constexpr bool is_gap(const T& in) noexcept {
        if constexpr (may_be_absent<I> && may_be_absent<I - 1>)
            return in.*(member<I>::pointer) && !(in.*(member<I - 1>::pointer));
        else return false;
    }

    /// The bytes that the fields before this one take at least.
    template <std::size_t To>
    static constexpr std::size_t smallest_until() {
        std::size_t all = 0;
        each<0, To>([&all]<std::size_t I>() { return all += part<I>::smallest, true; });
        return all;
    }
    /// Whether the fields before this one are always as long.
    template <std::size_t To>
    static constexpr bool is_fixed_until() {
        return each<0, To>([]<std::size_t I>() { return part<I>::is_fixed; });
    }
    /// Its memory is its bytes, wherever they are: nothing lies between its members, they are described in the order in
    /// which they lie, and it needs no alignment.
    static constexpr bool lies_as_described() {
        constexpr std::size_t size = smallest_until<count>();
        if constexpr (size == 0 || size > 0xffff || sizeof(T) != size || alignof(T) != 1 ||
                      !std::is_trivially_copyable_v<T>) {
            return false;
        } else {
            return each<0, count>([]<std::size_t I>() {
                if constexpr (!part<I>::is_raw) return false;
                else return (part_of_offset<I, 8>() | part_of_offset<I, 0>()) == smallest_until<I>();
            });
        }
    }

private:
    // Where a member lies: what its first byte is if each byte of the whole is its own number.
    template <std::size_t I, unsigned Shift>
    static constexpr std::size_t part_of_offset() {
        std::array<unsigned char, sizeof(T)> numbers{};
        for (std::size_t i = 0; i < sizeof(T); ++i) numbers[i] = static_cast<unsigned char>(i >> Shift);
        const T sample = std::bit_cast<T>(numbers);
        return std::size_t{std::bit_cast<std::array<unsigned char, sizeof(type<I>)>>(sample.*(member<I>::pointer))[0]}
               << Shift;
    }
};

}   // namespace hawser::packet
