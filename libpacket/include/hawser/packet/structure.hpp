// structure: a described struct, as its fields one after the other.
//
//   struct position { boost::endian::big_int32_t north; boost::endian::big_int32_t east; };
//   BOOST_DESCRIBE_STRUCT(position, (), (north, east))
//   using track = packet::array<position, std::uint8_t>;
//
// Its members are fields. One that has no end of its own (rest) must be the last; those that may be absent (optional),
// too, one behind the other.
#pragma once

#include <hawser/packet/layout.hpp>

#include <boost/describe/class.hpp>
#include <boost/describe/members.hpp>
#include <boost/mp11/list.hpp>

#include <array>
#include <bit>
#include <utility>

namespace hawser::inline v0::packet {

template <class T>
concept described = std::is_class_v<T> && boost::describe::has_describe_members<T>::value;

/// Where a field was not whole.
struct broken_field {
    std::string_view name;
    std::size_t offset = 0;
};

/// Calls `visit.operator()<I>()` for From to To - 1 until one is false; whether all were true.
template <std::size_t From, std::size_t To, class Visit>
constexpr bool each(Visit visit) {
    return [&visit]<std::size_t... I>(std::index_sequence<I...>) {
        return (static_cast<bool>(visit.template operator()<From + I>()) && ...);
    }(std::make_index_sequence<To - From>());
}

/// The members of a described struct, by their number.
template <described T>
struct structure {
    using members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;
    static constexpr std::size_t count = boost::mp11::mp_size<members>::value;

    template <std::size_t I>
    using member = boost::mp11::mp_at_c<members, I>;
    template <std::size_t I>
    using type = std::remove_cvref_t<decltype(std::declval<T&>().*(member<I>::pointer))>;
    template <std::size_t I>
    using part = layout<type<I>>;

    static_assert(each<0, count>([]<std::size_t I>() { return field<type<I>>; }),
                  "each member of a described structure is a field: of packet/field.hpp, or with a layout of your own");
    /// Whether a body may end before this one: packet::optional.
    template <std::size_t I>
    static constexpr bool may_be_absent = requires { requires part<I>::may_be_absent; };
    static constexpr bool rest_is_last() {
        return each<0, count>([]<std::size_t I>() {
            return !part<I>::takes_rest || may_be_absent<I> || I + 1 == count;
        });
    }
    static constexpr bool optionals_are_last() {
        return each<0, count>([]<std::size_t I>() {
            if constexpr (I + 1 < count) return !may_be_absent<I> || may_be_absent<I + 1>;
            else return true;
        });
    }
    static_assert(rest_is_last(), "rest has no end of its own: it must be the last field");
    static_assert(optionals_are_last(), "a packet::optional may be absent: behind it are only others");

    /// Whether this one may be missing: packet::when.
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
    static constexpr bool are_decided() {
        return each<0, count>([]<std::size_t I>() {
            if constexpr (is_conditional<I>) return decided_by<I>() < I;
            else return true;
        });
    }
    static_assert(are_decided(), "what a packet::when depends on is a described member before it");

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

    static constexpr std::size_t smallest = smallest_until<count>();
    static constexpr bool is_fixed = is_fixed_until<count>();
    static constexpr bool is_raw = lies_as_described();
    static constexpr bool takes_rest = !each<0, count>([]<std::size_t I>() { return !part<I>::takes_rest; });
    // Two that may be absent can contradict each other.
    static constexpr bool always_fits = each<0, count>([]<std::size_t I>() {
        return part<I>::always_fits && !(may_be_absent<I> && I + 1 < count);
    });
    static constexpr bool is_view = !each<0, count>([]<std::size_t I>() { return !part<I>::is_view; });

    /// Reads the members From to To - 1; false if one is not whole, and says which.
    template <std::size_t From, std::size_t To>
    [[nodiscard]] static bool read_some(cursor& from, T& into, broken_field& broken) {
        return each<From, To>([&]<std::size_t I>() {
            if (!has<I>(into)) return true;
            const std::size_t begin = from.position();
            if (part<I>::read(from, into.*(member<I>::pointer))) [[likely]]
                return true;
            broken = {member<I>::name, begin};
            return false;
        });
    }
    /// Writes these fields and says where they end.
    template <std::size_t From, std::size_t To>
    [[nodiscard]] static std::byte* write_some(std::byte* to, const T& from) noexcept {
        each<From, To>([&]<std::size_t I>() {
            if (has<I>(from)) to = part<I>::write(to, from.*(member<I>::pointer));
            return true;
        });
        return to;
    }
    /// Whether each field can say how long it is.
    [[nodiscard]] static bool fits(const T& from) noexcept {
        return each<0, count>([&]<std::size_t I>() {
            if constexpr (I > 0)
                if (is_gap<I>(from)) return false;
            return !has<I>(from) || part<I>::fits(from.*(member<I>::pointer));
        });
    }
    /// Why not. Precondition: !fits().
    [[nodiscard]] static errc refusal(const T& from) noexcept {
        errc why = errc::unencodable;
        each<0, count>([&]<std::size_t I>() {
            if constexpr (I > 0)
                if (is_gap<I>(from)) return false;
            const auto& value = from.*(member<I>::pointer);
            return !has<I>(from) || part<I>::fits(value) || (why = refusal_of(value), false);
        });
        return why;
    }
    /// The bytes that it takes.
    [[nodiscard]] static std::size_t size(const T& from) noexcept {
        std::size_t all = 0;
        each<0, count>([&]<std::size_t I>() {
            if (has<I>(from)) all += part<I>::size(from.*(member<I>::pointer));
            return true;
        });
        return all;
    }
    /// Its members, as "name.member".
    static void describe(std::vector<field_description>& into, std::string_view name) {
        const std::string prefix = name.empty() ? "" : std::string(name) + ".";
        each<0, count>([&]<std::size_t I>() {
            const std::size_t before = into.size();
            describe_field<type<I>>(into, prefix + member<I>::name);
            if constexpr (is_conditional<I>)
                for (std::size_t i = before; i < into.size(); ++i)
                    into[i].conditions.push_back({prefix + member<decided_by<I>()>::name, part<I>::mask});
            return true;
        });
    }
    [[nodiscard]] static consteval bool parts_are_described() {
        return each<0, count>([]<std::size_t I>() { return is_described<type<I>>(); });
    }

private:
    // Whether a member is in the body of this.
    template <std::size_t I>
    static constexpr bool has(const T& in) noexcept {
        if constexpr (is_conditional<I>) return part<I>::is_there(in);
        else return true;
    }

    // Whether a member is there, and the one before it, which may be absent, is not.
    template <std::size_t I>
    static constexpr bool is_gap(const T& in) noexcept {
        if constexpr (may_be_absent<I> && may_be_absent<I - 1>)
            return in.*(member<I>::pointer) && !(in.*(member<I - 1>::pointer));
        else return false;
    }

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

/// A structure with a command is a packet; a field that is called `code` is something else.
template <class T>
concept has_command = requires {
    T::code;
    requires !std::is_member_pointer_v<decltype(&T::code)>;
};

/// A structure that is no packet is a field itself: of an array, or of another structure.
template <described T>
    requires(!has_command<T>)
struct layout<T> : structure<T> {
    [[nodiscard]] static bool read(cursor& from, T& into) {
        broken_field where;
        return structure<T>::template read_some<0, structure<T>::count>(from, into, where);
    }
    [[nodiscard]] static std::byte* write(std::byte* to, const T& from) noexcept {
        return structure<T>::template write_some<0, structure<T>::count>(to, from);
    }
};

}   // namespace hawser::packet
