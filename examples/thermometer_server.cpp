// A server with one handler for one packet of its own protocol.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/server.hpp>

using namespace hawser;
using thermometer::reading;
using thermometer::reading_ack;
using thermometer::state;

constexpr std::int32_t too_hot = 100'000;   // millicelsius: water boils

// It writes no line: a peer could have as many as it likes. docs/how-to/log.md has some of them written.
reading_ack on_reading(server::context&, const reading& r) {
    return {r.id, r.millicelsius < too_hot ? state::fine : state::alarm};
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::server, "Takes readings.");   // --listen, --port-file
    server::router router(thermometer::protocol{});
    router.on<reading>(on_reading);

    server::server server(given.config(), router);   // yours: server({.listen = {":8888"}, .threads = 2}, router)
    return server.run().exit_status();
}
