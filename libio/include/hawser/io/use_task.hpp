// use_task: the completion token that makes an operation of Asio awaitable in a task.
//
//   co_await timer.async_wait(io::use_task);
//
// How it is awaited is in operation.hpp. No executor can be bound to it: a task goes on on its own.
#pragma once

#include <hawser/io/asio.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_executor.hpp>

#include <source_location>
#include <string_view>

namespace hawser::inline v0::io {

/// A completion token: see use_task.
struct use_task_t {};

/// Awaited in a task, an operation of Asio with this token goes on there: co_await timer.async_wait(io::use_task).
inline constexpr use_task_t use_task{};

/// Whether a token is that one, or an adapter around it.
template <class Token>
inline constexpr bool leads_to_use_task = false;
/// It is.
template <>
inline constexpr bool leads_to_use_task<use_task_t> = true;
/// Adapters have what they adapt as their first argument.
template <template <class...> class Adapter, class Token, class... Rest>
inline constexpr bool leads_to_use_task<Adapter<Token, Rest...>> = leads_to_use_task<Token>;

/// Whether an operation that waits for its token was begun with an executor bound to that: asio::deferred in
/// bind_executor(). Only its name tells.
template <class Operation>
[[nodiscard]] consteval bool has_bound_executor() {
    // Of g++ and clang, with what the template is given.
    const std::string_view name = std::source_location::current().function_name();
    return name.find("async_result<boost::asio::executor_binder<") != std::string_view::npos;
}

}   // namespace hawser::io

/// Refused: the task would go on wherever that executor is, beside what runs on its own.
template <class Token, class Executor, class Signature>
    requires hawser::io::leads_to_use_task<Token>
class boost::asio::async_result<boost::asio::executor_binder<Token, Executor>, Signature> {
    static_assert(
        !hawser::io::leads_to_use_task<Token>,
        "a task goes on on its own executor: leave out bind_executor(), and post() or io::spawn() what is to be done "
        "on another");
};
