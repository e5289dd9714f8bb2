// more-than-the-buffer: what does not fit into the buffer of a read stays in the kernel for the next one.
#include "../experiment.hpp"

#include <algorithm>
#include <array>

namespace lab {

io::task<void> more_than_the_buffer(notebook& notes) {
    const auto ends = co_await connect();
    const std::vector<std::byte> data = numbered_bytes(10'000);

    notes.did("The server wrote ", data.size(), " bytes. The client read them with a buffer of ", 4096, " bytes.");
    static_cast<void>(co_await ends->server.write_all(data));
    ends->server.close_write();
    co_await wait_for_bytes(ends->client, data.size());

    std::array<std::byte, 4096> buffer;
    std::vector<std::byte> received;
    for (int number = 1;; ++number) {
        const result<std::size_t> count = co_await ends->client.read_some(buffer);
        if (!count) break;
        received.insert(received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
        const std::size_t left = ends->client.available();
        notes.saw(received.size() + left == data.size(), "Read ", number, " gave ", *count, " bytes; the kernel kept ",
                  left, ".");
    }
    notes.saw(std::ranges::equal(received, data), "Together ", received.size(), " bytes, each as it was written.");
}

}   // namespace lab
