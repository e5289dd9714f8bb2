// work: what a connection sends, and what it must get. All connections share it.
//
//   const work submits(32, 64);           // payload, most frames in one send
//   send(fd, submits.requests(offset));   // `offset` in the connection's stream, to be counted on
//   submits.are_acks(offset, received);   // the same for the other direction
//
// The stream of a connection is a ring of frames with different ids, repeated for ever. So nothing is built
// while measuring, and an ack in the wrong place, or of another connection that began elsewhere in the
// ring, is a byte that differs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bench {

class work {
public:
    static constexpr std::size_t head_size = 13;
    static constexpr std::size_t ack_size = 14;

    /// `at_once`: frames that requests() has behind each other, at least.
    work(std::size_t payload, std::size_t at_once);

    [[nodiscard]] std::size_t frame_size() const noexcept { return frame_size_; }
    [[nodiscard]] std::size_t ring() const noexcept { return ring_; }

    /// What a stream goes on with at this offset.
    [[nodiscard]] std::span<const char> requests(std::uint64_t offset) const noexcept;
    [[nodiscard]] bool are_acks(std::uint64_t offset, std::span<const char> received) const noexcept;

private:
    std::size_t frame_size_;
    std::size_t ring_;             // frames before ids repeat
    std::vector<char> requests_;   // the ring, and `at_once` more frames
    std::vector<char> acks_;       // the ring
};

}   // namespace bench
