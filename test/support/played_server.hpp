// A server that the test plays itself, frame by frame: what it says and hears, and a client at the
// other end of a memory pair.
//
//   io::task<void> answer(test::conversation& of) {
//       const packet::id asked = co_await test::hear_submit(of.server);
//       co_await test::say(of.server, packet::submit_ack{asked});
//   }
//   test::conversation of({.inbox = 2});
//   of.run(ask(of), answer(of));
//
// What is not as it should be is thrown: a server that has heard wrong has nothing more to say.
#pragma once

#include "run.hpp"

#include <hawser/client/client.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace hawser::test {

template <packet::packet Packet>
[[nodiscard]] io::task<void> say(io::frame_stream& server, Packet made) {
    byte_buffer body;
    if (const error_code error = packet::encode(made, body)) throw boost::system::system_error(error);
    const result<void> sent = co_await server.send(body.view());
    if (!sent) throw boost::system::system_error(sent.error());
}

template <packet::packet Packet>
[[nodiscard]] io::task<Packet> hear(io::frame_stream& server) {
    const result<bytes> body = co_await server.read_frame();
    if (!body) throw boost::system::system_error(body.error());
    co_return packet::decode_as<Packet>(*body).value();
}

[[nodiscard]] inline io::task<packet::id> hear_submit(io::frame_stream& server) {
    const packet::submit heard = co_await hear<packet::submit>(server);
    co_return heard.id;
}

/// Says yes to whatever comes until the client closes or is gone, then closes too.
[[nodiscard]] inline io::task<void> answer_all(io::frame_stream& server) {
    for (;;) {
        const result<bytes> body = co_await server.read_frame();
        if (!body) break;
        byte_buffer answer;
        const packet::any made = packet::decode(*body).value();
        if (const auto* asked = std::get_if<packet::submit>(&made))
            packet::encode(packet::submit_ack{asked->id}, answer);
        if (const auto* asked = std::get_if<packet::ping>(&made)) packet::encode(packet::pong{asked->id}, answer);
        if (const auto* asked = std::get_if<packet::conn>(&made)) packet::encode(packet::conn_ack{asked->id}, answer);
        if (answer.empty()) continue;
        const result<void> sent = co_await server.send(answer.view());
        if (!sent) break;
    }
    co_await server.finish(std::chrono::seconds(0));
}

/// A client, and the server's end as frames.
struct conversation {
    explicit conversation(const client::options& settings = {})
        : client(client::client::over(std::move(ends.first), settings)) {}

    /// Runs the tasks until they have ended and nothing else is left running; throws what the first of them throws.
    template <class... Tasks>
    void run(Tasks... tasks) {
        const auto rethrow = [](const std::exception_ptr& thrown) {
            if (thrown) std::rethrow_exception(thrown);
        };
        (asio::co_spawn(context, std::move(tasks), rethrow), ...);
        expect_nothing_left(context);
    }

    io::asio::io_context context{1};
    std::pair<io::memory_end, io::memory_end> ends = io::memory_pair(context.get_executor(), context.get_executor());
    std::optional<client::client> client;
    io::frame_stream server{std::move(ends.second), frame::any_codec()};
};

}   // namespace hawser::test
