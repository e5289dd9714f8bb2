// eviction: of those who keep memory from others, who is to give it back.
//
//   eviction chosen(grace);
//   for (each) chosen.consider(bytes, age);
//   chosen.choose(too_much);
//   for (each) if (chosen.takes(bytes, age)) close it;
//
// What counts is bytes times time. Those who keep about as much are one crowd, so that many who keep little weigh as
// much as one who keeps all of it: of the crowd that weighs most the longest go first, until another weighs more. Pure,
// and without an allocation: whoever needs it has none to spare.
#pragma once

#include <hawser/io/clock.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hawser::inline v0::server {

class eviction {
public:
    /// Who has kept something for less than `grace` is left alone.
    explicit eviction(io::duration grace) noexcept : grace_(grace) {}

    void consider(std::size_t bytes, io::duration age) noexcept;
    /// After all were considered: so many bytes are to come back. It may be a little more, by one who is taken.
    void choose(std::size_t bytes) noexcept;
    /// Whether this one, which was considered, is to go.
    [[nodiscard]] bool takes(std::size_t bytes, io::duration age) noexcept;

private:
    // Sizes and ages that are alike within a factor of two: from a page to 4 GiB, from less than a
    // millisecond to some hours.
    static constexpr std::size_t sizes = 21;
    static constexpr std::size_t ages = 24;
    struct cell {
        std::uint64_t bytes = 0;
        double weight = 0;   // bytes times milliseconds
        std::uint64_t to_take = 0;
    };
    using crowd = std::array<cell, ages>;

    [[nodiscard]] cell& cell_of(std::size_t bytes, io::duration age) noexcept;
    [[nodiscard]] static double weight_of(const crowd& of) noexcept;
    [[nodiscard]] crowd& heaviest() noexcept;

    io::duration grace_;
    std::array<crowd, sizes> crowds_{};
};

}   // namespace hawser::server
