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

template <std::uint64_t swarm::counters::* member>
std::optional<double> counter(const swarm::report& report) {
    return static_cast<double>(report.*member);
}

std::optional<double> unsent(const swarm::report& report) { return static_cast<double>(report.unsent.sum()); }

template <int per_10000>
std::optional<double> percentile(const swarm::report& report) {
    const swarm::histogram& latency = report.honest_latency();
    if (latency.count() == 0) return std::nullopt;
    return seconds(per_10000 < 10'000 ? latency.percentile(per_10000 / 1e4) : latency.max());
}

std::optional<double> number(std::string_view text) { return text == "0" ? 0.0 : tools::parse_rate(text); }

}   // namespace

enum class metric_unit : unsigned char { number, time };

// What an expectation may be about.
struct metric {
    std::string_view name;
    metric_unit unit;
    std::optional<double> (*read)(const swarm::report&);   // seconds for a time; none: it was not measured
};

namespace {

constexpr metric metrics[] = {
    {"sent", metric_unit::number, &counter<&swarm::counters::sent>},
    {"unsent", metric_unit::number, &unsent},
    {"acked", metric_unit::number, &counter<&swarm::counters::acked>},
    {"missing", metric_unit::number, &counter<&swarm::counters::missing>},
    {"duplicate", metric_unit::number, &counter<&swarm::counters::duplicate>},
    {"wrong", metric_unit::number, &counter<&swarm::counters::wrong>},
    {"unknown", metric_unit::number, &counter<&swarm::counters::unknown>},
    {"late", metric_unit::number, &counter<&swarm::counters::late>},
    {"ignored", metric_unit::number, &counter<&swarm::counters::ignored>},
    {"errors", metric_unit::number, &counter<&swarm::counters::errors>},
    {"rate", metric_unit::number, [](const swarm::report& report) { return report.requests_per_second(); }},
    {"p50", metric_unit::time, &percentile<5000>},
    {"p90", metric_unit::time, &percentile<9000>},
    {"p99", metric_unit::time, &percentile<9900>},
    {"p999", metric_unit::time, &percentile<9990>},
    {"p9999", metric_unit::time, &percentile<9999>},
    {"max", metric_unit::time, &percentile<10'000>},
};

}   // namespace

std::string expectation::names() {
    std::string all;
    for (const metric& one : metrics) all += (all.empty() ? "" : " ") + std::string(one.name);
    return all;
}

expectation expectation::parse(std::string_view text) {
    // "<=" has to be looked for before "<".
    static constexpr std::array<std::pair<std::string_view, sign>, 6> signs{{{"<=", sign::at_most},
                                                                             {">=", sign::at_least},
                                                                             {"==", sign::equal},
                                                                             {"!=", sign::unequal},
                                                                             {"<", sign::less},
                                                                             {">", sign::more}}};
    const std::string quoted = "'" + std::string(text) + "'";
    const std::size_t at = text.find_first_of("<>=!");
    const std::string_view rest = at == std::string_view::npos ? std::string_view() : text.substr(at);
    const auto found = std::ranges::find_if(signs, [&](const auto& one) { return rest.starts_with(one.first); });
    if (found == signs.end())
        throw std::invalid_argument(quoted +
                                    " is no expectation: a name, < <= == != >= or >, and a value, as in p99<5ms");
    expectation parsed;
    parsed.text_ = text;
    parsed.sign_ = found->second;
    const auto metric = std::ranges::find(metrics, text.substr(0, at), &swarm_program::metric::name);
    if (metric == std::end(metrics)) throw std::invalid_argument(quoted + " names nothing that a run has: " + names());
    parsed.metric_ = &*metric;
    const std::string_view value = rest.substr(found->first.size());
    if (metric->unit == metric_unit::time) {
        parsed.value_ = seconds(tools::duration_of(std::string(value)));
    } else {
        const std::optional<double> given = number(value);
        if (!given) throw std::invalid_argument(quoted + " needs a number");
        parsed.value_ = *given;
    }
    return parsed;
}

std::optional<std::string> expectation::broken_by(const swarm::report& report) const {
    const std::optional<double> seen = metric_->read(report);
    if (!seen) return text_ + (report.measured == 0 ? ": nothing was measured" : ": too few answers were measured");
    if (holds(*seen)) return std::nullopt;
    constexpr int digits = 7;   // enough that what is close to the bound does not look like it
    const bool is_time = metric_->unit == metric_unit::time;
    return text_ + ": it was " +
           (is_time ? readable(std::chrono::duration<double>(*seen), digits) : readable(*seen, digits));
}

bool expectation::is_of_unsent() const noexcept { return metric_->read == &unsent; }

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

}   // namespace hawser::swarm_program
