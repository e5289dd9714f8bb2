#include <hawser/io/moment.hpp>

namespace hawser::inline v0::io {

namespace {

using std::chrono::steady_clock;

const steady_clock::time_point first_time = steady_clock::now();

}   // namespace

const std::uint64_t moment::first_count = moment::count();

// How fast it counts: what it has counted since the program began.
std::chrono::nanoseconds moment::ago() const noexcept {
    const std::uint64_t counted = count();
    const std::chrono::nanoseconds ran = steady_clock::now() - first_time;
    if (counted <= first_count) return {};
    const double nanoseconds_a_count = static_cast<double>(ran.count()) / static_cast<double>(counted - first_count);
    const std::uint32_t steps = static_cast<std::uint32_t>(counted >> shift) - counted_;
    const double passed = static_cast<double>(std::uint64_t(steps) << shift) * nanoseconds_a_count;
    return std::chrono::nanoseconds(static_cast<std::int64_t>(passed));
}

}   // namespace hawser::io
