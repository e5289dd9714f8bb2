// conversation: lines go to the peer, replies come back, at the same time.
//
//   talk::conversation talking(settings, console, executor);
//   return co_await talking.run();
//
// Bounded: one typed line, one reply, and what the link lets wait. On the thread of its executor only.
#pragma once

#include "console.hpp"
#include "link.hpp"
#include "phrase.hpp"

#include <hawser/io/address.hpp>
#include <hawser/io/group.hpp>

#include <chrono>
#include <optional>

namespace hawser::talk {

struct settings {
    std::optional<io::address> connect;                                  ///< needed
    std::string name;                                                    ///< of whom we talk to, as it was given
    std::optional<frame::any_codec> codec = frame::delimiter::lines();   ///< none: bytes as they come
    bool hex = false;                                                    ///< replies as hex
    std::optional<std::size_t> show;                                     ///< bytes of a reply that are shown
    io::duration timeout = std::chrono::seconds(5);                      ///< to connect
    io::duration linger = std::chrono::seconds(1);                       ///< for replies, after the end of the input
};

class conversation {
public:
    /// All three outlive this.
    conversation(const settings& with, console& at, const io::executor& where);

    /// Connects and talks until somebody leaves. The exit status: 1 if there was no connection, or it was lost.
    [[nodiscard]] io::task<int> run();
    /// Ends it now, with this status; the first one counts.
    void leave(int status);

private:
    [[nodiscard]] io::task<bool> connect();
    [[nodiscard]] io::task<void> take_input();
    [[nodiscard]] io::task<bool> say(phrase said);
    [[nodiscard]] io::task<void> wait_for_last_replies();
    [[nodiscard]] io::task<void> show_replies();
    void show(bytes reply);
    [[nodiscard]] std::size_t most_shown() const;
    void end_of_replies(const error_code& why);

    const settings& with_;
    console& console_;
    io::group running_;
    io::event left_;
    std::unique_ptr<link> link_;
    std::optional<int> status_;
    bool input_ended_ = false;
};

}  // namespace hawser::talk
