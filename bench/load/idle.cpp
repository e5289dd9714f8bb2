#include "idle.hpp"

#include "connection.hpp"

#include <boost/json.hpp>

#include <poll.h>

#include <array>
#include <iostream>
#include <string>
#include <vector>

namespace bench {

namespace {

constexpr int patience = 5000;   // milliseconds, for one ack

// One request, and its ack.
bool converse(connection& one) {
    std::array<char, work::ack_size> ack;
    one.send_until(1);
    while (one.acked() == 0 && !one.is_lost()) {
        pollfd wait{.fd = one.descriptor(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, patience) != 1) return false;
        one.receive(ack);
    }
    return !one.is_lost();
}

bool is_told_to_go_on(const char* state, std::size_t connections) {
    std::cout << state << ' ' << connections << std::endl;
    std::string line;
    return static_cast<bool>(std::getline(std::cin, line));
}

}   // namespace

int hold(const bench::plan& plan, const work& submits) {
    std::uint64_t waves = 0;
    std::uint64_t requests = 0;
    std::uint64_t acks = 0;
    for (bool go_on = true; go_on;) {
        std::vector<connection> wave;
        wave.reserve(plan.connections);
        for (std::size_t i = 0; i < plan.connections; ++i) {
            wave.emplace_back(plan.port, submits, i * 61);
            if (converse(wave.back())) ++acks;
        }
        ++waves;
        requests += plan.connections;
        go_on = is_told_to_go_on("holding", wave.size());
        for (connection& one : wave) one.finish();
        wave.clear();
        go_on = go_on && is_told_to_go_on("closed", plan.connections);
    }
    std::cout << boost::json::serialize(boost::json::object{{"waves", waves}, {"requests", requests}, {"acks", acks}})
              << std::endl;
    return acks == requests ? 0 : 1;
}

}   // namespace bench
