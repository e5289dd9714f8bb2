// tcp-states: closing takes both sides, and the kernel keeps a state for each. Who closes first ends in
// TIME_WAIT, which stays for a minute after its descriptor is gone: a late packet must not reach a new
// connection between the same ports.
#include "../experiment.hpp"
#include "../kernel.hpp"

#include <array>

namespace lab {

namespace {

io::task<void> look(notebook& notes, const connection& ends, unsigned client, unsigned server) {
    co_await wait_for_state(ends.client, client);
    co_await wait_for_state(ends.server, server);
    const unsigned of_client = tcp_state(ends.client), of_server = tcp_state(ends.server);
    notes.saw(of_client == client && of_server == server, "The client is in ", name_of(of_client), ", the server in ",
              name_of(of_server), ".");
}

void fill(io::stream& to) {
    const std::vector<std::byte> data = numbered_bytes(4096);
    while (to.try_write(data)) {}
}

io::task<void> read_to_the_end(io::stream& from) {
    std::array<std::byte, 4096> buffer;
    for (;;) {
        const result<std::size_t> count = co_await from.read_some(buffer);
        if (!count) co_return;
    }
}

}   // namespace

io::task<void> tcp_states(notebook& notes) {
    const auto ends = co_await connect(16 * 1024);
    const unsigned client_port = ends->client.local().port, server_port = ends->server.local().port;
    notes.did("They are connected.");
    co_await look(notes, *ends, TCP_ESTABLISHED, TCP_ESTABLISHED);

    notes.did("The client closed its direction.");
    ends->client.close_write();
    co_await look(notes, *ends, TCP_FIN_WAIT2, TCP_CLOSE_WAIT);

    notes.did("The server wrote until the kernel was full, and closed its direction. Its end waits behind its data.");
    fill(ends->server);
    ends->server.close_write();
    co_await look(notes, *ends, TCP_FIN_WAIT2, TCP_LAST_ACK);

    notes.did("The client read up to the end.");
    co_await read_to_the_end(ends->client);
    co_await look(notes, *ends, TCP_CLOSE, TCP_CLOSE);

    notes.did("Both closed their descriptors. The kernel lists its connections in /proc/net/tcp.");
    ends->client.close();
    ends->server.close();
    const unsigned of_client = tcp_state(client_port, server_port), of_server = tcp_state(server_port, client_port);
    notes.saw(of_client == TCP_TIME_WAIT, "The client, who closed first, has left ", name_of(of_client), " behind.");
    notes.saw(of_server == 0, "The server has left ", name_of(of_server), " behind.");
}

}   // namespace lab
