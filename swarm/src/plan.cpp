#include <hawser/swarm/plan.hpp>

#include <algorithm>

namespace hawser::inline v0::swarm {

io::duration plan::sends_for() const noexcept {
    const io::duration load = rate ? rate->lasts() : load_shape::for_ever;
    return duration > io::duration::zero() ? std::min(load, warmup + duration) : load;
}

io::duration plan::connects_at(std::uint32_t number) const noexcept {
    if (connect_rate <= 0) return io::duration::zero();
    constexpr double longest = 1e9;   // seconds; a duration has room for it
    return std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(std::min((number - 1) / connect_rate,
                                                                                           longest)));
}

}   // namespace hawser::swarm
