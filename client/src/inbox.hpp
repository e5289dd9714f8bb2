// inbox: packets that nobody asked for, until somebody asks for the next. Bounded: the newest is dropped and counted.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>
#include <hawser/io/event.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>

namespace hawser::client {

class inbox {
public:
    inbox(const io::executor& where, std::size_t most) : most_(most), changed_(where) {}

    void keep(bytes body);
    /// Nothing more comes, for this reason; what is there can still be taken.
    void end(const error_code& why);
    [[nodiscard]] std::uint64_t dropped() const noexcept { return dropped_; }

    /// Waits for one.
    [[nodiscard]] static io::task<result<byte_buffer>> next(std::shared_ptr<inbox> from);

private:
    std::size_t most_;
    io::event changed_;
    std::deque<byte_buffer> waiting_;
    error_code ended_;
    std::uint64_t dropped_ = 0;
};

}  // namespace hawser::client
