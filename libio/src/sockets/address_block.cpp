#include <hawser/io/address_block.hpp>

#include <hawser/error.hpp>
#include <hawser/io/task.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <charconv>

namespace hawser::inline v0::io {

namespace {

using raw_address = std::array<unsigned char, 16>;

// The bits of this byte, by its index, that belong to a prefix.
unsigned char mask_of(std::size_t index, unsigned bits) noexcept {
    const unsigned before = static_cast<unsigned>(index) * 8;
    const unsigned inside = bits <= before ? 0 : std::min(bits - before, 8U);
    return static_cast<unsigned char>(0xff00U >> inside);
}

bool same_prefix(const raw_address& a, const raw_address& b, unsigned bits) noexcept {
    for (std::size_t i = 0; i < a.size(); ++i)
        if (((a[i] ^ b[i]) & mask_of(i, bits)) != 0) return false;
    return true;
}

bool nothing_behind(const raw_address& address, unsigned bits) noexcept {
    for (std::size_t i = 0; i < address.size(); ++i)
        if ((address[i] & ~mask_of(i, bits) & 0xff) != 0) return false;
    return true;
}

address_block block_of(const asio::ip::address& address) {
    if (address.is_v6()) return {.family = endpoint::kind::ipv6, .bits = 128, .first = address.to_v6().to_bytes()};
    address_block one{.family = endpoint::kind::ipv4, .bits = 32};
    std::ranges::copy(address.to_v4().to_bytes(), one.first.begin());
    return one;
}

std::optional<unsigned> parse_bits(std::string_view text, unsigned most) noexcept {
    unsigned bits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
    if (error != std::errc() || end != text.data() + text.size() || bits > most) return std::nullopt;
    return bits;
}

address_block without_mapping(const address_block& block) noexcept {
    static constexpr raw_address mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (block.family != endpoint::kind::ipv6 || block.bits < 96 || !same_prefix(block.first, mapped, 96)) return block;
    address_block ipv4{.family = endpoint::kind::ipv4, .bits = block.bits - 96};
    std::copy(block.first.begin() + 12, block.first.end(), ipv4.first.begin());
    return ipv4;
}

}   // namespace

std::optional<address_block> address_block::parse(std::string_view text) {
    if (text.find('%') != std::string_view::npos) return std::nullopt;   // a scope is no part of a prefix
    const std::size_t slash = text.find('/');
    error_code wrong;
    const asio::ip::address address = asio::ip::make_address(std::string(text.substr(0, slash)), wrong);
    if (wrong) return std::nullopt;
    address_block block = block_of(address);
    if (slash != std::string_view::npos) {
        const auto bits = parse_bits(text.substr(slash + 1), block.bits);
        if (!bits || !nothing_behind(block.first, *bits)) return std::nullopt;
        block.bits = *bits;
    }
    return without_mapping(block);
}

bool address_block::contains(const endpoint& who) const noexcept {
    return who.what == family && same_prefix(first, who.host, bits);
}

std::string address_block::text() const {
    const std::string end = "/" + std::to_string(bits);
    if (family == endpoint::kind::ipv6) return asio::ip::address_v6(first).to_string() + end;
    return asio::ip::address_v4({first[0], first[1], first[2], first[3]}).to_string() + end;
}

}   // namespace hawser::io
