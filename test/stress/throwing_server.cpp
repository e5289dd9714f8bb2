// throwing_server: acks what it gets, and throws where a client asks it to.
//
//   throwing_server --listen 127.0.0.1:0 --port-file port
//
// A command for each kind of handler: 0x02 (submit) has a plain one, 0x20 a coroutine, 0x21 a coroutine of which
// several may be under way. A payload of two words says when it throws, and what:
// "now", "later" (when the coroutine has waited) or "end" (in the hook on_close); "error", "number" or "memory".
#include "program.hpp"

#include <chrono>
#include <new>
#include <stdexcept>

namespace stress {

struct in_turn {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(in_turn, (), (id, payload))

struct at_once {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(at_once, (), (id, payload))

namespace {

// What on_close is to throw.
struct last_wish {
    std::string what;
};

void raise(std::string_view what) {
    if (what == "error") throw std::runtime_error("as asked for");
    if (what == "number") throw 42;
    if (what == "memory") throw std::bad_alloc();
}

void raise_if(std::string_view when, bytes payload) {
    const std::string_view text = as_text(payload);
    if (text.starts_with(when)) raise(text.substr(when.size()));
}

void remember(server::context& here, bytes payload) {
    const std::string_view text = as_text(payload);
    if (text.starts_with("end ")) here.state<last_wish>().what = text.substr(4);
}

packet::submit_ack plain(server::context& here, const packet::submit& asked) {
    remember(here, asked.payload);
    raise_if("now ", asked.payload);
    return {asked.id, packet::outcome::ok};
}

template <class Packet>
io::task<packet::submit_ack> awaiting(server::context& here, const Packet& asked) {
    remember(here, asked.payload);
    raise_if("now ", asked.payload);
    co_await io::sleep(std::chrono::milliseconds(1));
    raise_if("later ", asked.payload);
    co_return packet::submit_ack{asked.id, packet::outcome::ok};
}

server::router routes() {
    server::router router;
    router.on<packet::submit>(plain);
    router.on<in_turn>(awaiting<in_turn>);
    router.on<at_once>(awaiting<at_once>, server::concurrent(4));
    router.on_close([](server::context& here, const server::ending&) { raise(here.state<last_wish>().what); });
    return router;
}

}   // namespace

}   // namespace stress

int main(int argc, char** argv) {
    stress::program program("throwing_server", "Acks what it gets, and throws where a client asks it to.", argc, argv);
    hawser::server::server server(program.config(), stress::routes());
    return program.run(server);
}
