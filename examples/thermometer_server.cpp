// The server of the tutorial: one handler for one packet of its own.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/server.hpp>

#include <iostream>

using namespace hawser;
using thermometer::reading;
using thermometer::reading_ack;

constexpr std::uint32_t too_hot = 373'150;   // millikelvin: water boils

reading_ack on_reading(server::context& here, const reading& r) {
    const bool alarm = r.millikelvin >= too_hot;
    if (alarm) std::cout << "too hot: " << escaped(r.place) << ", says " << here.peer().address.text() << std::endl;
    return {r.id, alarm};
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::server, "Takes readings.");   // --listen, --port-file
    server::router router;
    router.on<reading>(on_reading);

    server::server server(given.config(), router);   // yours: server({.listen = {":8888"}, .threads = 2}, router)
    return server.run();
}
