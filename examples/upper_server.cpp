// upper-server: answers in upper case, and closes the connection after it has answered `quit`.
//
//   upper-server --listen :7001
//   hawser-talk --connect :7001 --format lines
#include "starter.hpp"

#include <array>

using namespace hawser;

namespace {

// ASCII alone: what a byte above 127 means depends on the language.
void make_upper(mutable_bytes text) {
    for (std::byte& letter : text)
        if (letter >= std::byte{'a'} && letter <= std::byte{'z'}) letter &= ~std::byte{0x20};
}

// The frame that was read is a view into hawser's buffer, so the answer is made in one of our
// own, kept for all answers.
io::task<void> answer_in_upper_case(server::connection& conn) {
    byte_buffer answer;
    while (const auto body = co_await conn.read_frame()) {
        answer.clear();
        answer.append(*body);
        make_upper(answer.edit());
        const auto sent = co_await conn.send(answer.view());
        if (!sent || as_text(answer.view()) == "QUIT") break;   // returning closes, once the answer is out
    }
}

// Bytes without frames: nothing says where a `quit` would begin and end, so there is none.
io::task<void> upper_bytes(io::stream& conn, io::duration idle) {
    std::array<std::byte, 16 * 1024> buffer;
    for (;;) {
        conn.set_read_deadline(io::clock::now() + idle);
        const auto count = co_await conn.read_some(buffer);
        if (!count) break;
        make_upper(mutable_bytes(buffer).first(*count));
        conn.set_write_deadline(io::clock::now() + idle);
        const auto written = co_await conn.write_all(bytes(buffer).first(*count));
        if (written.error) break;
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Answers in upper case; `quit` is answered QUIT, and ends the connection.",
                                  .listen = ":7001"});
    if (given.raw()) return given.serve_raw(upper_bytes);
    server::server server(given.config(), answer_in_upper_case);
    return server.run().exit_status();
}
