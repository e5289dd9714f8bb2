// udp-echo-server: sends each datagram back to where it came from, behind "= ".
//
//   udp-echo-server --listen udp::7004
//   hawser-talk --connect udp::7004
//
// There are no connections and no frames: a datagram comes whole or not at all, and is one packet. So one coroutine and
// one buffer serve all peers, and no peer can make them grow.
//
// A server of datagrams has to guard against two things, because a sender can forge its address. An answer must not be
// answered: two servers, or one and itself, would go on for ever after one forged packet. So answers begin with a mark,
// and a datagram with that mark is dropped. And an answer must not be much longer than its request, or the server could
// be used to flood a peer that never asked: here it is two bytes longer.
#include "starter.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

using namespace hawser;

namespace {

constexpr std::string_view mark = "= ";   // of an answer

io::task<void> echo(io::datagram_socket& socket) {
    std::vector<std::byte> room(io::datagram_socket::max_datagram);
    std::ranges::copy(as_bytes(mark), room.begin());
    const mutable_bytes request = mutable_bytes(room).subspan(mark.size());
    while (!socket.is_closed()) {   // any other failure is that of one datagram
        const auto got = co_await socket.receive_from(request);
        if (!got || got->truncated) continue;   // too long to be answered whole
        if (as_text(bytes(request).first(got->count)).starts_with(mark)) continue;
        // May be lost anyway.
        static_cast<void>(co_await socket.send_to(bytes(room).first(mark.size() + got->count), got->from));
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Sends each datagram back to where it came from, behind \"= \".",
                                  .listen = "udp::7004",
                                  .format = ""});
    return given.serve_datagrams(echo);
}
