// segments: bytes in order that wait for one peer: blocks of memory of its own, and frames that it shares with others.
//
//   segments.append(std::move(block));
//   segments.append(frame);                                   // no copy: its bytes are written from where they are
//   while (!segments.empty()) segments.consume(write(fd, segments.front()));
//
// Invariants: no segment is empty; a block's memory is at most a quarter more than the bytes it came with, and a long
// one that is written slowly gives back what is done (fit()).
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/frame/shared_frame.hpp>

#include <cstddef>
#include <deque>

namespace hawser::inline v0::frame {

/// Moves the bytes into a block of just their size, if its own is more than a quarter larger. Without memory for that
/// it stays. The block that was too large; an empty one if there is none.
byte_buffer fit(byte_buffer& block) noexcept;

class segments {
public:
    /// What one segment takes besides its bytes, and what all of them take together: a place in a queue, and the queue.
    static constexpr std::size_t place_cost = 64;
    static constexpr std::size_t queue_cost = 704;

    /// Behind all others; an empty one is nothing. Throw std::bad_alloc, and have then taken nothing.
    void append(byte_buffer&& block);
    void append(shared_frame frame);   ///< the same, of a frame that others may hold too

    /// What is to be written next. There must be some.
    [[nodiscard]] bytes front() const noexcept;
    /// The first `count` bytes of front() have been written.
    void consume(std::size_t count) noexcept;
    /// They will wait for long: the first one gives back the memory of what has been written.
    void fit() noexcept;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    /// Bytes to be written; those of shared frames; and the memory held for this peer alone.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] std::size_t shared() const noexcept { return shared_; }
    [[nodiscard]] std::size_t memory() const noexcept { return queue_cost + all_.size() * place_cost + own_; }

private:
    struct segment {
        byte_buffer own;   // one of the two
        shared_frame common;
    };

    std::deque<segment> all_;
    std::size_t size_ = 0;
    std::size_t shared_ = 0;
    std::size_t own_ = 0;
    std::size_t sent_ = 0;   // of the first one, if it is shared
};

}   // namespace hawser::frame
