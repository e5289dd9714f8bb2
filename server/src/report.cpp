#include <hawser/server/server.hpp>

#include <array>
#include <string_view>
#include <utility>

namespace hawser::inline v0::server {

std::string report::text() const {
    const bool are_bytes = bytes_in + bytes_out > 0;
    std::string line = std::to_string(drained) + " connections drained, " + std::to_string(forced) + " cut; " +
                       std::to_string(are_bytes ? bytes_in : frames_in) + (are_bytes ? " bytes in, " : " frames in, ") +
                       std::to_string(are_bytes ? bytes_out : frames_out) + " out; " + std::to_string(unanswered) +
                       " unanswered";
    if (const std::string slow = pushes.text(); !slow.empty()) line += "; pushes: " + slow;
    if (published + lost > 0)
        line += "; published: " + std::to_string(published) + ", " + std::to_string(lost) + " lost";
    if (const std::string of_udp = datagrams.text(); !of_udp.empty()) line += "; datagrams: " + of_udp;
    if (refused.all() == 0) return line;
    line += "; " + std::to_string(refused.all()) + " refused";
    const std::array<std::pair<std::uint64_t, std::string_view>, 5> reasons{
        {{refused.denied, "denied"},
         {refused.too_many_connections, "server full"},
         {refused.too_many_from_address, "address full"},
         {refused.accept_rate_exceeded, "too often"},
         {refused.out_of_descriptors, "no descriptor"}}};
    std::string_view before = " (";
    for (const auto& [count, reason] : reasons) {
        if (count == 0) continue;
        line.append(before).append(std::to_string(count)).append(" ").append(reason);
        before = ", ";
    }
    return line + ")";
}

}   // namespace hawser::server
