// The name of a type, for messages and pages: "submit" of hawser::packet::submit.
//
//   static_assert(packet::name_of<packet::submit>() == "submit");
#pragma once

#include <string_view>

namespace hawser::packet {

/// Its own `name` if it has one, else its name in the source without what it is in.
template <class T>
[[nodiscard]] consteval std::string_view name_of() {
    if constexpr (requires { std::string_view(T::name); }) {
        return T::name;
    } else {
        // Both compilers end with "T = hawser::packet::submit]", g++ perhaps with "; ..." before the bracket.
        std::string_view text = __PRETTY_FUNCTION__;
        text.remove_prefix(text.find("T = ") + 4);
        text = text.substr(0, text.find_first_of(";]<"));
        const std::size_t scope = text.rfind(':');
        return scope == text.npos ? text : text.substr(scope + 1);
    }
}

}  // namespace hawser::packet
