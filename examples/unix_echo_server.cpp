// unix-echo-server: the echo for programs of the same machine. Only the address is another one.
//
//   unix-echo-server --listen unix:/tmp/hawser-echo.sock
//   hawser-talk --connect unix:/tmp/hawser-echo.sock --format lines
//
// A socket file that nobody answers on is replaced at the start, and it is removed at the end. Who may connect is
// whoever may write to the file: put it into a folder of your own.
#include "starter.hpp"

using namespace hawser;

namespace {

io::task<void> echo(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        const auto sent = co_await conn.send(*body);
        if (!sent) break;
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Sends back whatever it gets, over a Unix socket.",
                                  .listen = "unix:/tmp/hawser-echo.sock",
                                  .can_be_raw = false});
    server::server server(given.config(), echo);
    return server.run().exit_status();
}
