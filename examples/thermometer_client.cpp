// The client of the tutorial: connects, sends two readings, looks at the answers.
#include "program.hpp"
#include "thermometer.hpp"

#include <hawser/client.hpp>

#include <iostream>

using namespace hawser;
using thermometer::reading;

io::task<bool> report(io::address where) {
    auto client = co_await client::client::connect(where);
    if (!client) {
        std::cerr << "cannot connect to " << where.text() << ": " << client.error().message() << '\n';
        co_return false;
    }
    const reading mild{.id = {}, .sensor = 7, .millikelvin = 295'150, .place = as_bytes("bridge")};
    const auto first = co_await client->request(mild);   // the client picks the id
    const reading hot{.id = {}, .sensor = 8, .millikelvin = 390'000, .place = as_bytes("engine room")};
    const auto second = co_await client->request(hot);
    co_await client->close();
    if (!first || !second) co_return false;
    std::cout << "alarm: " << int{first->alarm} << ", then " << int{second->alarm} << '\n';
    co_return first->alarm == 0 && second->alarm == 1;
}

int main(int argc, char** argv) {
    const example::options given(argc, argv, example::side::client, "Sends two readings.");   // --connect
    return io::run(report(*given.connect)) ? 0 : 1;
}
