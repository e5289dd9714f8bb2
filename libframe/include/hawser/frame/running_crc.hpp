// running_crc: the CRC-32/ISO-HDLC (Ethernet's and zip's) of ranges of a stream, at a bounded price: a peer that makes
// thousands of ranges overlap, each worth checking, pays more for sending them than we do for each.
//
//   frame::running_crc sums;
//   const std::uint32_t crc = sums.of(seen, 4, length);     // of seen.data from its byte 4 on
//
// What is looked at for the first time is simply computed. Only where a range overlaps an earlier one, registers of the
// CRC are kept for every 64th byte, from which that of a range follows: a CRC is linear (running_crc.cpp). Ranges of
// one object are of one stream. They may begin in any order; it is cheap as long as they begin ever later.
#pragma once

#include <hawser/frame/codec.hpp>

#include <array>
#include <memory>

namespace hawser::inline v0::frame {

class running_crc {
public:
    static constexpr std::size_t longest = 65'535;

    /// Of `size` bytes, at most `longest`, from the byte `from` on. All of them are in the
    /// window, whose position counts.
    [[nodiscard]] std::uint32_t of(const window& seen, std::size_t from, std::size_t size) noexcept;

private:
    // Between two registers: 64 bytes cost about as much to compute as joining two ranges does.
    static constexpr std::size_t stride = 64;

    // A ring: of each position that is a multiple of `stride`, as much as one range can span.
    struct registers {
        std::uint64_t first = 0;   // the positions that are known, `next` included
        std::uint64_t next = 0;
        std::array<std::uint32_t, longest / stride + 2> ring{};

        [[nodiscard]] std::uint32_t& at(std::uint64_t position) noexcept {
            return ring[position / stride % ring.size()];
        }
        void cover(const window& seen, std::uint64_t from, std::uint64_t to) noexcept;
    };

    [[nodiscard]] std::uint32_t joined(const window& seen, std::uint64_t begin, std::uint64_t end) noexcept;

    std::uint64_t computed_to_ = 0;          // bytes of the stream before this have been looked at
    std::unique_ptr<registers> registers_;   // none as long as no ranges overlap
};

}   // namespace hawser::frame
