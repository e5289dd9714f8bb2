// A handler that waits: a coroutine. Other connections of the thread go on meanwhile.
#include "program.hpp"

using namespace hawser;
using namespace std::chrono_literals;

// Stands for a database: takes a while, and refuses an empty record.
io::task<bool> store(bytes record) {
    co_await io::sleep(2ms);
    co_return !record.empty();
}

// The payload is a view into what was received, and stays valid until the handler ends.
io::task<packet::submit_ack> on_submit(server::context&, const packet::submit& s) {
    const bool stored = co_await store(s.payload);
    co_return packet::submit_ack{s.id, stored ? packet::outcome::ok : packet::outcome::error};
}

io::task<bool> submit_twice(io::address where) {
    auto client = co_await client::client::connect(where);
    if (!client) co_return false;
    const packet::submit good{.id = {}, .payload = as_bytes("a record")};
    const auto first = co_await client->request(good);
    const packet::submit empty{};
    const auto second = co_await client->request(empty);
    co_await client->close();
    co_return (first && first->result == packet::outcome::ok && second && second->result == packet::outcome::error);
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "A handler that waits.");
    server::router router;
    router.on<packet::submit>(on_submit);
    server::server server(given.config(), router);
    return example::run(given, server, submit_twice);
}
