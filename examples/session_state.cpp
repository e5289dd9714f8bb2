// What a session remembers, and what is called when it opens, greets and ends.
#include "program.hpp"

#include <atomic>
#include <iostream>

using namespace hawser;

// Of one session: touched by its own handlers only, so it needs no lock.
struct account {
    std::string name = "nobody";
    int submits = 0;
};

// Of the whole server: its handlers run on several threads.
std::atomic<int> open_sessions = 0;
std::atomic<int> all_submits = 0;

packet::outcome on_conn(server::context& here, const packet::conn& greeting) {
    if (greeting.payload.empty()) return packet::outcome::error;   // answered, then the connection ends
    here.state<account>().name = as_text(greeting.payload);
    return packet::outcome::ok;
}

packet::submit_ack on_submit(server::context& here, const packet::submit& s) {
    account& mine = here.state<account>();
    mine.submits += 1;
    return {s.id, mine.name == "nobody" ? packet::outcome::error : packet::outcome::ok};
}

void on_open(server::context&) { ++open_sessions; }

// Adds up. A line of each session would be one that a peer can cause as often as it likes.
void on_close(server::context& here, const server::ending&) {
    --open_sessions;
    all_submits += here.state<account>().submits;
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
    router.on_open(on_open).on_conn(on_conn).on_close(on_close);
    router.on<packet::submit>(on_submit);
    server::server server(given.config(), router);
    const int status = example::run(given, server, introduce_myself);
    std::cout << all_submits << " submits in all\n";
    return status;
}
