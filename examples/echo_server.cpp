// echo-server: sends back whatever it gets. The shortest server there is; copy it to start from.
//
//   echo-server --listen :7000                        lines of text
//   echo-server --listen :7000 --format varint        any other format of frames, see docs/framing.md
//   echo-server --listen :7000 --format raw           bytes as they come
#include "starter.hpp"

using namespace hawser;

namespace {

// Each connection is one coroutine. What ends a loop (the peer has left, sent no frame, was silent for too long, or the
// server stops) hawser reports and tidies up.
io::task<void> echo(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {   // a view, valid until the next read
        const auto sent = co_await conn.send(*body);         // a copy; waits while the client does not read
        if (!sent) break;
    }
}

// The same without frames. What was sent at once may come in pieces, and what was sent in pieces at once.
io::task<void> echo_bytes(server::byte_connection& conn) {
    while (const auto some = co_await conn.read_some()) {
        const auto sent = co_await conn.write(*some);
        if (!sent) break;
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv, {.about = "Sends back whatever it gets.", .listen = ":7000"});
    if (given.raw()) return server::server(given.config(), echo_bytes).run().exit_status();
    server::server server(given.config(), echo);
    return server.run().exit_status();   // until SIGINT or SIGTERM, then drains
}
