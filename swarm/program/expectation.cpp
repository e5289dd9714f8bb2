#include "expectation.hpp"

#include "view/readable.hpp"

#include <tools/quantity.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

template <std::uint64_t swarm::counters::*member>
std::optional<double> counter(const swarm::report& of) {
    return static_cast<double>(of.*member);
}

std::optional<double> unsent(const swarm::report& of) { return static_cast<double>(of.unsent.sum()); }

template <int per_10000>
std::optional<double> percentile(const swarm::report& of) {
    const swarm::histogram& latency = of.honest_latency();
    if (latency.count() == 0) return std::nullopt;
    return seconds(per_10000 < 10'000 ? latency.percentile(per_10000 / 1e4) : latency.max());
}

std::optional<double> number(std::string_view text) { return text == "0" ? 0.0 : tools::parse_rate(text); }

}  // namespace

// What an expectation may be about.
struct quantity {
    enum class unit : unsigned char { number, time };

    std::string_view name;
    unit in;
    std::optional<double> (*of)(const swarm::report&);   // of a time: seconds; none: it was not measured
};

namespace {

constexpr quantity quantities[] = {
    {"sent", quantity::unit::number, &counter<&swarm::counters::sent>},
    {"unsent", quantity::unit::number, &unsent},
    {"acked", quantity::unit::number, &counter<&swarm::counters::acked>},
    {"missing", quantity::unit::number, &counter<&swarm::counters::missing>},
    {"duplicate", quantity::unit::number, &counter<&swarm::counters::duplicate>},
    {"wrong", quantity::unit::number, &counter<&swarm::counters::wrong>},
    {"unknown", quantity::unit::number, &counter<&swarm::counters::unknown>},
    {"late", quantity::unit::number, &counter<&swarm::counters::late>},
    {"ignored", quantity::unit::number, &counter<&swarm::counters::ignored>},
    {"errors", quantity::unit::number, &counter<&swarm::counters::errors>},
    {"rate", quantity::unit::number, [](const swarm::report& of) { return of.requests_per_second(); }},
    {"p50", quantity::unit::time, &percentile<5000>},
    {"p90", quantity::unit::time, &percentile<9000>},
    {"p99", quantity::unit::time, &percentile<9900>},
    {"p999", quantity::unit::time, &percentile<9990>},
    {"p9999", quantity::unit::time, &percentile<9999>},
    {"max", quantity::unit::time, &percentile<10'000>},
};

}  // namespace

std::string expectation::names() {
    std::string all;
    for (const quantity& one : quantities) all += (all.empty() ? "" : " ") + std::string(one.name);
    return all;
}

expectation expectation::parse(std::string_view text) {
    // The longer signs first.
    static constexpr std::array<std::pair<std::string_view, sign>, 6> signs{{{"<=", sign::at_most}, {">=", sign::at_least},
        {"==", sign::equal}, {"!=", sign::unequal}, {"<", sign::less}, {">", sign::more}}};
    const std::string quoted = "'" + std::string(text) + "'";
    const std::size_t at = text.find_first_of("<>=!");
    const std::string_view rest = at == std::string_view::npos ? std::string_view() : text.substr(at);
    const auto found = std::ranges::find_if(signs, [&](const auto& one) { return rest.starts_with(one.first); });
    if (found == signs.end())
        throw std::invalid_argument(quoted + " is no expectation: a name, < <= == != >= or >, and a value, as in p99<5ms");
    expectation made;
    made.text_ = text;
    made.sign_ = found->second;
    const auto what = std::ranges::find(quantities, text.substr(0, at), &quantity::name);
    if (what == std::end(quantities)) throw std::invalid_argument(quoted + " names nothing that a run has: " + names());
    made.what_ = &*what;
    const std::string_view value = rest.substr(found->first.size());
    if (what->in == quantity::unit::time) {
        made.value_ = seconds(tools::duration_of(std::string(value)));
    } else {
        const std::optional<double> given = number(value);
        if (!given) throw std::invalid_argument(quoted + " needs a number");
        made.value_ = *given;
    }
    return made;
}

std::optional<std::string> expectation::broken_by(const swarm::report& report) const {
    const std::optional<double> seen = what_->of(report);
    if (!seen) return text_ + (report.measured == 0 ? ": nothing was measured" : ": too few answers were measured");
    if (holds(*seen)) return std::nullopt;
    constexpr int digits = 7;   // enough that what is close to the bound does not look like it
    const bool is_time = what_->in == quantity::unit::time;
    return text_ + ": it was " + (is_time ? readable(std::chrono::duration<double>(*seen), digits) : readable(*seen, digits));
}

bool expectation::is_of_unsent() const noexcept { return what_->of == &unsent; }

bool expectation::holds(double seen) const noexcept {
    switch (sign_) {
        case sign::less: return seen < value_;
        case sign::at_most: return seen <= value_;
        case sign::equal: return seen == value_;
        case sign::unequal: return seen != value_;
        case sign::at_least: return seen >= value_;
        case sign::more: return seen > value_;
    }
    return false;
}

}  // namespace hawser::swarm_program
