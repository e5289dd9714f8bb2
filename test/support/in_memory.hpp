// in_memory: a server and its peers in one io_context, joined by memory: no socket, no thread, no port.
//
//   test::in_memory world(router);
//   auto carrier = world.door->connect(world.context.get_executor());
//   io::asio::co_spawn(world.context.get_executor(), talk(std::move(*carrier)), test::rethrow);
//   world.run();
#pragma once

#include <support/running_server.hpp>

#include <hawser/io/listener.hpp>
#include <hawser/server.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <stdexcept>

namespace hawser::test {

/// For who spawns a coroutine and wants what it throws.
inline void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

struct in_memory {
    explicit in_memory(const server::router& router) : server({.listen = {}, .events = {&recorded}}, router) {
        server.add_listener([this](const io::executor& on) -> result<std::unique_ptr<io::listener>> {
            auto made = std::make_unique<io::memory_listener>(on);
            door = made.get();
            return made;
        });
        if (!server.start(context)) throw std::runtime_error(server.failure());
    }

    /// Until nothing is left to be done: nothing hangs.
    void run() {
        context.run_for(std::chrono::seconds(30));
        BOOST_REQUIRE(context.stopped());
    }

    io::asio::io_context context{1};
    recorder recorded;
    io::memory_listener* door = nullptr;
    server::server server;
};

}   // namespace hawser::test
