// A client that outlives its server: the server is restarted in the middle of the work, and no request is lost.
#include "program.hpp"

#include <iostream>
#include <thread>

using namespace hawser;
using namespace std::chrono_literals;

packet::submit_ack on_submit(server::context&, const packet::submit& s) { return {s.id}; }

// Logs in. Called with each new connection, before anything else goes over it; one that gives an error is not used.
io::task<result<void>> log_in(client::client& fresh) {
    const packet::conn greeting{.payload = as_bytes("hawser/1 name=ferry")};
    const auto ack = co_await fresh.request(greeting);
    if (!ack) co_return ack.error();
    co_return result<void>();
}

// A requester is a client of one connection or one that keeps its connections: this code does not care.
io::task<bool> submit(client::requester& via) {
    const packet::submit request{.payload = as_bytes("x")};
    const auto ack = co_await via.request(request);   // waits for a connection if there is none, at most its time-out
    co_return ack.has_value();
}

io::task<int> submit_many(io::address where, server::server& old) {
    const io::executor here = co_await io::this_executor;
    client::reconnecting_client server(here, where,
                                       {.connections = 2,   // a pool
                                        // To submit twice does no harm here.
                                        .in_flight = client::on_break::resend,
                                        .pauses = {.first = 50ms, .most = 5s},
                                        .hook = log_in});
    int acked = 0;
    for (int i = 0; i < 100; ++i) {
        if (i == 50) old.stop(5s);   // it says go_away: the client finishes what is under way, and comes back
        const bool good = co_await submit(server);
        if (good) ++acked;
    }
    std::cout << server.counters().connected << " connections made, " << server.counters().sent_away
              << " told to go away\n";
    co_await server.close();
    co_return acked;
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::neither, "A client that outlives its server.");
    server::router router;
    router.on<packet::submit>(on_submit);
    server::config config = given.config();
    config.reconnect_within = 100ms;
    server::server old(config, router);
    if (!old.start()) return 1;

    config.listen = {"127.0.0.1:" + std::to_string(old.port())};
    server::server fresh(config, router);
    const io::address where{.host = "127.0.0.1", .port = old.port()};
    std::thread restart([&] {
        static_cast<void>(old.wait());
        if (!fresh.start()) std::cerr << fresh.failure() << '\n';
    });
    const int acked = io::run(submit_many(where, old));
    restart.join();
    fresh.stop(5s);
    static_cast<void>(fresh.wait());
    std::cout << acked << " of 100 acked\n";
    return acked == 100 ? 0 : 1;
}
