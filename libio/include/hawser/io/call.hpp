// call: awaits a coroutine written for plain Asio (asio::awaitable<T>) inside a task.
//
//   const auto rows = co_await io::call(database.query(sql));
#pragma once

#include <hawser/io/task.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>

#include <utility>

namespace hawser::inline v0::io {

/// Runs `plain` on this task's own io_context and gives its result; what it throws is thrown here.
template <class T, class Executor>
[[nodiscard]] task<T> call(asio::awaitable<T, Executor> plain) {
    const executor here = co_await this_executor;
    co_return co_await asio::co_spawn(Executor(here), std::move(plain), use_task);
}

}   // namespace hawser::io
