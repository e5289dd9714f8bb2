#include "eviction.hpp"

#include <hawser/io/memory_budget.hpp>

#include <algorithm>
#include <bit>
#include <chrono>

namespace hawser::inline v0::server {

namespace {

std::uint64_t milliseconds(io::duration age) noexcept {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(age).count());
}

}   // namespace

eviction::cell& eviction::cell_of(std::size_t bytes, io::duration age) noexcept {
    const auto size = static_cast<std::size_t>(std::bit_width(bytes / io::memory_account::allowance));
    const auto time = static_cast<std::size_t>(std::bit_width(milliseconds(age)));
    return crowds_[std::min(size, sizes - 1)][std::min(time, ages - 1)];
}

void eviction::consider(std::size_t bytes, io::duration age) noexcept {
    if (age < grace_) return;
    cell& here = cell_of(bytes, age);
    here.bytes += bytes;
    here.weight += static_cast<double>(bytes) * static_cast<double>(1 + milliseconds(age));
}

double eviction::weight_of(const crowd& of) noexcept {
    double sum = 0;
    for (const cell& one : of)
        if (one.to_take == 0) sum += one.weight;
    return sum;
}

eviction::crowd& eviction::heaviest() noexcept { return *std::ranges::max_element(crowds_, {}, weight_of); }

void eviction::choose(std::size_t bytes) noexcept {
    for (std::uint64_t left = bytes; left > 0;) {
        crowd& most = heaviest();
        const auto is_free = [](const cell& one) { return one.bytes > 0 && one.to_take == 0; };
        const auto oldest = std::find_if(most.rbegin(), most.rend(), is_free);
        if (oldest == most.rend()) return;   // nobody is left
        oldest->to_take = std::min(left, oldest->bytes);
        left -= oldest->to_take;
    }
}

bool eviction::takes(std::size_t bytes, io::duration age) noexcept {
    if (age < grace_) return false;
    cell& here = cell_of(bytes, age);
    if (here.to_take == 0) return false;
    here.to_take -= std::min<std::uint64_t>(here.to_take, bytes);
    return true;
}

}   // namespace hawser::server
