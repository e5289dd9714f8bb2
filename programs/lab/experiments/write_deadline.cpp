// write-deadline: a write to a peer that does not read ends when its deadline comes, and tells how many bytes the
// kernel has taken. Those will arrive; so to go on, go on behind them.
#include "../experiment.hpp"

namespace lab {

namespace {

io::task<void> read(io::stream& from, mutable_bytes into, io::transferred& done) {
    done = co_await from.read_exactly(into);
}

}   // namespace

io::task<void> write_deadline(notebook& notes) {
    const auto ends = co_await connect(64 * 1024);
    const std::vector<std::byte> data = numbered_bytes(1'000'000);
    std::vector<std::byte> received(data.size());

    notes.did("The client had 50 ms to write ", data.size(), " bytes. The server did not read.");
    const io::time_point began = io::clock::now();
    ends->client.set_write_deadline(began + 50ms);
    const io::transferred first = co_await ends->client.write_all(data);
    notes.saw(first.error == errc::write_timeout, "write_all ended after ", ms_since(began), " ms: \"",
              first.error.message(), "\".");
    notes.saw(first.count > 0 && first.count < data.size(), "It told that ", first.count, " bytes were written.");

    notes.did("The deadline was moved, the client wrote what was left, and the server read.");
    ends->client.set_write_deadline(io::clock::now() + patience);
    io::transferred read_by_server;
    io::group readers(ends->server.get_executor());
    readers.spawn(read(ends->server, received, read_by_server));
    const io::transferred rest = co_await ends->client.write_all(bytes(data).subspan(first.count));
    co_await readers.join();
    notes.saw(!rest.error && first.count + rest.count == data.size(), "The second write_all wrote ", rest.count,
              " bytes.");
    notes.saw(!read_by_server.error && received == data, "The server read ", read_by_server.count,
              " bytes, each as it was written.");
}

}   // namespace lab
