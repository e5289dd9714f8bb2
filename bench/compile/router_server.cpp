// A server as a user of hawser writes it: a router and three handlers. raw_asio_server.cpp does the same without
// hawser. Compiled by bench/compile/run, which says how long that takes.
#include <hawser/server.hpp>

using namespace hawser;

packet::submit_ack on_submit(server::context&, const packet::submit& s) {
    return {s.id, s.payload.empty() ? packet::outcome::error : packet::outcome::ok};
}

server::entry<packet::conn_ack> on_conn(server::context&, const packet::conn& c) {
    if (c.payload.size() > 100) return {{c.id, packet::outcome::error}};
    return {{c.id}, server::anybody()};
}

packet::pong on_ping(server::context&, const packet::ping& p) { return {p.id}; }

int main() {
    server::router router;
    router.on<packet::submit>(on_submit).on<packet::ping>(on_ping).greeting<packet::conn>(on_conn);
    server::server server({.listen = {":8888"}}, router);
    return server.run().exit_status();
}
