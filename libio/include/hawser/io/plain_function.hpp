// plain_function: a std::function for what is called and not awaited. One that would return a task is refused,
// as nobody would run that.
//
//   router& on_open(io::plain_function<void(context&)> hook);
#pragma once

#include <hawser/io/task.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

template <class Signature>
class plain_function;

template <class... Arguments>
class plain_function<void(Arguments...)> : public std::function<void(Arguments...)> {
    using base = std::function<void(Arguments...)>;

public:
    plain_function() noexcept = default;
    plain_function(std::nullptr_t) noexcept {}
    template <class Function>
        requires(!std::same_as<std::remove_cvref_t<Function>, plain_function> &&
                 std::invocable<Function&, Arguments...>)
    plain_function(Function&& called) : base(std::forward<Function>(called)) {
        static_assert(
            !is_task<std::invoke_result_t<Function&, Arguments...>>,
            "this is called and not awaited, so the io::task that it returns would never run: write a plain function");
    }
};

}   // namespace hawser::io
