// close-without-data: the peer closed, and there was nothing to read. That is no error but the end. Writing is another
// matter: the kernel takes what is written after it, and learns only from the peer's answer that nobody is there.
#include "../experiment.hpp"
#include "../kernel.hpp"

#include <array>

namespace lab {

io::task<void> close_without_data(notebook& notes) {
    const auto ends = co_await connect();
    std::array<std::byte, 10> buffer;

    notes.did("The server closed. It had written nothing.");
    ends->server.close();
    const io::transferred read = co_await ends->client.read_exactly(buffer);
    notes.saw(read.count == 0 && read.error == errc::end_of_stream, "read_exactly(10) gave ", read.count, " bytes: \"",
              read.error.message(), "\".");
    const result<std::size_t> again = co_await ends->client.read_some(buffer);
    notes.saw(again.error() == errc::end_of_stream, "Every read after it says so, too.");

    notes.did("The client wrote 5 bytes, and 5 more.");
    const io::transferred first = co_await ends->client.write_all(as_bytes("hello"));
    notes.saw(!first.error, "The first write seemed to go well: ", first.count, " bytes.");
    co_await wait_for_state(ends->client, TCP_CLOSE);   // the answer has come: a reset
    const io::transferred second = co_await ends->client.write_all(as_bytes("hello"));
    notes.saw(second.error.failed() && second.count == 0, "The second: ", second.count, " bytes, \"",
              second.error.message(), "\".");

    notes.did("The client closed.");
    ends->client.close();
    const result<std::size_t> closed = co_await ends->client.read_some(buffer);
    notes.saw(closed.error() == errc::closed, "Its own read: \"", closed.error().message(), "\".");
}

}   // namespace lab
