// data-then-close: the end of a stream comes behind its last byte, however soon after it the peer closes. And each
// direction ends on its own: who has said its last word can still listen.
#include "../experiment.hpp"

#include <array>

namespace lab {

io::task<void> data_then_close(notebook& notes) {
    const auto ends = co_await connect();
    std::array<std::byte, 100> buffer;

    notes.did("The server wrote \"goodbye\" and at once closed its direction.");
    static_cast<void>(co_await ends->server.write_all(as_bytes("goodbye")));
    ends->server.close_write();
    const result<std::size_t> last = co_await ends->client.read_some(buffer);
    notes.saw(last && as_text(buffer).substr(0, *last) == "goodbye", "The client's first read gave ", last ? *last : 0,
              " bytes.");
    const result<std::size_t> end = co_await ends->client.read_some(buffer);
    notes.saw(end.error() == errc::end_of_stream, "Its second read: \"", end.error().message(), "\".");

    notes.did("The client wrote \"thanks\" in the other direction, and closed.");
    static_cast<void>(co_await ends->client.write_all(as_bytes("thanks")));
    ends->client.close();
    const result<std::size_t> answer = co_await ends->server.read_some(buffer);
    notes.saw(answer && as_text(buffer).substr(0, *answer) == "thanks", "The server's first read gave ",
              answer ? *answer : 0, " bytes.");
    const result<std::size_t> other_end = co_await ends->server.read_some(buffer);
    notes.saw(other_end.error() == errc::end_of_stream, "Its second read: \"", other_end.error().message(), "\".");
}

}   // namespace lab
