// structure: a described struct, as its fields one after the other.
//
//   struct position { boost::endian::big_int32_t north; boost::endian::big_int32_t east; };
//   BOOST_DESCRIBE_STRUCT(position, (), (north, east))
//   using track = packet::array<position, std::uint8_t>;
//
// Its members are fields. One that has no end of its own (rest) must be the last; those that may be absent (optional),
// too, one behind the other.
#pragma once

#include <hawser/packet/members.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace hawser::inline v0::packet {

/// Where a field was not whole.
struct broken_field {
    std::string_view name;
    std::size_t offset = 0;
};

/// What a layout has, of all members of a described struct together.
template <described T>
struct structure : fields_of<T> {
    using base = fields_of<T>;
    using base::count;
    template <std::size_t I>
    using member = typename base::template member<I>;
    template <std::size_t I>
    using type = typename base::template type<I>;
    template <std::size_t I>
    using part = typename base::template part<I>;

    static_assert(base::are_fields(),
                  "each member of a described structure is a field: of packet/field.hpp, or with a layout of your own");
    static_assert(base::rest_is_last(), "rest has no end of its own: it must be the last field");
    static_assert(base::optionals_are_last(), "a packet::optional may be absent: behind it are only others");
    static_assert(base::are_decided(), "what a packet::when depends on is a described member before it");

    static constexpr std::size_t smallest = base::template smallest_until<count>();
    static constexpr bool is_fixed = base::template is_fixed_until<count>();
    static constexpr bool is_raw = base::lies_as_described();
    static constexpr bool takes_rest = !each<0, count>([]<std::size_t I>() { return !part<I>::takes_rest; });
    // Two that may be absent can contradict each other.
    static constexpr bool always_fits = each<0, count>([]<std::size_t I>() {
        return part<I>::always_fits && !(base::template may_be_absent<I> && I + 1 < count);
    });
    static constexpr bool is_view = !each<0, count>([]<std::size_t I>() { return !part<I>::is_view; });

    /// Reads the members From to To - 1; false if one is not whole, and says which.
    template <std::size_t From, std::size_t To>
    [[nodiscard]] static bool read_some(cursor& from, T& into, broken_field& broken) {
        return each<From, To>([&]<std::size_t I>() {
            if (!base::template has<I>(into)) return true;
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
            if (base::template has<I>(from)) to = part<I>::write(to, from.*(member<I>::pointer));
            return true;
        });
        return to;
    }
    /// Whether each field can say how long it is.
    [[nodiscard]] static bool fits(const T& from) noexcept {
        return each<0, count>([&]<std::size_t I>() {
            if constexpr (I > 0)
                if (base::template is_gap<I>(from)) return false;
            return !base::template has<I>(from) || part<I>::fits(from.*(member<I>::pointer));
        });
    }
    /// Why not. Precondition: !fits().
    [[nodiscard]] static errc refusal(const T& from) noexcept {
        errc why = errc::unencodable;
        each<0, count>([&]<std::size_t I>() {
            if constexpr (I > 0)
                if (base::template is_gap<I>(from)) return false;
            const auto& value = from.*(member<I>::pointer);
            return !base::template has<I>(from) || part<I>::fits(value) || (why = refusal_of(value), false);
        });
        return why;
    }
    /// The bytes that it takes.
    [[nodiscard]] static std::size_t size(const T& from) noexcept {
        std::size_t all = 0;
        each<0, count>([&]<std::size_t I>() {
            if (base::template has<I>(from)) all += part<I>::size(from.*(member<I>::pointer));
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
            if constexpr (base::template is_conditional<I>)
                for (std::size_t i = before; i < into.size(); ++i)
                    into[i].conditions.push_back({prefix + member<base::template decided_by<I>()>::name,
                                                  part<I>::mask});
            return true;
        });
    }
    /// Whether it is known of each what it looks like.
    [[nodiscard]] static consteval bool parts_are_described() {
        return each<0, count>([]<std::size_t I>() { return is_described<type<I>>(); });
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
