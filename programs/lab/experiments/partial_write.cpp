// partial-write: when the peer dies, the kernel may have taken a part of a write. write_all tells how many bytes: more
// than the peer has ever read. Only an answer from the peer tells what it has.
#include "../experiment.hpp"

namespace lab {

namespace {

io::task<void> write(io::stream& to, bytes data, io::transferred& done) { done = co_await to.write_all(data); }

}   // namespace

io::task<void> partial_write(notebook& notes) {
    const auto ends = co_await connect(64 * 1024);
    const std::vector<std::byte> data = numbered_bytes(1'000'000);
    std::vector<std::byte> received(100'000);
    io::transferred sent;
    io::group writers(ends->client.get_executor());

    notes.did("The client wrote ", data.size(), " bytes. The server read ", received.size(), " of them, and died.");
    writers.spawn(write(ends->client, data, sent));
    const io::transferred read = co_await ends->server.read_exactly(received);
    co_await wait_for_bytes(ends->server, 1);   // closing with unread bytes resets the connection
    ends->server.close();
    co_await writers.join();
    notes.saw(sent.error == condition::broken, "write_all ended with \"", sent.error.message(), "\".");
    notes.saw(sent.count < data.size(), "It told that ", sent.count, " bytes were written.");
    notes.saw(read.count < sent.count, "The server had read ", read.count, ": ", sent.count - read.count,
              " bytes were on their way, and are lost.");

    notes.did("The client wrote once more.");
    const io::transferred more = co_await ends->client.write_all(data);
    notes.saw(more.error.failed() && more.count == 0, more.count, " bytes were written: \"", more.error.message(),
              "\".");
}

}   // namespace lab
