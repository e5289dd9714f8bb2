// conversation: sends lines to the peer and shows its replies, at the same time.
//
//   talk::conversation talking(options, console, executor);
//   return co_await talking.run();
//
// Bounded: one typed line, one reply, and what the connection lets wait. On the thread of its executor only.
#pragma once

#include "console.hpp"
#include "input_line.hpp"
#include "peer_connection.hpp"

#include <hawser/io/address.hpp>
#include <hawser/io/group.hpp>

#include <chrono>
#include <optional>

namespace hawser::talk {

struct options {
    std::optional<io::address> connect;                                  ///< has a value
    std::string name;                                                    ///< the address of the peer, as it was given
    std::optional<frame::any_codec> codec = frame::delimiter::lines();   ///< none: bytes as they come
    bool hex = false;                                                    ///< replies as hex
    std::optional<std::size_t> show;                                     ///< bytes of a reply that are shown
    io::duration timeout = std::chrono::seconds(5);                      ///< to connect
    io::duration linger = std::chrono::seconds(1);                       ///< for replies, after the end of the input
};

class conversation {
public:
    /// All three outlive this.
    conversation(const talk::options& options, talk::console& console, const io::executor& where);

    /// Connects, and runs until either side leaves. Returns the exit status: 1 if there was no connection, or it was
    /// lost.
    [[nodiscard]] io::task<int> run();
    /// Ends the conversation now. The status of the first call is what run() returns.
    void leave(int status);

private:
    [[nodiscard]] io::task<bool> connect();
    [[nodiscard]] io::task<void> take_input();
    [[nodiscard]] io::task<bool> handle(input_line line);
    [[nodiscard]] io::task<void> wait_for_last_replies();
    [[nodiscard]] io::task<void> show_replies();
    void show(bytes reply);
    [[nodiscard]] std::size_t most_shown() const;
    void end_of_replies(const error_code& why);

    const talk::options& options_;
    talk::console& console_;
    io::group running_;
    io::event left_;
    std::unique_ptr<peer_connection> peer_;
    std::optional<int> status_;
    bool input_ended_ = false;
};

}   // namespace hawser::talk
