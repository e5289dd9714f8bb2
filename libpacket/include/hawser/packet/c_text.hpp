// c_text: text that ends with a NUL, as SMPP's "C-Octet String" of variable length.
//
//   packet::c_text<16> system_id = "SMPP3TEST";   // 53 4d 50 50 33 54 45 53 54 00, of at most 16 bytes
//   packet::c_text<16, std::string> mine;         // the same, but it owns its letters
//
// A view, unless it says what it owns: of the body it was decoded from, or of what it was made from, and valid as long
// as that is. Without the NUL. What has no NUL within its bytes is refused when it is decoded (bad_field); what is too
// long, or has one inside (unencodable), when it is encoded.
#pragma once

#include <hawser/packet/text.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline v0::packet {

/// Text of at most `Most` bytes, the NUL at its end counted: a view, or a std::string.
template <std::size_t Most, letters Held = std::string_view>
struct c_text : Held {
    static_assert(Most > 0, "a c_text has its NUL at least");
    c_text() = default;
    template <std::convertible_to<std::string_view> Text>
    constexpr c_text(const Text& of) noexcept(view_of_bytes<Held>) : Held(std::string_view(of)) {}
    constexpr c_text(Held&& of) noexcept : Held(std::move(of)) {}
};

template <std::size_t Most, class Held>
struct layout<c_text<Most, Held>> {
    using type = c_text<Most, Held>;
    static constexpr std::size_t smallest = 1;
    static constexpr bool is_fixed = false;
    static constexpr bool is_raw = false;
    static constexpr bool takes_rest = false;
    static constexpr bool always_fits = false;
    static constexpr bool is_view = view_of_bytes<type>;

    [[nodiscard]] static bool read(cursor& from, type& into) noexcept(is_view) {
        const std::size_t length = as_text(from.ahead()).substr(0, Most).find('\0');
        if (length == std::string_view::npos) return from.left() < Most ? false : from.reject();
        bytes taken;
        if (!from.take(length + 1, taken)) return false;
        hold(into, taken.first(length));
        return true;
    }
    [[nodiscard]] static bool fits(const type& from) noexcept {
        return from.size() < Most && std::string_view(from).find('\0') == std::string_view::npos;
    }
    [[nodiscard]] static errc refusal(const type& from) noexcept {
        return from.size() < Most ? errc::unencodable : errc::value_too_long;
    }
    [[nodiscard]] static std::size_t size(const type& from) noexcept { return from.size() + 1; }
    [[nodiscard]] static std::byte* write(std::byte* to, const type& from) noexcept {
        to = write_content(to, content_of(std::string_view(from)));
        *to = std::byte{0};
        return to + 1;
    }
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = field_description::kind::terminated_text, .width = Most});
    }
};

}   // namespace hawser::packet
