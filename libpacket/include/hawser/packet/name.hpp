// The name of a type, for messages and pages: "submit" of hawser::packet::submit.
//
//   static_assert(packet::name_of<packet::submit>() == "submit");
#pragma once

#include <string_view>
#include <type_traits>

namespace hawser::inline v0::packet {

/// A type that says its name itself; a field that is called `name` is something else.
template <class T>
concept says_name = requires {
    std::string_view(T::name);
    requires !std::is_member_pointer_v<decltype(&T::name)>;
};

/// The same for what it is about.
template <class T>
concept says_about = requires {
    std::string_view(T::about);
    requires !std::is_member_pointer_v<decltype(&T::about)>;
};

/// Its own `name` if it has one, else its name in the source without what it is in.
template <class T>
[[nodiscard]] consteval std::string_view name_of() {
    if constexpr (says_name<T>) {
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

}   // namespace hawser::packet
