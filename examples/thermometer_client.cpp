// A client of a protocol of its own: connects, sends two readings, looks at the answers.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/client.hpp>

#include <iostream>

using namespace hawser;
using thermometer::reading;
using thermometer::state;

io::task<bool> report(io::address where) {
    const client::options settings{.speaks = thermometer::protocol()};
    auto client = co_await client::client::connect(where, settings);
    if (!client) {
        std::cerr << "cannot connect to " << where.text() << ": " << client.error().message() << '\n';
        co_return false;
    }
    const reading mild{.id = {}, .sensor = 7, .millicelsius = 22'000, .place = "bridge"};
    const auto first = co_await client->request(mild);   // the client picks the id
    const reading hot{.id = {}, .sensor = 8, .millicelsius = 117'000, .place = "engine room"};
    const auto second = co_await client->request(hot);
    co_await client->close();
    if (!first || !second) co_return false;
    const bool right = first->result == state::fine && second->result == state::alarm;
    std::cout << (right ? "fine, then an alarm\n" : "not what was expected\n");
    co_return right;
}

int main(int argc, char** argv) {
    const example::options given(argc, argv, example::side::client, "Sends two readings.");   // --connect
    return io::run(report(*given.connect)) ? 0 : 1;
}
