// sessions: the same server three ways, each one coroutine a connection. None has deadlines, limits or a drain.
//
//   asio::co_spawn(executor, naive_session(std::move(socket)), asio::detached);
#pragma once

#include "../protocol.hpp"
#include "contexts.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <exception>
#include <string>
#include <vector>

namespace bench {

/// As a tutorial has it: read the length, read the rest, write the answer; any_io_executor, which the defaults mean.
inline asio::awaitable<void> naive_session(tcp::socket socket) {
    try {
        std::array<char, length_size> length;
        std::vector<char> body;
        for (;;) {
            co_await asio::async_read(socket, asio::buffer(length), asio::use_awaitable);
            const std::size_t size = length_at(length.data());
            if (!is_length(size)) co_return;
            body.resize(size - length_size);
            co_await asio::async_read(socket, asio::buffer(body), asio::use_awaitable);
            if (body.front() != submit_command) co_return;
            std::array<char, ack_size> ack{0, 0, 0, ack_size, static_cast<char>(0x82)};
            std::copy_n(body.begin() + 1, id_size, ack.begin() + length_size + 1);
            co_await asio::async_write(socket, asio::buffer(ack), asio::use_awaitable);
        }
    } catch (const std::exception&) {
        // The peer has left.
    }
}

/// Reads up to 64 KiB into the connection's own buffer, answers all frames in it with one write; a concrete executor.
template <class Executor>
asio::awaitable<void, Executor> buffered_session(socket_on<Executor> socket) {
    const asio::use_awaitable_t<Executor> token;
    boost::system::error_code error;
    inbox in;
    acks out;
    for (;;) {
        const std::span<char> room = in.room();
        const std::size_t got = co_await socket.async_read_some(asio::buffer(room.data(), room.size()),
                                                                asio::redirect_error(token, error));
        if (error || !in.take(got, out)) co_return;
        if (out.empty()) continue;
        co_await asio::async_write(socket, asio::buffer(out.view()), asio::redirect_error(token, error));
        if (error) co_return;
        out.clear();
    }
}

/// What one turn of readiness_session left over.
struct turn {
    bool ended = false;
    std::string unsent = {};
};

/// Reads once and answers, in buffers that all connections of the thread borrow. `kept` has the
/// connection's unfinished frame.
template <class Executor>
turn read_and_answer(socket_on<Executor>& socket, inbox& kept) {
    static thread_local inbox lent;
    static thread_local acks out;
    boost::system::error_code error;
    inbox& in = kept.empty() ? lent : kept;
    const std::span<char> room = in.room();
    const std::size_t got = socket.read_some(asio::buffer(room.data(), room.size()), error);
    if (error == asio::error::would_block) return {};
    if (error || !in.take(got, out)) {
        lent.release();
        out.clear();
        return {.ended = true};
    }
    if (&in == &lent && !lent.empty()) lent.move_rest_to(kept);
    if (&in == &kept && kept.empty()) kept.release();
    if (out.empty()) return {};
    const std::size_t sent = socket.write_some(asio::buffer(out.view()), error);
    const std::string unsent(out.view().substr(sent));
    out.clear();
    return {.ended = error && error != asio::error::would_block, .unsent = unsent};
}

/// Waits until there is something to read and only then has a buffer: the thread's. An idle connection keeps none.
template <class Executor>
asio::awaitable<void, Executor> readiness_session(socket_on<Executor> socket) {
    const asio::use_awaitable_t<Executor> token;
    boost::system::error_code error;
    socket.non_blocking(true, error);
    inbox kept;
    while (!error) {
        co_await socket.async_wait(tcp::socket::wait_read, asio::redirect_error(token, error));
        if (error) co_return;
        const turn left = read_and_answer(socket, kept);
        if (left.ended) co_return;
        if (left.unsent.empty()) continue;
        co_await asio::async_write(socket, asio::buffer(left.unsent), asio::redirect_error(token, error));
    }
}

}   // namespace bench
