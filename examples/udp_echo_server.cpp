// udp-echo-server: sends each datagram back to where it came from.
//
//   udp-echo-server --listen udp::7004
//   hawser-talk --connect udp::7004
//
// There are no connections and no frames: a datagram comes whole or not at all, and is one packet. So one coroutine and one
// buffer serve everybody, and nobody can make them grow.
#include "starter.hpp"

#include <vector>

using namespace hawser;

namespace {

io::task<void> echo(io::datagram_socket& socket) {
    std::vector<std::byte> room(io::datagram_socket::max_datagram);
    while (!socket.is_closed()) {   // nothing else ends it: what failed was one datagram
        const auto got = co_await socket.receive_from(room);
        // Two echoes, or one and itself, would answer each other for ever; a forged sender is enough to begin that.
        if (!got || got->from.port == socket.local().port) continue;
        static_cast<void>(co_await socket.send_to(bytes(room).first(got->count), got->from));   // may be lost anyway
    }
}

}  // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv, {.about = "Sends each datagram back to where it came from.",
                                              .listen = "udp::7004", .format = ""});
    return given.serve_datagrams(echo);
}
