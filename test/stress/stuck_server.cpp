// stuck_server: a server whose handlers do not end when they should.
//
//   stuck_server --listen 127.0.0.1:0 --port-file port --drain-timeout 500ms --on-stuck abandon
//
// 0x02 (submit) with the payload "block" blocks its thread for 40 s, without it acks; 0x20 blocks a thread that it
// offloads to, 0x21 begins to wait and blocks when it goes on.
#include "program.hpp"

#include <hawser/io/offload.hpp>

#include <chrono>
#include <thread>

namespace stress {

struct offloading {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(offloading, (), (id, payload))

struct awaiting {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(awaiting, (), (id, payload))

namespace {

void block() { std::this_thread::sleep_for(std::chrono::seconds(40)); }

packet::submit_ack on_submit(server::context&, const packet::submit& asked) {
    if (as_text(asked.payload) == "block") block();
    return {asked.id, packet::outcome::ok};
}

io::task<packet::submit_ack> on_offloading(server::context&, const offloading& asked) {
    const packet::id id = asked.id;
    co_await io::offload(block);
    co_return packet::submit_ack{id, packet::outcome::ok};
}

io::task<packet::submit_ack> on_awaiting(server::context&, const awaiting& asked) {
    const packet::id id = asked.id;
    co_await io::sleep(std::chrono::milliseconds(1));
    block();
    co_return packet::submit_ack{id, packet::outcome::ok};
}

}   // namespace

}   // namespace stress

int main(int argc, char** argv) {
    stress::program program("stuck_server", "Acks what it gets, and blocks where a client asks it to.", argc, argv);
    hawser::server::router router;
    router.on<hawser::packet::submit>(stress::on_submit);
    router.on<stress::offloading>(stress::on_offloading);
    router.on<stress::awaiting>(stress::on_awaiting);
    hawser::server::server server(program.config(), router);
    return program.run(server);
}
