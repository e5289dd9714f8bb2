// callback: a function of one object, to be called later by whoever has it: what a deadline does when it expires,
// who is told of a failure.
//
//   deadline idle(queue, calling<&session::timed_out>(*this));   // void timed_out() noexcept;
//
// Two pointers, to be copied as such: nothing is allocated and nothing owned. The object must be there for as
// long as it may be called.
#pragma once

#include <concepts>
#include <functional>
#include <memory>

namespace hawser::inline v0::io {

class callback {
public:
    callback() noexcept = default;   ///< of nothing: it may not be called
    [[nodiscard]] explicit operator bool() const noexcept { return function_ != nullptr; }
    void operator()() const noexcept { function_(object_); }

private:
    template <auto Function, class Object>
    friend callback calling(Object& object) noexcept;

    using function = void (*)(void* object) noexcept;
    callback(function called, void* with) noexcept : function_(called), object_(with) {}

    function function_ = nullptr;
    void* object_ = nullptr;
};

/// Calls `Function` of `object`: `&session::timed_out`, a member function without parameters, or `&close_it`, a
/// function of the object alone. It returns nothing and is noexcept, as nobody is there to catch what it throws. The
/// call is as direct as one by name.
template <auto Function, class Object>
[[nodiscard]] callback calling(Object& object) noexcept {
    constexpr bool is_callable = requires {
        { std::invoke(Function, object) } noexcept -> std::same_as<void>;
    };
    static_assert(
        is_callable,
        "what is called later takes nothing but its object and throws nothing: write 'void NAME() noexcept' in its "
        "class");
    if constexpr (is_callable) {
        return {[](void* self) noexcept { std::invoke(Function, *static_cast<Object*>(self)); },
                std::addressof(object)};
    } else {
        return {};
    }
}

}   // namespace hawser::io
