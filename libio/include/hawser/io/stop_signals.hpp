// stop_signals: SIGINT and SIGTERM, from the first statement of main on.
//
//   int main() {
//       const io::stop_signals caught;       // one that comes now is not lost: run() drains at once
//       server::server server(...);
//       return server.run().exit_status();
//   }
//
// run() has one of its own, so this is for a program that may be told to end before. The first signal asks for the end,
// the next for an end at once, and a third ends the process on the spot (status 3), as does a second one while no
// server runs that could obey. What comes within 500 ms of one that counts is the same: a process group and a
// supervisor both pass on a Ctrl-C. A signal that the program, or who started it, has decided about is none of ours.
// Invariant: what came is known from memory; the descriptor only wakes whoever waits, and may fail to.
#pragma once

#include <chrono>
#include <csignal>

namespace hawser::inline v0::io {

class stop_signals {
public:
    static constexpr std::chrono::milliseconds same_within{500};

    /// What has been asked for, since there is one.
    enum class wish : unsigned char { none, drain, end_at_once };

    /// SIGHUP as well: who talks to somebody at a terminal has nothing to do without it. A server has.
    enum class also : unsigned char { nothing, hang_up };

    /// Catches the signals that would end the process, and lets this thread have them; those that somebody ignores
    /// or handles are left alone. Its end, on the same thread, gives that back; the last of several gives the
    /// signals back, but for those that somebody has begun to handle or ignore meanwhile. They know of all that
    /// came since the first of them.
    explicit stop_signals(also more = also::nothing) noexcept;
    stop_signals(const stop_signals&) = delete;
    stop_signals& operator=(const stop_signals&) = delete;
    ~stop_signals();

    /// Any thread.
    [[nodiscard]] static wish asked() noexcept;
    /// Readable once a signal has come, and from then on; -1 if there was none to be had. It
    /// goes with the last of these.
    [[nodiscard]] static int descriptor() noexcept;

    /// While there is one, somebody looks and obeys.
    class obeyed {
    public:
        obeyed() noexcept;
        obeyed(const obeyed&) = delete;
        obeyed& operator=(const obeyed&) = delete;
        ~obeyed();
    };

private:
    sigset_t unblocked_;   // by this one, on this thread
};

}   // namespace hawser::io
