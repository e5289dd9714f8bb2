#include "live_view.hpp"

#include "../results/failures.hpp"
#include "readable.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string_view>

namespace hawser::swarm_program {

namespace {

constexpr std::size_t shortest_bar = 10;
constexpr std::size_t most_seconds = 400;
constexpr std::size_t most_kinds = 3;   // of errors that are shown

// A name and its value, aligned with the other rows.
std::string row(std::string_view name, const std::string& value) {
    constexpr std::size_t name_width = 11;
    std::string padded(name);
    padded.resize(std::max(name_width, padded.size()), ' ');
    return padded + value;
}

}   // namespace

live_view::live_view(const swarm::plan& plan, io::time_point begun_at, bool blocks)
    : clients_(plan.clients),
      sends_for_(plan.sends_for()),
      begun_at_(begun_at),
      blocks_(blocks),
      updated_at_(begun_at),
      next_second_(begun_at + std::chrono::seconds(1)) {
    if (plan.count && *plan.count <= std::numeric_limits<std::uint64_t>::max() / plan.clients)
        expected_ = *plan.count * plan.clients;
}

void live_view::update(const snapshot& latest, io::time_point now) {
    latest_ = latest;
    updated_at_ = now;
    recent_.push_back({now, latest.counters.acked});
    while (recent_.size() > 2 && recent_[1].at <= now - std::chrono::seconds(1)) recent_.pop_front();
    const double time = seconds(now - recent_.front().at);
    if (time > 0) rate_ = static_cast<double>(latest.counters.acked - recent_.front().acked) / time;
    if (now < next_second_) return;
    next_second_ += std::chrono::seconds(1);
    seconds_.push_back({rate_, seconds(latest.latency.percentile(0.99))});
    if (seconds_.size() > most_seconds) seconds_.pop_front();
}

double live_view::share_done() const {
    const swarm::counters& so_far = latest_.counters;
    double share = 0;
    if (expected_ && *expected_ > 0)
        share = static_cast<double>(so_far.acked + so_far.wrong + so_far.missing) / static_cast<double>(*expected_);
    if (sends_for_ != swarm::load_shape::for_ever)
        share = std::max(share, seconds(updated_at_ - begun_at_) / seconds(sends_for_));
    return std::min(share, 1.0);
}

bool live_view::ends_by_itself() const noexcept { return expected_ || sends_for_ != swarm::load_shape::for_ever; }

// The bar fills the room that its text leaves.
std::string live_view::bar(std::size_t width) const {
    if (!ends_by_itself()) return time_left();
    const double share = share_done();
    const std::string said = std::to_string(static_cast<int>(share * 100)) + "%  " + time_left();
    const std::size_t taken = said.size() + std::string_view("[] ").size();
    if (width < taken + shortest_bar) return said;
    const std::size_t room = width - taken;
    const auto full = static_cast<std::size_t>(share * static_cast<double>(room));
    std::string drawn(full, '=');
    if (full < room) drawn += '>';
    drawn.resize(room, ' ');
    return "[" + drawn + "] " + said;
}

std::string live_view::time_left() const {
    const io::duration elapsed = updated_at_ - begun_at_;
    std::string text = readable(elapsed);
    if (!ends_by_itself()) return text + ", until Ctrl-C";
    if (sends_for_ != swarm::load_shape::for_ever)
        return text + " of " + readable(sends_for_) + ", " +
               readable(std::max(sends_for_ - elapsed, io::duration::zero())) + " left";
    if (const double share = share_done(); share > 0.02)   // earlier it would be a guess
        text += ", about " + readable(std::chrono::duration<double>(seconds(elapsed) * (1 - share) / share)) + " left";
    return text;
}

std::string live_view::latency() const {
    if (latest_.latency.count() == 0) return "no answers now";
    return "p50 " + readable(latest_.latency.percentile(0.5)) + ", p99 " + readable(latest_.latency.percentile(0.99));
}

std::string live_view::requests() const {
    return grouped(latest_.counters.acked) + (expected_ ? "/" + grouped(*expected_) : "") + " acked, " +
           grouped(latest_.in_flight()) + " in flight, " + grouped(latest_.connected) + " of " + grouped(clients_) +
           " connected";
}

std::vector<std::string> live_view::failures() const {
    std::vector<std::string> texts;
    for (const failure& one : swarm_program::failures(latest_.counters))
        texts.push_back(grouped(one.count) + " " + std::string(one.kind));
    for (const auto& [kind, count] : latest_.errors_by_kind) texts.push_back(grouped(count) + " " + kind);
    return texts;
}

// The last seconds, the newest to the right; as high as the highest of them.
std::string live_view::sparkline(double second::* figure, std::size_t columns) const {
    static constexpr std::array<std::string_view, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static constexpr std::array<std::string_view, 8> letters{"_", ".", ",", "-", "~", "+", "*", "#"};
    const std::size_t shown = std::min(columns, seconds_.size());
    double most = 0;
    for (std::size_t i = seconds_.size() - shown; i < seconds_.size(); ++i) most = std::max(most, seconds_[i].*figure);
    std::string drawn;
    for (std::size_t i = seconds_.size() - shown; i < seconds_.size(); ++i) {
        const double share = most > 0 ? seconds_[i].*figure / most : 0;
        const auto level = std::min<std::size_t>(static_cast<std::size_t>(share * 8), 7);
        drawn += blocks_ ? blocks[level] : letters[level];
    }
    return drawn;
}

std::vector<std::string> live_view::lines(std::size_t width, std::size_t height, const palette& colours) const {
    std::vector<std::string> lines;
    const auto add = [&](const std::string& text, double second::* over_time = nullptr) {
        if (lines.size() >= height) return;
        lines.push_back(text.substr(0, width));   // plain letters so far: a column each
        constexpr std::size_t gap = 2;
        if (over_time != nullptr && text.size() + gap < width)
            lines.back() += std::string(gap, ' ') + sparkline(over_time, width - text.size() - gap);
    };
    add(bar(width));
    if (!lines.empty()) lines.back() = colours.strong(lines.back());
    const std::string rate = row("rate", readable(rate_) + "/s");
    const std::string latencies = row("latency", latency());
    constexpr std::size_t usual = 40;
    // The same second is in the same column.
    const std::size_t longer = std::max({usual, rate.size(), latencies.size()});
    add(rate + std::string(longer - rate.size(), ' '), &second::rate);
    add(latencies + std::string(longer - latencies.size(), ' '), &second::latency);
    add(row("requests", requests()));
    const std::size_t good = lines.size();
    const std::vector<std::string> failed = failures();
    for (std::size_t i = 0; i < std::min(failed.size(), most_kinds); ++i)
        add(row(i == 0 ? "errors" : "", escaped(as_bytes(failed[i]), 200)));
    if (failed.size() > most_kinds) add(row("", "and " + grouped(failed.size() - most_kinds) + " other kinds"));
    for (std::size_t i = good; i < lines.size(); ++i) lines[i] = colours.bad(lines[i]);
    return lines;
}

}   // namespace hawser::swarm_program
