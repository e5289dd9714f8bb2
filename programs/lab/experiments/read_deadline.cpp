// read-deadline: a deadline is an instant, not a time-out for each read. It ends the read that waits; the bytes that
// had come are not lost, and when it is moved, reading goes on.
#include "../experiment.hpp"

#include <array>

namespace lab {

io::task<void> read_deadline(notebook& notes) {
    const auto ends = co_await connect();
    std::array<std::byte, 10> buffer;
    const mutable_bytes all = buffer;

    notes.did("The server wrote 4 of 10 bytes. The client had 50 ms for all of them.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("0123")));
    const io::time_point began = io::clock::now();
    ends->client.set_read_deadline(began + 50ms);
    const io::transferred first = co_await ends->client.read_exactly(all);
    notes.saw(first.error == errc::read_timeout, "read_exactly(10) ended after ", ms_since(began), " ms: \"",
              first.error.message(), "\".");
    notes.saw(first.count == 4, "It told that ", first.count, " bytes are in the buffer.");

    notes.did("The server wrote the other 6. The client read again, with the deadline where it was.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("456789")));
    co_await wait_for_bytes(ends->client, 6);
    const result<std::size_t> again = co_await ends->client.read_some(all.subspan(first.count));
    const std::size_t unread = ends->client.available();
    notes.saw(again.error() == errc::read_timeout && unread == 6, "The read failed at once, though ", unread,
              " bytes were there: a deadline stays until it is moved.");

    notes.did("The deadline was moved.");
    ends->client.set_read_deadline(io::clock::now() + patience);
    const io::transferred rest = co_await ends->client.read_exactly(all.subspan(first.count));
    notes.saw(!rest.error && as_text(all) == "0123456789", "read_exactly(6) gave ", rest.count,
              " bytes. All 10: ", as_text(all), ".");
}

}   // namespace lab
