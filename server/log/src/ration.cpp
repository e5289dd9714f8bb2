#include "ration.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace hawser::inline v0::log {

namespace {

constexpr io::duration of_a_ration = std::chrono::seconds(1);

}   // namespace

bool ration::grants(std::string_view reason, level of, io::time_point now, unsigned times) {
    if (most_ == 0) return true;
    entry& one = entry_of(reason, of, now);
    if (now - one.second_began >= of_a_ration && one.left_out == 0) {
        one.second_began = now;
        one.written = 0;
    }
    if (one.written < std::uint64_t{most_} * times) {
        ++one.written;
        return true;
    }
    if (one.left_out++ == 0) ++reasons_left_out_;
    return false;
}

ration::entry& ration::entry_of(std::string_view reason, level of, io::time_point now) {
    const auto known = std::ranges::find(entries_, reason, &entry::reason);
    if (known != entries_.end()) return *known;
    if (entries_.size() < most_reasons) return entries_.emplace_back(std::string(reason), of, now);
    entry& others = entries_.back();
    if (others.reason != "other reasons") others.reason = "other reasons";
    return others;
}

std::vector<ration::left_out> ration::take_left_out(io::time_point now) {
    std::vector<left_out> taken;
    taken.reserve(reasons_left_out_);
    for (entry& one : entries_) {
        if (one.left_out == 0 || now - one.second_began < of_a_ration) continue;
        taken.push_back({one.reason, one.of, one.left_out});
    }
    for (entry& one : entries_) {
        if (one.left_out == 0 || now - one.second_began < of_a_ration) continue;
        one.left_out = 0;
        --reasons_left_out_;
    }
    return taken;
}

}   // namespace hawser::log
