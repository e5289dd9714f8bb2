// The end of a server: stop() from anywhere, every request that has arrived is answered, and a report.
#include "program.hpp"

#include <iostream>

using namespace hawser;
using namespace std::chrono_literals;

// Long work looks at the token, so that it does not use up the grace.
io::task<packet::submit_ack> on_submit(server::context& here, const packet::submit& s) {
    const std::stop_token stop = here.stop_token();
    for (int step = 0; step < 10 && !stop.stop_requested(); ++step) co_await io::sleep(1ms);
    co_return packet::submit_ack{s.id};
}

// The first answer stops the server, while the other requests wait in its buffers.
io::task<void> submit_one(client::client& via, server::server& server, int& acked) {
    const packet::submit request{.id = {}, .payload = as_bytes("x")};
    const auto ack = co_await via.request(request);
    if (!ack) co_return;
    ++acked;
    server.stop(5s);   // asks, and returns at once; what is not done after 5 s is cut
}

io::task<int> submit_many(server::server& server, io::address where) {
    int acked = 0;
    auto client = co_await client::client::connect(where);
    if (!client) co_return acked;
    const io::executor here = co_await io::this_executor;
    io::group requests(here);
    for (int i = 0; i < 100; ++i) requests.spawn(submit_one(*client, server, acked));
    co_await requests.join();
    co_await client->close();
    co_return acked;
}

int main(int argc, char** argv) {
    example::options given(argc, argv, example::side::neither, "A drain that loses no answer.");
    server::router router;
    router.on<packet::submit>(on_submit);
    server::server server(given.config(), router);
    if (!server.start()) {   // threads of its own, no signals; run() is start(), signals and wait()
        std::cerr << server.failure() << '\n';
        return 1;
    }

    const io::address where{.host = "127.0.0.1", .port = server.port()};
    const int acked = io::run(submit_many(server, where));

    const server::report report = server.wait();   // all its threads have ended
    std::cout << acked << " of 100 acked; " << report.drained << " drained, " << report.forced << " cut\n";
    return report.exit_status();
}
