// A server on an io_context that is yours, beside what you have written in Asio already: a coroutine, a
// timer, a completion handler.
#include "program.hpp"

#include <hawser/io/call.hpp>
#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <iostream>
#include <string>

using namespace hawser;
using namespace std::chrono_literals;
namespace asio = boost::asio;

// Yours, as it was: Asio's own coroutine.
asio::awaitable<std::string> greeting(std::string name) {
    asio::steady_timer soon(co_await asio::this_coro::executor, 1ms);   // a database, say
    co_await soon.async_wait(asio::use_awaitable);
    co_return "ahoy " + name;
}

io::task<void> serve(server::connection& conn) {
    while (auto name = co_await conn.read_frame()) {           // with a limit, a time-out,
                                                               // and no buffer while it waits
        auto greets = greeting(std::string(as_text(*name)));   // a copy: the view ends at the next read
        const std::string answer = co_await io::call(std::move(greets));
        const auto sent = co_await conn.send(as_bytes(answer));   // any number of coroutines may
        if (!sent) break;
    }
}

io::task<bool> talk(io::address where) {
    auto carrier = co_await io::dial(where, 5s);
    if (!carrier) co_return false;
    io::frame_stream frames(std::move(*carrier), frame::any_codec());
    asio::steady_timer pause(co_await io::this_executor, 1ms);
    co_await pause.async_wait(io::use_task);   // any operation of Asio
    static_cast<void>(frames.push(as_bytes("ada")));
    const auto answer = co_await frames.read_frame();
    const bool content = answer && as_text(*answer) == "ahoy ada";
    if (answer) std::cout << as_text(*answer) << '\n';
    co_await frames.finish(1s);
    co_return content;
}

int main(int argc, char** argv) {
    const example::options given(argc, argv, example::side::neither, "A server on an io_context of one's own.");
    asio::io_context context(1);   // one thread runs it
    server::server server({.listen = {"127.0.0.1:0"}}, serve);
    if (!server.start(context)) return 1;

    bool passed = false;
    const io::address where{.host = "127.0.0.1", .port = server.port()};
    asio::co_spawn(context, talk(where), [&](std::exception_ptr thrown, bool content) {
        passed = !thrown && content;
        server.stop();
    });
    context.run();   // returns when the server has ended, too
    const server::report done = server.wait();
    return passed ? done.exit_status() : 1;
}
