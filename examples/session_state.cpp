// What a session remembers, who its peer is, and what is called when it opens and ends.
#include "program.hpp"

#include <atomic>
#include <iostream>

using namespace hawser;

// Who a peer is, once it has said so.
struct account {
    std::string name;
};

// Of one session: touched by its own handlers only, so it needs no lock.
struct counters {
    int submits = 0;
};

// Of the whole server: its handlers run on several threads.
std::atomic<int> open_sessions = 0;
std::atomic<int> all_submits = 0;

// The packet that has to come first. Its answer, and whether its peer is let in, and as whom.
server::entry<packet::conn_ack, account> on_conn(server::context&, const packet::conn& greeting) {
    if (greeting.payload.empty()) return {{greeting.id, packet::outcome::error}};   // then the connection ends
    return {{greeting.id}, account{std::string(as_text(greeting.payload))}};
}

// Who asks is a parameter, so no handler can forget to look.
packet::submit_ack on_submit(server::context& here, const account& who, const packet::submit& s) {
    here.state<counters>().submits += 1;
    return {s.id, who.name == "ada" ? packet::outcome::ok : packet::outcome::error};
}

void on_open(server::context&) { ++open_sessions; }

// Adds up. A line of each session would be one that a peer can cause as often as it likes.
void on_close(server::context& here, const server::ending&) {
    --open_sessions;
    all_submits += here.state<counters>().submits;
}

io::task<bool> introduce_myself(io::address where) {
    auto client = co_await client::client::connect(where);
    if (!client) co_return false;
    const packet::conn hello{.id = {}, .payload = as_bytes("ada")};
    const auto greeted = co_await client->request(hello);
    const packet::submit request{.id = {}, .payload = as_bytes("x")};
    const auto ack = co_await client->request(request);
    co_await client->close();
    co_return (greeted && greeted->result == packet::outcome::ok && ack && ack->result == packet::outcome::ok);
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "A session with a memory.");
    server::router router;
    router.on_open(on_open).on_close(on_close);
    router.first<packet::conn>(on_conn).on<packet::submit>(on_submit);
    server::server server(given.config(), router);
    const int status = example::run(given, server, introduce_myself);
    std::cout << all_submits << " submits in all\n";
    return status;
}
