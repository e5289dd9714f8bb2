// optional: a field that a body may end before, as the later versions of many protocols have them.
//
//   struct logon {
//       ...
//       packet::optional<big_uint16_t> version;                // absent: the body ends here
//       packet::optional<packet::text<std::uint8_t>> locale;
//   };
//
//   if (read.version) use(*read.version);                      // a std::optional
//
// Behind one there are only others, and one that is there behind one that is absent is refused when it is encoded
// (unencodable). What is there in part only is a body that is too short.
#pragma once

#include <hawser/packet/layout.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace hawser::inline v0::packet {

/// A T that is absent where the body ends before it.
template <class T>
struct optional : std::optional<T> {
    using std::optional<T>::optional;
};

template <class T>
struct layout<optional<T>> {
    using type = optional<T>;
    using held = layout<T>;
    static_assert(field<T>, "what may be absent is a field");
    static_assert(held::smallest > 0 && !held::takes_rest,
                  "what may be absent takes a byte at least, or nobody could tell, and has an end");
    static constexpr std::size_t smallest = 0;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = true;
    static constexpr bool always_fits = held::always_fits;
    static constexpr bool is_view = held::is_view;
    static constexpr bool may_be_absent = true;

    [[nodiscard]] static bool read(cursor& from, type& into) {
        if (from.left() > 0) return held::read(from, into.emplace());
        into.reset();
        return true;
    }
    [[nodiscard]] static bool fits(const type& from) noexcept { return !from || held::fits(*from); }
    [[nodiscard]] static errc refusal(const type& from) noexcept { return refusal_of(*from); }
    [[nodiscard]] static std::size_t size(const type& from) noexcept { return from ? held::size(*from) : 0; }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        return from ? held::write(to, *from) : to;
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        const std::size_t first = into.size();
        describe_field<T>(into, name);
        if (first < into.size()) into[first].is_optional = true;
    }
    [[nodiscard]] static consteval bool parts_are_described() { return is_described<T>(); }
};

}   // namespace hawser::packet
