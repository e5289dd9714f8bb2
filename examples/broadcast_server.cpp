// broadcast-server: a chat. What one says, all others hear.
//
//   broadcast-server --listen :7003
//   hawser-talk --connect :7003                 and once more, in another terminal
//
// A line is made into a frame once, however many peers get it. A peer that does not keep up misses the oldest lines and
// delays no other. `/name ada` gives a name; until then a peer has a number.
#include "starter.hpp"

#include <string>
#include <utility>

using namespace hawser;

namespace {

constexpr std::string_view name_command = "/name ";
constexpr std::size_t longest_name = 32;

// Waits while a thread of the server is behind, but not for one slow reader: its policy says what it misses.
io::task<void> tell_others(server::server& in, std::uint64_t speaker, std::string line) {
    const auto frame = in.frame_of(as_bytes(line));
    if (!frame) co_return;   // with the name before it, it is longer than a frame may be
    const server::push_as as_configured;
    static_cast<void>(co_await in.publish(*frame, as_configured, speaker));   // what is lost is counted in the report
}

io::task<void> chat(server::connection& conn, server::server& in) {
    const std::uint64_t number = conn.peer().number;
    std::string name = "guest " + std::to_string(number);
    std::string news = "-- " + name + " has come";
    co_await tell_others(in, number, std::move(news));
    while (const auto line = co_await conn.read_frame()) {
        const std::string_view text = as_text(*line);
        if (text.starts_with(name_command)) {
            const std::string old = std::exchange(name, text.substr(name_command.size(), longest_name));
            news = "-- " + old + " is now " + name;
        } else {
            news = name + ": " + std::string(text);
        }
        co_await tell_others(in, number, std::move(news));
    }
    news = "-- " + name + " has left";
    co_await tell_others(in, number, std::move(news));
}

}   // namespace

int main(int argc, char** argv) {
    const example::starter given(argc, argv,
                                 {.about = "A chat: what one says, all others hear. /name NAME gives a name.",
                                  .listen = ":7003",
                                  .can_be_raw = false,
                                  .one_thread = true});
    server::config config = given.config();
    config.pushes.otherwise = frame::slow_consumer::drop_oldest;
    server::server* room = nullptr;
    // No coroutine itself, so it may capture: it makes one.
    server::server server(std::move(config), [&room](server::connection& conn) { return chat(conn, *room); });
    room = &server;
    return server.run().exit_status();
}
