// reset-by-peer: a connection can be cut off instead of closed. It happens on purpose (SO_LINGER with a time of 0),
// when a process dies badly, and by mistake: closing with something unread cuts off, too.
#include "../experiment.hpp"

#include <sys/socket.h>

#include <array>

namespace lab {

namespace {

void cut_off_on_close(const end& side) {
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(side.descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

io::task<void> look(end& client, notebook& notes) {
    std::array<std::byte, 100> buffer;
    const result<std::size_t> read = co_await client.read_some(buffer);
    notes.saw(read.error() == condition::broken, "The client's read: \"", read.error().message(), "\".");
    const result<std::size_t> again = co_await client.read_some(buffer);
    notes.saw(again.error() == condition::ended, "Its next read: \"", again.error().message(),
              "\". The kernel tells of a reset once.");
    const io::transferred written = co_await client.write_all(as_bytes("hello"));
    notes.saw(written.error.failed() && written.count == 0, "Its write: \"", written.error.message(), "\".");
}

}   // namespace

io::task<void> reset_by_peer(notebook& notes) {
    const auto on_purpose = co_await connect();
    notes.did("The server closed with SO_LINGER set to 0 seconds.");
    cut_off_on_close(on_purpose->server);
    on_purpose->server.close();
    co_await look(on_purpose->client, notes);

    const auto by_mistake = co_await connect();
    notes.did("Another server closed while 5 bytes from its client were unread.");
    static_cast<void>(co_await by_mistake->client.write_all(as_bytes("hello")));
    co_await wait_for_bytes(by_mistake->server, 5);
    by_mistake->server.close();
    co_await look(by_mistake->client, notes);
}

}   // namespace lab
