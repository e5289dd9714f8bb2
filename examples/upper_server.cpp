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
io::task<void> upper_bytes(server::byte_connection& conn) {
    std::array<std::byte, 4096> buffer;
    for (;;) {
        const auto count = co_await conn.read_some(buffer);
        if (!count) break;
        make_upper(mutable_bytes(buffer).first(*count));
        const auto sent = co_await conn.write(bytes(buffer).first(*count));
        if (!sent) break;
    }
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "Answers in upper case; `quit` is answered QUIT, and ends the connection.",
                                  .listen = ":7001"});
    if (given.raw()) return server::server(given.config(), upper_bytes).run().exit_status();
    server::server server(given.config(), answer_in_upper_case);
    return server.run().exit_status();
}
