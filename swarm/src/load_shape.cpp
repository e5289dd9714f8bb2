#include <hawser/swarm/load_shape.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace hawser::inline v0::swarm {

namespace {

// 31 years: longer than any run, and far from where a duration overflows.
constexpr double longest = 1e9;

// The error of the arithmetic: a stretch of 249 requests must not have a 250th because the area is 249.00000000000003.
constexpr double rounding = 1e-9;

double seconds(io::duration time) { return std::chrono::duration<double>(time).count(); }

io::duration after(double seconds) {
    return std::chrono::duration_cast<io::duration>(std::chrono::duration<double>(std::min(seconds, longest)));
}

// The requests of a stretch that ends.
double requests(const load_shape::stretch& part) { return (part.from + part.to) / 2 * seconds(part.lasts); }

// How many seconds after its beginning so many requests of a stretch are due: solves the area under a line for the
// time.
double time_of(const load_shape::stretch& part, double count) {
    if (count <= 0) return 0;
    const double growth = part.lasts == load_shape::for_ever ? 0 : (part.to - part.from) / seconds(part.lasts);
    return 2 * count / (part.from + std::sqrt(std::max(0.0, part.from * part.from + 2 * growth * count)));
}

}   // namespace

load_shape::load_shape(std::vector<stretch> stretches) : stretches_(std::move(stretches)) {
    if (stretches_.empty()) throw std::invalid_argument("a load has at least one stretch");
    for (const stretch& one : stretches_) {
        if (!std::isfinite(one.from) || !std::isfinite(one.to) || one.from < 0 || one.to < 0)
            throw std::invalid_argument("a rate is a number of requests a second, not less than 0");
        if (one.lasts <= io::duration::zero()) throw std::invalid_argument("a stretch of a load takes some time");
        if (one.lasts != for_ever) continue;
        if (&one != &stretches_.back())
            throw std::invalid_argument("only the last stretch of a load may last for ever");
        if (one.from != one.to) throw std::invalid_argument("a rate that changes needs a time in which it does");
    }
    const bool ends_in_silence = stretches_.back().lasts == for_ever && stretches_.back().to == 0;
    if (ends_in_silence && stretches_.size() > 1) stretches_.pop_back();
}

std::optional<io::duration> load_shape::due(double others) const noexcept {
    double began = 0;
    for (const stretch& one : stretches_) {
        const bool ends = one.lasts != for_ever;
        const double count = ends ? requests(one) : 0;
        if (ends && others >= count * (1 - rounding)) {
            others = std::max(0.0, others - count);
            began += seconds(one.lasts);
        } else if (one.from == 0 && one.to == 0) {
            return std::nullopt;
        } else {
            return after(began + time_of(one, others));
        }
    }
    return std::nullopt;
}

double load_shape::requests_before(io::duration end) const noexcept {
    double sum = 0;
    for (const stretch& one : stretches_) {
        if (end <= io::duration::zero()) break;
        const io::duration part = std::min(one.lasts, end);
        const double share = one.lasts == for_ever ? 0 : seconds(part) / seconds(one.lasts);
        sum += (one.from + (one.to - one.from) * share / 2) * seconds(part);
        end -= part;
    }
    return sum;
}

io::duration load_shape::lasts() const noexcept {
    if (stretches_.back().lasts == for_ever) return for_ever;
    io::duration sum{};
    for (const stretch& one : stretches_) sum += std::min(one.lasts, for_ever - sum);
    return sum;
}

}   // namespace hawser::swarm
