// Several calls of one handler at a time on one connection, each answered when it is ready; and a client with several
// requests in flight.
#include "program.hpp"

#include <iostream>
#include <string>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;

io::task<packet::submit_ack> on_submit(server::context&, const packet::submit& s) {
    if (as_text(s.payload) == "slow") co_await io::sleep(50ms);
    co_return packet::submit_ack{s.id};
}

io::task<void> ask(client::client& via, std::string payload, std::vector<std::string>& answered) {
    const packet::submit question{.id = {}, .payload = as_bytes(payload)};
    const auto ack = co_await via.request(question);
    if (ack) answered.push_back(payload);
}

io::task<bool> overtake(io::address where) {
    auto client = co_await client::client::connect(where);
    if (!client) co_return false;
    const io::executor here = co_await io::this_executor;
    std::vector<std::string> answered;
    io::group questions(here);
    questions.spawn(ask(*client, "slow", answered));
    questions.spawn(ask(*client, "fast", answered));
    co_await questions.join();
    co_await client->close();
    for (const std::string& payload : answered) std::cout << payload << '\n';
    co_return answered == std::vector<std::string>{"fast", "slow"};
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::both, "Answers that overtake each other.");
    server::router router;
    router.on<packet::submit>(on_submit, server::concurrent(8));
    server::server server(given.config(), router);
    return example::run(given, server, overtake);
}
