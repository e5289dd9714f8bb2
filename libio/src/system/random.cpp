#include <hawser/io/random.hpp>

#include <algorithm>
#include <cassert>

namespace hawser::inline v0::io {

namespace {

std::mt19937_64 seeded_by_the_system() {
    std::random_device entropy;
    std::seed_seq seeds{entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy(), entropy()};
    return std::mt19937_64(seeds);
}

}   // namespace

random::random(asio::execution_context& context)
    : asio::execution_context::service(context), engine_(seeded_by_the_system()) {}

random& random::of(const executor& where) { return asio::use_service<random>(where.context()); }

std::uint64_t random::below(std::uint64_t bound) {
    assert(bound > 0);
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine_);
}

double random::fraction() { return std::generate_canonical<double, 53>(engine_); }

duration jittered(duration longest, random& by, double share) {
    if (longest <= duration::zero()) return duration::zero();
    const double most = std::clamp(share, 0.0, 1.0) * static_cast<double>(longest.count());
    // In doubles the largest durations round up, beyond what a duration holds: what is taken off never does.
    const auto off = static_cast<duration::rep>(std::min(most * by.fraction(), 9.2e18));
    return longest - std::min(duration(off), longest);
}

}   // namespace hawser::io
