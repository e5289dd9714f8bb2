// A server with one handler for one packet of its own protocol.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/server.hpp>

#include <iostream>

using namespace hawser;
using thermometer::reading;
using thermometer::reading_ack;
using thermometer::state;

constexpr std::int32_t too_hot = 100'000;   // millicelsius: water boils

reading_ack on_reading(server::context& here, const reading& r) {
    if (r.millicelsius < too_hot) return {r.id, state::fine};
    std::cout << "too hot: " << escaped(as_bytes(r.place)) << ", says " << here.peer().address.text() << std::endl;
    return {r.id, state::alarm};
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::server, "Takes readings.");   // --listen, --port-file
    server::router router(thermometer::protocol{});
    router.on<reading>(on_reading);

    server::server server(given.config(), router);   // yours: server({.listen = {":8888"}, .threads = 2}, router)
    return server.run();
}
