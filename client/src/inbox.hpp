// inbox: packets that nobody asked for, until somebody asks for the next. Bounded: the newest is dropped and counted.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/event.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace hawser::client {

class inbox {
public:
    inbox(const io::executor& where, std::size_t most) : most_(most), changed_(where) {}

    void keep(bytes body);
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    /// The oldest. Precondition: not empty.
    [[nodiscard]] byte_buffer take();
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    /// One more is kept, or its owner wants whoever waits to look again.
    [[nodiscard]] io::event& changed() noexcept { return changed_; }

private:
    std::size_t most_;
    io::event changed_;
    std::deque<byte_buffer> waiting_;
    std::uint64_t dropped_ = 0;
};

}  // namespace hawser::client
