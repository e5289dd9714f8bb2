// many-writers: between two pieces of a frame a coroutine waits, for room in the kernel or for what comes next, and
// meanwhile another one writes. io::frame_stream takes frames whole, and has one writer for all of them.
#include "../experiment.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <functional>
#include <string>

namespace lab {

namespace {

// A writer for each letter, and all of its frames are of that letter.
constexpr std::string_view letters = "abcdefgh";
constexpr std::size_t frames_of_each = 10, frames = letters.size() * frames_of_each;
constexpr std::size_t pieces = 4, piece_size = 2500, frame_size = pieces * piece_size;
constexpr int small_buffer = 64 * 1024;

bool is_mixed(bytes frame) { return std::ranges::adjacent_find(frame, std::not_equal_to<>()) != frame.end(); }

// What stream::write_all does; but that is for one writer.
io::task<error_code> write(io::stream& to, bytes data) {
    while (!data.empty()) {
        const result<std::size_t> written = to.try_write(data);
        if (written) {
            data = data.subspan(*written);
        } else {
            if (written.error() != io::asio::error::would_block) co_return written.error();
            if (const error_code error = co_await to.wait_writable()) co_return error;
        }
    }
    co_return error_code();
}

// The next piece is always a moment away.
io::task<void> write_raw(io::stream& to, char letter) {
    const std::string piece(piece_size, letter);
    for (std::size_t count = 0; count < frames_of_each * pieces; ++count) {
        const error_code error = co_await write(to, as_bytes(piece));
        if (error) co_return;
        co_await io::sleep(0s);
    }
}

io::task<void> send_frames(io::frame_stream& to, char letter) {
    for (std::size_t count = 0; count < frames_of_each; ++count) {
        std::string frame;
        while (frame.size() < frame_size) {
            frame.append(piece_size, letter);
            co_await io::sleep(0s);
        }
        const result<void> sent = co_await to.send(as_bytes(frame));
        if (!sent) co_return;
    }
}

// How many frames had bytes of several writers in them.
io::task<std::size_t> count_mixed_raw() {
    const auto ends = co_await connect(small_buffer);
    io::group raw(ends->client.get_executor());
    for (const char letter : letters) raw.spawn(write_raw(ends->client, letter));
    std::vector<std::byte> frame(frame_size);
    std::size_t mixed = 0;
    for (std::size_t count = 0; count < frames; ++count) {
        const io::transferred read = co_await ends->server.read_exactly(frame);
        if (read.error) break;
        if (is_mixed(frame)) ++mixed;
    }
    co_await raw.join();
    co_return mixed;
}

}   // namespace

io::task<void> many_writers(notebook& notes) {
    notes.did(letters.size(), " coroutines wrote ", frames_of_each, " frames each to one socket, a frame in ", pieces,
              " pieces of ", piece_size, " bytes.");
    const std::size_t mixed = co_await count_mixed_raw();
    notes.saw(mixed > 0, mixed, " of ", frames, " frames had bytes of several writers in them.");

    notes.did("They made the same frames piece by piece, and sent them through one io::frame_stream.");
    transports ends = co_await connect_transports(small_buffer);
    io::frame_stream client(std::move(ends.client), frame::fixed_length(frame_size));
    io::frame_stream server(std::move(ends.server), frame::fixed_length(frame_size));
    server.set_read_deadline(io::clock::now() + patience);
    io::group senders(client.get_executor());
    for (const char letter : letters) senders.spawn(send_frames(client, letter));
    std::size_t whole = 0;
    for (std::size_t count = 0; count < frames; ++count) {
        const result<bytes> frame = co_await server.read_frame();
        if (!frame) break;
        if (!is_mixed(*frame)) ++whole;
    }
    co_await senders.join();
    notes.saw(whole == frames, whole, " of ", frames, " frames were whole, each of one writer.");
    co_await client.finish(0s);
    co_await server.finish(0s);
}

}   // namespace lab
