// task: the coroutine type of hawser, and the executor it runs on. The only names for them in public code.
//
//   io::task<int> answer(io::executor where) { co_await io::sleep(1s); co_return 42; }
//
// A connection lives on one io_context that one thread runs: its coroutines never run at the same time, and nothing in
// them needs a lock. The executor is a concrete type, not any_io_executor (measured: 7 to 15 % more requests a second;
// docs/decisions/executor.md; threads.md there has the figures for an io_context a thread).
//
// Asio is compiled in the libraries too, and the memory of coroutines and operations goes from there to a program's code and back: so
// its macros about that are those that the target hawser::io gives, for everybody.
//
// House rule, for g++ 12: no lambda that captures is a coroutine; pass state as parameters; name the result of a
// co_await before using it in a larger expression.
#pragma once

#if defined(BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING) || defined(BOOST_ASIO_DISABLE_SMALL_BLOCK_RECYCLING) || \
    !defined(BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE) || BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE != 16
#error "the libraries of hawser have Asio compiled otherwise: take the definitions of hawser::io, and no BOOST_ASIO_..._RECYCLING of your own"
#else

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <type_traits>

namespace hawser::io {

namespace asio = boost::asio;

/// Where a connection and its coroutines run: one io_context, run by one thread.
using executor = asio::io_context::executor_type;

/// A coroutine. It starts when it is awaited or spawned, on the executor of whoever does so.
template <class T = void>
using task = asio::awaitable<T, executor>;

/// Whether something is a coroutine that somebody has to await.
template <class T>
inline constexpr bool is_task = false;
/// It is.
template <class T>
inline constexpr bool is_task<task<T>> = true;

/// Whether what is given as `Given&&` may be made where it is awaited. g++ 12 destroys an aggregate or a lambda twice that is made inside
/// of a co_await, which does harm if it owns something. What has a name is safe.
template <class Given>
concept safe_to_await = std::is_lvalue_reference_v<Given> || std::is_trivially_destructible_v<Given>;

/// Awaited in a task, gives the executor it runs on: co_await io::this_executor.
inline constexpr asio::this_coro::executor_t this_executor{};

/// The completion token that makes an Asio operation awaitable in a task: co_await timer.async_wait(io::use_task).
inline constexpr asio::use_awaitable_t<executor> use_task{};

}  // namespace hawser::io

// Where the frames of tasks come from and go to, as Asio says, but compiled once: where g++ 12 inlines one of the two, it no longer
// knows the other as its counterpart, and warns about the user's coroutine (-Wmismatched-new-delete).
template <>
void* boost::asio::detail::awaitable_frame_base<hawser::io::executor>::operator new(std::size_t size);
template <>
void boost::asio::detail::awaitable_frame_base<hawser::io::executor>::operator delete(void* frame, std::size_t size);

#endif
