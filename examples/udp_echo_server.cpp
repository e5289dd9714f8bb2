// udp-echo-server: sends each datagram back to where it came from, behind "= ".
//
//   udp-echo-server --listen udp::7004
//   hawser-talk --connect udp::7004
//
// There are no connections and no frames: a datagram comes whole or not at all, and is one packet.
//
// A server of datagrams has to guard against two things, because a sender can forge its address. An answer must not be
// answered: two servers, or one and itself, would go on for ever after one forged packet. So answers begin with a mark,
// and a datagram with that mark is dropped. And an answer must not be much longer than its request, or the server could
// be used to flood a peer that never asked: here it is two bytes longer, and the server's own limit would stop it at
// three times the request.
#include "starter.hpp"

#include <algorithm>
#include <string_view>

using namespace hawser;

namespace {

constexpr std::string_view mark = "= ";   // of an answer

void echo(server::datagram& here, bytes asked) {
    const std::size_t size = mark.size() + asked.size();
    if (as_text(asked).starts_with(mark) || size > here.most()) return;
    const mutable_bytes room = here.room();   // so that no memory of ours is needed
    std::ranges::copy(as_bytes(mark), room.begin());
    std::ranges::copy(asked, room.begin() + mark.size());
    here.answer(bytes(room).first(size));   // may be lost
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Sends each datagram back to where it came from, behind \"= \".",
                                  .listen = "udp::7004",
                                  .format = ""});
    server::server server(given.config(), echo);
    return server.run().exit_status();
}
