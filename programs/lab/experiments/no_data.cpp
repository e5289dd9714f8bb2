// no-data: a read waits until there is something to read. Nobody else waits: it is a coroutine that is suspended, and
// this thread has other things to do.
#include "../experiment.hpp"

#include <array>

namespace lab {

namespace {

struct reading {
    bool ended = false;
    std::size_t count = 0;
};

io::task<void> read_once(io::stream& from, reading& into) {
    std::array<std::byte, 100> buffer;
    const result<std::size_t> count = co_await from.read_some(buffer);
    into = {.ended = true, .count = count ? *count : 0};
}

}   // namespace

io::task<void> no_data(notebook& notes) {
    const auto ends = co_await connect();
    io::group readers(ends->client.get_executor());
    reading read;

    notes.did("The client read. The server said nothing.");
    const io::time_point began = io::clock::now();
    readers.spawn(read_once(ends->client, read));
    co_await io::sleep(100ms);
    const std::size_t unread = ends->client.available();
    notes.saw(!read.ended, "After ", ms_since(began), " ms the read still waited.");
    notes.saw(unread == 0, "The kernel had ", unread, " bytes for it (SIOCINQ).");

    notes.did("The server wrote \"hello\".");
    static_cast<void>(co_await ends->server.write_all(as_bytes("hello")));
    co_await readers.join();
    notes.saw(read.count == 5, "The read gave ", read.count, " bytes, ", ms_since(began), " ms after it began.");
}

}   // namespace lab
