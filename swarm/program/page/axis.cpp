#include "axis.hpp"

#include "../view/readable.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace hawser::swarm_program {

namespace {

constexpr int most_ticks = 6;   // as many of "99.99" as fit in the 260 pixels of a telephone

// To 1, 2 or 5 times a power of ten.
double round_up(double figure) {
    const double ten = std::pow(10, std::floor(std::log10(figure)));
    for (const double factor : {1.0, 2.0, 5.0})
        if (figure <= factor * ten * (1 + 1e-9)) return factor * ten;
    return 10 * ten;
}
double round_down(double figure) {
    const double ten = std::pow(10, std::floor(std::log10(figure) + 1e-9));
    for (const double factor : {5.0, 2.0})
        if (figure >= factor * ten * (1 - 1e-9)) return factor * ten;
    return ten;
}

// Steps that people use for times.
double time_step(double seconds) {
    for (const double step :
         {1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0})
        if (seconds / step <= most_ticks) return step;
    return round_up(seconds / most_ticks);
}

std::string time_label(double seconds, bool in_minutes) {
    if (!in_minutes) return readable(seconds) + " s";
    const auto whole = static_cast<long>(std::lround(seconds));
    return std::to_string(whole / 60) + ":" + std::to_string(100 + whole % 60).substr(1);
}

}   // namespace

axis axis::linear(double most, bool rounded, const label& text) {
    const double step = round_up(std::max(most, 1e-9) / (most_ticks - 1));
    const double end = rounded ? step * std::ceil(most / step - 1e-9) : most;
    axis scale;
    scale.position_ = [end](double figure) { return figure / end; };
    for (int i = 0; i * step <= end * (1 + 1e-9); ++i) scale.ticks_.push_back({i * step / end, text(i * step)});
    return scale;
}

axis axis::time(double seconds) {
    const auto short_time = [](double at) { return at == 0 ? "0" : readable(std::chrono::duration<double>(at)); };
    if (seconds < 2) return linear(seconds, false, short_time);
    const double step = time_step(seconds);
    axis scale;
    scale.position_ = [seconds](double figure) { return figure / seconds; };
    // A run of 30 s has its last answer a little before or after that.
    for (int i = 0; i * step <= seconds * 1.01; ++i)
        scale.ticks_.push_back({std::min(1.0, i * step / seconds),
                                i == 0 ? "0" : time_label(i * step, seconds >= 120)});
    return scale;
}

axis axis::logarithmic(double least, double most, const label& text) {
    const double low = round_down(least);
    const double high = std::max(round_up(most), round_up(low * 1.5));
    const double decades = std::log10(high / low);
    axis scale;
    scale.position_ = [low, decades](double figure) { return std::log10(std::max(figure, low) / low) / decades; };
    const auto add = [&](double figure) {
        if (std::string label = text(figure); !label.empty())
            scale.ticks_.push_back({scale.position_(figure), std::move(label)});
    };
    if (decades < 1.7) {   // 1, 2, 5, 10, 20, 50
        for (double figure = low; figure <= high * (1 + 1e-9); figure = round_up(figure * 1.5)) add(figure);
        return scale;
    }
    const double every = std::ceil(decades / (most_ticks - 1));
    for (double power = std::ceil(std::log10(low) - 1e-9); power <= std::log10(high) + 1e-9; power += every)
        add(std::pow(10, power));
    return scale;
}

axis axis::percentiles(double count) {
    constexpr double most_nines = 5;   // nobody looks beyond 99.999 %
    const double nines = std::clamp(std::log10(count), 1.0, most_nines);
    axis scale;
    scale.position_ = [nines](double share) { return share >= 1 ? 1 : -std::log10(1 - share) / nines; };
    static const std::array<std::pair<double, const char*>, 6> known{
        {{0.5, "50"}, {0.9, "90"}, {0.99, "99"}, {0.999, "99.9"}, {0.9999, "99.99"}, {0.99999, "99.999"}}};
    for (const auto& [share, name] : known)
        if (scale.position_(share) <= 1 + 1e-9) scale.ticks_.push_back({scale.position_(share), name});
    return scale;
}

double axis::position(double figure) const { return std::clamp(position_(figure), 0.0, 1.0); }

}   // namespace hawser::swarm_program
