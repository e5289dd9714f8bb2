#include <hawser/server.hpp>

using namespace hawser;

// Called for each submit. What it returns is the answer.
packet::submit_ack on_submit(server::context&, const packet::submit& s) {
    const bool useful = !s.payload.empty();
    return {s.id, useful ? packet::outcome::ok : packet::outcome::error};
}

int main(int argc, char** argv) {
    server::router router;
    router.on<packet::submit>(on_submit);

    server::server server({.listen = {argc > 1 ? argv[1] : ":8888"}, .threads = 2}, router);
    return server.run().exit_status();   // until SIGINT or SIGTERM, then drains
}
