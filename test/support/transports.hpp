// The same conversation over every transport: TCP, a Unix socket, memory, and a carrier that the library does
// not know, over two of them.
//
//   io::task<void> greeting(io::transport ours, io::transport theirs) { ... }
//   BOOST_AUTO_TEST_CASE(...) { test::over_every_transport(greeting); }
//
// After each conversation nothing may be left: no coroutine, no timer, no lent buffer.
#pragma once

#include "masked.hpp"
#include "run.hpp"
#include "temporary_directory.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/io/transport.hpp>

#include <boost/asio/socket_base.hpp>
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <utility>

namespace hawser::test {

enum class medium { tcp, unix_socket, memory, masked_tcp, masked_memory };

inline constexpr medium every_medium[] = {medium::tcp, medium::unix_socket, medium::memory, medium::masked_tcp,
                                          medium::masked_memory};

[[nodiscard]] inline std::string_view name_of(medium which) {
    switch (which) {
        case medium::tcp: return "TCP";
        case medium::unix_socket: return "a Unix socket";
        case medium::memory: return "memory";
        case medium::masked_tcp: return "a carrier over TCP";
        case medium::masked_memory: return "a carrier over memory";
    }
    return "?";
}

using conversation = io::task<void> (*)(io::transport ours, io::transport theirs);

/// Left alone, the buffers of a kernel grow to tens of megabytes. No test needs more than twice this to fill them.
inline constexpr int kernel_buffer = 64 * 1024;

inline void limit_kernel_buffers(io::transport& of) {
    io::socket& connected = *of.waits_on();
    connected.set_option(asio::socket_base::send_buffer_size(kernel_buffer));
    connected.set_option(asio::socket_base::receive_buffer_size(kernel_buffer));
}

/// Connects two ends with sockets and lets them talk.
[[nodiscard]] inline io::task<void> talk_over_sockets(io::address where, conversation talk, bool masks = false) {
    const io::executor here = co_await asio::this_coro::executor;
    result<std::unique_ptr<io::listener>> listening = io::listen(here, where);
    if (!listening) throw std::runtime_error("cannot listen: " + listening.error().message());
    const std::unique_ptr<io::listener> listener = std::move(*listening);
    where.port = listener->port();
    result<io::transport> ours = co_await io::dial(where, long_enough);
    if (!ours) throw std::runtime_error("cannot dial: " + ours.error().message());
    result<io::accepted> theirs = co_await listener->accept(here);
    if (!theirs) throw std::runtime_error("cannot accept: " + theirs.error().message());
    listener->close();
    limit_kernel_buffers(*ours);
    limit_kernel_buffers(theirs->carrier);
    if (masks) co_await talk(masked(std::move(*ours)), masked(std::move(theirs->carrier)));
    else co_await talk(std::move(*ours), std::move(theirs->carrier));
}

inline void over_memory(conversation talk, io::memory_options ours = {}, io::memory_options theirs = {},
                        bool masks = false) {
    asio::io_context context;
    auto [here, there] = io::memory_pair(context.get_executor(), context.get_executor(), ours, theirs);
    if (masks) run(context, talk(masked(std::move(here)), masked(std::move(there))));
    else run(context, talk(std::move(here), std::move(there)));
    expect_nothing_left(context);
    BOOST_TEST(io::buffer_pool::of(context.get_executor()).lent() == 0U);
}

inline void over_sockets(medium which, conversation talk) {
    const temporary_directory directory;
    io::address where{.host = "127.0.0.1"};
    if (which == medium::unix_socket) where = {.what = io::address::kind::unix_path, .path = directory.file("s")};
    asio::io_context context;
    run(context, talk_over_sockets(where, talk, which == medium::masked_tcp));
    expect_nothing_left(context);
    BOOST_TEST(io::buffer_pool::of(context.get_executor()).lent() == 0U);
}

inline void over_every_transport(conversation talk) {
    for (const medium which : every_medium) {
        BOOST_TEST_CONTEXT("over " << name_of(which)) {
            if (which == medium::memory || which == medium::masked_memory)
                over_memory(talk, {}, {}, which == medium::masked_memory);
            else over_sockets(which, talk);
        }
    }
}

}   // namespace hawser::test
