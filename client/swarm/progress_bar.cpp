#include "progress_bar.hpp"

#include <algorithm>
#include <chrono>

namespace hawser::swarm_program {

namespace {

constexpr std::size_t bar_width = 30;

std::string bar(double share) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(bar_width));
    std::string drawn(full, '=');
    if (full < bar_width) drawn += '>';
    drawn.resize(bar_width, ' ');
    return "[" + drawn + "]";
}

}  // namespace

progress_bar::progress_bar(const client::plan& of, io::time_point begun_at)
    : duration_(of.sends_for()), begun_at_(begun_at) {
    if (of.count) expected_ = *of.count * of.clients;
}

std::string progress_bar::line(const client::report& counters, io::time_point now, std::size_t width) const {
    const std::uint64_t settled = counters.acked + counters.wrong + counters.missing;
    const double elapsed = std::chrono::duration<double>(now - begun_at_).count();
    double share = 0;
    if (expected_ && *expected_ > 0) share = static_cast<double>(settled) / static_cast<double>(*expected_);
    if (duration_ != client::load_shape::for_ever)
        share = std::max(share, elapsed / std::chrono::duration<double>(duration_).count());
    share = std::min(share, 1.0);

    std::string text = bar(share) + " " + std::to_string(static_cast<int>(share * 100)) + "%  " +
                       std::to_string(counters.acked) + (expected_ ? "/" + std::to_string(*expected_) : "") + " acked, " +
                       std::to_string(counters.sent - std::min(counters.sent, settled)) + " in flight";
    if (elapsed > 0) text += ", " + std::to_string(static_cast<std::uint64_t>(static_cast<double>(settled) / elapsed)) + "/s";
    if (counters.errors > 0) text += ", " + std::to_string(counters.errors) + " errors";
    return text.substr(0, width);
}

}  // namespace hawser::swarm_program
