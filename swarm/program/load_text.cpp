#include "load_text.hpp"

#include <tools/quantity.hpp>

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hawser::swarm_program {

namespace {

// What is before the first `mark`, and what is behind it; without one, all and nothing.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return {text, std::nullopt};
    return {text.substr(0, at), text.substr(at + mark.size())};
}

[[noreturn]] void refuse(std::string_view part) {
    throw std::invalid_argument("'" + std::string(part) +
                                "' is no load: RATE, FROM..TO:TIME, and more after commas, as in 0..5000:30s,5000");
}

double parse_rate(std::string_view text, std::string_view part) {
    if (text == "0") return 0;
    const std::optional<double> rate = tools::parse_rate(text);
    if (!rate) refuse(part);
    return *rate;
}

swarm::load_shape::stretch parse_stretch(std::string_view part) {
    const auto [rates, time] = cut(part, ":");
    const auto [from, to] = cut(rates, "..");
    swarm::load_shape::stretch stretch;
    stretch.from = parse_rate(from, part);
    stretch.to = to ? parse_rate(*to, part) : stretch.from;
    if (!time) return stretch;
    stretch.lasts = tools::duration_of(std::string(*time));
    return stretch;
}

}   // namespace

swarm::load_shape parse_load(std::string_view text) {
    std::vector<swarm::load_shape::stretch> stretches;
    for (std::optional<std::string_view> rest = text; rest;) {
        const auto [part, more] = cut(*rest, ",");
        stretches.push_back(parse_stretch(part));
        rest = more;
    }
    swarm::load_shape shape(std::move(stretches));
    if (!shape.due(0)) throw std::invalid_argument("a load of no requests at all");
    return shape;
}

swarm::arrivals parse_arrivals(std::string_view text) {
    using swarm::arrival_pattern;
    if (text == "even") return {};
    if (text == "poisson") return {.pattern = arrival_pattern::poisson};
    const auto [name, size] = cut(text, ":");
    const std::uint64_t burst = name == "bursts" && size ? tools::parse_count(*size).value_or(0) : 0;
    if (burst == 0 || burst > std::numeric_limits<std::uint32_t>::max())
        throw std::invalid_argument("'" + std::string(text) + "' is not even, poisson or bursts:N");
    return {.pattern = arrival_pattern::bursts, .burst = static_cast<std::uint32_t>(burst)};
}

}   // namespace hawser::swarm_program
