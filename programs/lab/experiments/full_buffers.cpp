// full-buffers: a write is done when the kernel has the bytes, not when the peer has them. Two buffers lie between: the
// writer's and the reader's. When both are full, the writer waits until the reader takes something.
#include "../experiment.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>

namespace lab {

namespace {

// What write_all does, with the count in view.
io::task<void> write(io::stream& to, bytes data, std::size_t& written) {
    while (written < data.size()) {
        const result<std::size_t> count = to.try_write(data.subspan(written));
        if (count) {
            written += *count;
        } else {
            if (count.error() != io::asio::error::would_block) co_return;
            if (co_await to.wait_writable()) co_return;
        }
    }
}

// Waits until the writer waits, and the kernels have agreed on who has what.
io::task<bool> is_stuck(connection& ends, const std::size_t& written, std::size_t read) {
    for (int look = 0; look < 100; ++look) {
        const std::size_t before = written;
        co_await io::sleep(50ms);
        if (before == written && written == read + ends.client.unsent() + ends.server.available()) co_return true;
    }
    co_return false;
}

}   // namespace

io::task<void> full_buffers(notebook& notes) {
    const auto ends = co_await connect(64 * 1024);
    const std::vector<std::byte> data = numbered_bytes(1'000'000);
    std::vector<std::byte> received(data.size());
    std::size_t written = 0;
    io::group writers(ends->client.get_executor());

    notes.did("The client wrote ", data.size(), " bytes. The server did not read.");
    writers.spawn(write(ends->client, data, written));
    const bool stuck = co_await is_stuck(*ends, written, 0);
    notes.saw(stuck && written < data.size(), "The writer waits after ", written, " bytes.");
    const std::size_t unsent = ends->client.unsent(), unread = ends->server.available();
    notes.saw(unsent + unread == written, unsent, " of them are in its own kernel buffer (SIOCOUTQ), ", unread,
              " in the reader's (SIOCINQ): together ", unsent + unread, ".");

    notes.did("The server read ", 200'000, " bytes.");
    const std::size_t first_written = written;
    const io::transferred part = co_await ends->server.read_exactly(mutable_bytes(received).first(200'000));
    const bool again = co_await is_stuck(*ends, written, part.count);
    notes.saw(again && written > first_written, "The writer went on, and waits after ", written, " bytes.");

    notes.did("The server read the rest.");
    const io::transferred rest = co_await ends->server.read_exactly(mutable_bytes(received).subspan(part.count));
    co_await writers.join();
    notes.saw(written == data.size(), "The writer is done: ", written, " bytes written.");
    notes.saw(!rest.error && received == data, part.count + rest.count, " bytes read, each as it was written.");
}

}   // namespace lab
