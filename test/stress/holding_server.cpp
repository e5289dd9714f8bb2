// holding_server: acks submits, and lets a client ask for what takes memory.
//
//   holding_server --listen 127.0.0.1:0 --port-file port --memory-budget 64MiB
//
// 0x02 (submit) has a plain handler, 0x20 a concurrent one that keeps its body for two seconds, 0x21 one that has news
// pushed to the client: as many frames as its payload has bytes, 60,000 bytes each.
#include "program.hpp"

#include <chrono>
#include <string>

namespace stress {

struct keep {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(keep, (), (id, payload))

struct tell {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(tell, (), (id, payload))

namespace {

packet::submit_ack ack(server::context&, const packet::submit& asked) { return {asked.id, packet::outcome::ok}; }

io::task<packet::submit_ack> keep_for_long(server::context&, const keep& asked) {
    const packet::id id = asked.id;
    co_await io::sleep(std::chrono::seconds(2));
    co_return packet::submit_ack{id, packet::outcome::ok};
}

packet::submit_ack tell_news(server::context& here, const tell& asked) {
    const std::string news(60'000, 'n');
    byte_buffer body;
    packet::encode(packet::submit{asked.id, as_bytes(news)}, body);
    const result<frame::shared_frame> made = here.frame_of(body.view());
    for (std::size_t count = 0; made && count < asked.payload.size(); ++count)
        static_cast<void>(here.try_push(*made, {.policy = frame::slow_consumer::drop_newest}));
    return {asked.id, packet::outcome::ok};
}

server::router routes() {
    server::router router;
    router.on<packet::submit>(ack);
    router.on<keep>(keep_for_long, server::concurrent(64));
    router.on<tell>(tell_news);
    return router;
}

}   // namespace

}   // namespace stress

int main(int argc, char** argv) {
    stress::program program("holding_server", "Acks what it gets, and holds memory for a client that asks for it.",
                            argc, argv);
    hawser::server::server server(program.config(), stress::routes());
    return program.run(server);
}
