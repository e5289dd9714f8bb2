#include <hawser/server/datagram_limits.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace hawser::inline v0::server {

namespace {

using figure = std::pair<std::uint64_t, std::string_view>;

// "; 3 dropped (2 too often, 1 too long)"; empty if there is none.
std::string part(std::uint64_t all, std::string_view what, std::span<const figure> reasons) {
    if (all == 0) return {};
    std::string text = "; " + std::to_string(all) + " ";
    text.append(what);
    std::string_view before = " (";
    for (const auto& [count, reason] : reasons) {
        if (count == 0) continue;
        text.append(before).append(std::to_string(count)).append(" ").append(reason);
        before = ", ";
    }
    return text + ")";
}

}   // namespace

std::uint64_t datagram_counts::dropped() const noexcept {
    return denied + too_often + too_long + too_many_under_way + no_memory + failed;
}

std::uint64_t datagram_counts::unsent() const noexcept {
    return answers_too_long + answers_amplifying + answers_not_taken;
}

datagram_counts& datagram_counts::operator+=(const datagram_counts& more) noexcept {
    in += more.in;
    out += more.out;
    denied += more.denied;
    too_often += more.too_often;
    too_long += more.too_long;
    too_many_under_way += more.too_many_under_way;
    no_memory += more.no_memory;
    failed += more.failed;
    answers_too_long += more.answers_too_long;
    answers_amplifying += more.answers_amplifying;
    answers_not_taken += more.answers_not_taken;
    cut += more.cut;
    return *this;
}

std::string datagram_counts::text() const {
    if (in == 0) return {};
    const std::array<figure, 6> of_questions{{{denied, "denied"},
                                              {too_often, "too often"},
                                              {too_long, "too long"},
                                              {too_many_under_way, "too many under way"},
                                              {no_memory, "no memory"},
                                              {failed, "failed"}}};
    const std::array<figure, 3> of_answers{{{answers_too_long, "too long"},
                                            {answers_amplifying, "amplifying"},
                                            {answers_not_taken, "not taken by the system"}}};
    std::string text = std::to_string(in) + " in, " + std::to_string(out) + " out" +
                       part(dropped(), "dropped", of_questions) + part(unsent(), "answers not sent", of_answers);
    if (cut > 0) text += "; " + std::to_string(cut) + " cut";
    return text;
}

}   // namespace hawser::server
