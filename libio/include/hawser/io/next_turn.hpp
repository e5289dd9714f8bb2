// next_turn: lets the others of a thread run.
//
//   operation_memory posted;
//   co_await next_turn(here, posted);   // needs no memory but that, not even that of a coroutine, and does not throw
#pragma once

#include <hawser/io/operation_memory.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <utility>

namespace hawser::inline v0::io {

/// The memory must outlive the wait.
[[nodiscard]] inline auto next_turn(const executor& here, operation_memory& memory) {
    const auto start = [here, &memory](auto handler) { asio::post(here, memory.keep(std::move(handler))); };
    return asio::async_initiate<const asio::deferred_t&, void()>(start, asio::deferred);
}

}   // namespace hawser::io
