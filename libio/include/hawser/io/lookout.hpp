// lookout: whether a connection looks for bytes itself, or has the kernel tell it when there are some.
//
//   looks.begin_wait();
//   if (looks.is_due()) { ...let the others of the thread have their turn...; looks.looked(read()); }
//
// On a busy thread the peer has often sent the next request by the time the others had their turn. A look that finds
// it needs no epoll_ctl and no epoll_wait; one that finds nothing is a system call in vain, after which the
// connection waits to be told. So each look in vain doubles the waits until the next, and one that finds something
// makes every wait begin with one.
#pragma once

#include <algorithm>
#include <cstdint>

namespace hawser::inline v0::io {

class lookout {
public:
    /// Before each wait.
    void begin_wait() noexcept {
        if (waits_left_ > 0) --waits_left_;
    }
    /// Whether the wait that has begun begins with a look.
    [[nodiscard]] bool is_due() const noexcept { return waits_left_ == 0; }
    /// It has looked, if that was due.
    void looked(bool found) noexcept {
        if (!is_due()) return;
        if (!found) waits_left_ = after_a_miss_;
        after_a_miss_ = found ? 1 : std::min<std::uint8_t>(after_a_miss_ * 2, most_waits);
    }

private:
    // Most connections are quiet: one has to be in conversation before it looks for the first time.
    static constexpr std::uint8_t first_waits = 16;
    static constexpr std::uint8_t most_waits = 64;

    std::uint8_t waits_left_ = first_waits;
    std::uint8_t after_a_miss_ = first_waits;
};

}   // namespace hawser::io
