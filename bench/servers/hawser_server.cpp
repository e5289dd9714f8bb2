// hawser, whole: limits, deadlines, outbox cap, admission and drain as every user gets them from the defaults.
//
//   bench-hawser-server [--threads N]           a router and a plain handler
//   bench-hawser-server --serve                 one coroutine a connection
#include "program.hpp"

#include <hawser/server.hpp>

namespace {

using namespace hawser;

packet::submit_ack on_submit(server::context&, const packet::submit& s) { return {s.id, packet::outcome::ok}; }

io::task<void> serve(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        const auto read = packet::decode_as<packet::submit>(*body);
        if (!read) break;
        const packet::submit_ack ack{read->id, packet::outcome::ok};
        const auto sent = co_await conn.send(ack);
        if (!sent) break;
    }
}

struct announcer : server::events {
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>& ports) override {
        bench::announce(ports.front());
    }
};

}   // namespace

int main(int argc, char** argv) {
    bench::program program("bench-hawser-server", "Answers submits with hawser, everything on.");
    bool with_coroutines = false;
    program.options.add_options()("serve", bench::po::bool_switch(&with_coroutines),
                                  "a coroutine a connection instead of a router");
    if (const auto status = program.parse(argc, argv)) return *status;

    announcer announcer;
    const server::config config{.listen = {"127.0.0.1:0"}, .threads = program.threads(), .events = {&announcer}};
    if (with_coroutines) {
        server::server server(config, serve);
        return server.run().exit_status();
    }
    server::router router;
    router.on<packet::submit>(on_submit);
    server::server server(config, router);
    return server.run().exit_status();
}
