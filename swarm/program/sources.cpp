#include "sources.hpp"

#include <hawser/io/address_block.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace hawser::swarm_program {

namespace {

void count_up(io::endpoint& address, std::size_t size) {
    for (std::size_t i = size; i > 0 && ++address.host[i - 1] == 0; --i) {}
}

}   // namespace

void add_sources(const std::string& text, std::vector<io::endpoint>& into) {
    const std::optional<io::address_block> block = io::address_block::parse(text);
    if (!block) throw std::invalid_argument("'" + text + "' is no address and no block of them, as in 127.0.1.0/24");
    const bool is_ipv4 = block->family == io::endpoint::kind::ipv4;
    const std::size_t size = is_ipv4 ? 4 : 16;
    const std::size_t host_bits = 8 * size - block->bits;
    const bool has_reserved = is_ipv4 && host_bits > 1;
    constexpr std::size_t enough_bits = 13;   // for more than most_sources
    std::size_t left = std::min(most_sources,
                                (std::size_t{1} << std::min(host_bits, enough_bits)) - (has_reserved ? 2 : 0));
    io::endpoint next{.what = block->family, .host = block->first};
    if (has_reserved) count_up(next, size);
    for (; left > 0 && into.size() < most_sources; --left) {
        into.push_back(next);
        count_up(next, size);
    }
}

}   // namespace hawser::swarm_program
