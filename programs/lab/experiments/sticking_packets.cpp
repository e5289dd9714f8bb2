// sticking-packets: writes are not messages. Several small ones are read as one, and a read may end in the middle of
// any. A codec finds the frames again, however the bytes were cut: here by one byte of length in front of each.
#include "../experiment.hpp"

#include <hawser/io/frame_stream.hpp>

#include <array>

namespace lab {

namespace {

using namespace std::string_view_literals;

// Three packets, "one", "two" and "three". The third is cut in the middle; its end comes when its beginning was read.
constexpr std::string_view first_writes[] = {"\3one"sv, "\3two"sv, "\5th"sv};
constexpr std::string_view last_write = "ree"sv;
constexpr std::size_t first_size = 4 + 4 + 3;

io::task<void> write_first(io::stream& to) {
    for (const std::string_view piece : first_writes) static_cast<void>(co_await to.write_all(as_bytes(piece)));
}

io::task<void> write_with_a_pause(io::stream& to) {
    co_await write_first(to);
    co_await io::sleep(50ms);
    static_cast<void>(co_await to.write_all(as_bytes(last_write)));
}

}   // namespace

io::task<void> sticking_packets(notebook& notes) {
    const auto ends = co_await connect();
    std::array<std::byte, 100> buffer;

    notes.did("The server wrote three packets, the third in two pieces. The client read.");
    co_await write_first(ends->server);
    co_await wait_for_bytes(ends->client, first_size);
    const result<std::size_t> glued = co_await ends->client.read_some(buffer);
    const std::string first = glued ? escaped(bytes(buffer).first(*glued)) : "";
    notes.saw(first == R"(\x03one\x03two\x05th)", "The first read gave ", first, ": two packets and a half, in one.");
    static_cast<void>(co_await ends->server.write_all(as_bytes(last_write)));
    const result<std::size_t> cut = co_await ends->client.read_some(buffer);
    const std::string second = cut ? escaped(bytes(buffer).first(*cut)) : "";
    notes.saw(second == "ree", "The second gave ", second, ": the end of a packet, without its beginning.");

    notes.did("Another server wrote the same pieces. Its client read frames: io::frame_stream with a codec.");
    transports others = co_await connect_transports();
    io::stream server(std::move(others.server));
    io::frame_stream client(std::move(others.client), frame::length_field::prefix_body(1));
    client.set_read_deadline(io::clock::now() + patience);
    io::group writers(server.get_executor());
    writers.spawn(write_with_a_pause(server));
    for (const std::string_view expected : {"one", "two", "three"}) {
        const result<bytes> body = co_await client.read_frame();
        notes.saw(body && as_text(*body) == expected, "A frame: ", body ? as_text(*body) : body.error().message(), ".");
    }
    co_await writers.join();
    client.close();
    co_await client.finish(0s);
}

}   // namespace lab
