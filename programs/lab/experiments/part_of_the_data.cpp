// part-of-the-data: TCP carries bytes, not messages. read_some gives what is there; read_exactly, as Go's io.ReadFull,
// waits until it has everything, and tells an end between two messages from one inside a message.
#include "../experiment.hpp"

#include <array>

namespace lab {

namespace {

struct part_read {
    bool ended = false;
    io::transferred done;
};

io::task<void> read_all_of(io::stream& from, mutable_bytes into, part_read& read) {
    read.done = co_await from.read_exactly(into);
    read.ended = true;
}

}   // namespace

io::task<void> part_of_the_data(notebook& notes) {
    const auto ends = co_await connect();
    io::group readers(ends->client.get_executor());
    std::array<std::byte, 10> buffer;

    notes.did("The server wrote 4 of 10 bytes.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("0123")));
    const result<std::size_t> some = co_await ends->client.read_some(buffer);
    notes.saw(some && *some == 4, "read_some(10) gave ", some ? *some : 0, " bytes: what was there.");

    notes.did("The client asked for exactly 6 more, and the server wrote 2 of them.");
    part_read rest;
    const mutable_bytes six = mutable_bytes(buffer).first(6);
    readers.spawn(read_all_of(ends->client, six, rest));
    static_cast<void>(co_await ends->server.write_all(as_bytes("45")));
    co_await io::sleep(50ms);
    notes.saw(!rest.ended, "50 ms later read_exactly(6) still waited.");

    notes.did("The server wrote the last 4.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("6789")));
    co_await readers.join();
    notes.saw(!rest.done.error && as_text(six) == "456789", "read_exactly(6) gave ", rest.done.count,
              " bytes: ", as_text(six), ".");

    notes.did("The server wrote 3 of another 10 bytes, and closed.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("abc")));
    ends->server.close();
    const io::transferred cut = co_await ends->client.read_exactly(buffer);
    notes.saw(cut.count == 3 && cut.error == errc::truncated, "read_exactly(10) gave ", cut.count, " bytes and \"",
              cut.error.message(), "\".");
}

}   // namespace lab
