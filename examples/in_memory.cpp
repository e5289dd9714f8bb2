// A test of a server without a socket: the real server and the real client, in one thread, over memory. The server's
// end is made to read a byte at a time, which no protocol may notice.
#include "program.hpp"

#include <hawser/io/listener.hpp>

#include <iostream>

using namespace hawser;

packet::submit_ack on_submit(server::context&, const packet::submit& s) { return {s.id}; }

io::task<bool> converse(io::transport carrier) {
    auto client = client::client::over(std::move(carrier));
    const packet::submit request{.id = {}, .payload = as_bytes("through memory")};
    const auto ack = co_await client.request(request);
    co_await client.close();
    co_return ack && ack->result == packet::outcome::ok;
}

io::task<bool> test(server::server& server, io::transport carrier) {
    const bool passed = co_await converse(std::move(carrier));
    server.stop();
    co_return passed;
}

int main(int argc, char** argv) {
    const example::options given(argc, argv, example::side::neither, "A conversation without a socket.");
    io::asio::io_context context(1);
    server::router router;
    router.on<packet::submit>(on_submit);

    server::server server({.listen = {}}, router);
    io::memory_listener* door = nullptr;
    server.add_listener([&door](const io::executor& on) -> result<std::unique_ptr<io::listener>> {
        auto listener = std::make_unique<io::memory_listener>(on);
        door = listener.get();   // the server owns it
        return listener;
    });
    if (!server.start(context)) return 1;

    auto carrier = door->connect(context.get_executor(), {}, {.most_a_read = 1});
    const bool passed = io::run(context, test(server, std::move(*carrier)));   // returns when both have ended
    std::cout << server.wait().frames_in << " frame came through memory\n";
    return passed ? 0 : 1;
}
