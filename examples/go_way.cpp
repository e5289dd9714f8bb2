// A server as one coroutine a connection, as one writes it in Go; the bodies are whatever you like, packets or not.
#include "program.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/io/frame_stream.hpp>

#include <iostream>
#include <string>

using namespace hawser;
using namespace std::chrono_literals;

// The first frame is a name, each later one a message; both sides see "name: message".
io::task<void> serve(server::connection& conn) {
    conn.set_read_deadline(io::clock::now() + 5s);   // the name must be here by then
    const auto name = co_await conn.read_frame();
    if (!name) co_return;
    const std::string prefix = std::string(as_text(*name)) + ": ";   // a copy: the view ends at the next read
    conn.set_read_deadline(io::time_point::max());                   // from now on only the config's time-outs

    while (auto message = co_await conn.read_frame()) {
        const std::string line = prefix + std::string(as_text(*message));
        const auto sent = co_await conn.send(as_bytes(line));   // copied into the outbox; waits if that is full
        if (!sent) break;
    }
}   // what was sent still goes out, then the connection ends

// The client's side of the same: frames over a connection, without packets and their ids.
io::task<bool> chat(io::address where) {
    auto carrier = co_await io::dial(where, 5s);
    if (!carrier) co_return false;
    io::frame_stream frames(std::move(*carrier), frame::any_codec());
    static_cast<void>(frames.push(as_bytes("ada")));
    static_cast<void>(frames.push(as_bytes("ahoy")));
    const auto answer = co_await frames.read_frame();   // sees to it that what was pushed leaves
    const bool content = answer && as_text(*answer) == "ada: ahoy";
    if (answer) std::cout << as_text(*answer) << '\n';
    co_await frames.finish(1s);
    co_return content;
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "One coroutine a connection.");
    server::server server(given.config(), serve);
    return example::run(given, server, chat);
}
