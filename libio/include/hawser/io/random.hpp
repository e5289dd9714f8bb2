// random: the one source of randomness above this floor, as clock is the one of time: replaceable in tests by its seed.
//
//   io::random& dice = io::random::of(executor);
//   co_await io::sleep(io::jittered(backoff, dice));     // many clients do not come back in the same instant
//
// A service of the io_context: made on first use from the system's entropy, gone with it. To be used on its thread
// only. Not for secrets: who sees enough of its numbers knows the next.
#pragma once

#include <hawser/io/clock.hpp>

#include <cstdint>
#include <random>

namespace hawser::inline v0::io {

class random final : public asio::execution_context::service {
public:
    inline static asio::execution_context::id id;

    /// Made by of().
    explicit random(asio::execution_context& context);
    [[nodiscard]] static random& of(const executor& where);   ///< that of this io_context

    /// From here on the same numbers after the same seed.
    void seed(std::uint64_t with) { engine_.seed(with); }

    /// Any number.
    [[nodiscard]] std::uint64_t next() { return engine_(); }
    /// A number below `bound`, each as likely as the others. Precondition: `bound` is not 0.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound);
    /// A number from 0 to 1, 1 not included.
    [[nodiscard]] double fraction();

private:
    void shutdown() override {}

    std::mt19937_64 engine_;
};

/// `longest` less some part of it, at most `share` (0 to 1) of it: never longer, so that a bound
/// stays a bound. Not negative.
[[nodiscard]] duration jittered(duration longest, random& by, double share = 0.5);

}   // namespace hawser::io
