// A load of packets of one's own: many clients send random readings, and every answer is checked.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/swarm/swarm.hpp>

#include <chrono>
#include <iostream>

using namespace hawser;
using namespace std::chrono_literals;

io::task<bool> load(io::address where) {
    const swarm::traffic readings = swarm::traffic_of<thermometer::reading>(thermometer::protocol());
    swarm::swarm swarm(
        {.connect = where, .traffic = readings, .clients = 20, .count = 100, .interval = 0s, .window = 8});
    const swarm::report report = co_await swarm.run();
    std::cout << report.sent << " readings, " << report.acked << " fine, " << report.wrong << " alarms\n";
    co_return (report.sent == 2000 && report.acked + report.wrong == report.sent && report.errors == 0);
}

int main(int argc, char** argv) {
    const example::options given(argc, argv, example::side::client, "Sends 2000 random readings.");   // --connect
    return io::run(load(*given.connect)) ? 0 : 1;
}
