// inbox: packets that nobody asked for, until somebody asks for the next. Bounded in number and bytes: the
// newest is dropped and counted.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/io/event.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>

namespace hawser::inline v0::client {

class inbox {
public:
    /// One may be longer than that, alone.
    struct bounds {
        std::size_t packets;
        std::size_t bytes;
    };

    inbox(const io::executor& where, const bounds& most) : most_(most), changed_(where) {}

    void keep(bytes body);
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    /// The oldest. Precondition: not empty.
    [[nodiscard]] byte_buffer take();
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }
    /// One more is kept, or its owner wants whoever waits to look again.
    [[nodiscard]] io::event& changed() noexcept { return changed_; }

private:
    [[nodiscard]] bool has_room(std::size_t size) const noexcept;

    bounds most_;
    io::event changed_;
    std::deque<byte_buffer> waiting_;
    std::size_t bytes_ = 0;
    std::uint64_t dropped_ = 0;
};

}   // namespace hawser::client
