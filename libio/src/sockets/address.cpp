#include <hawser/io/address.hpp>

#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace hawser::inline v0::io {

namespace {

constexpr std::string_view unix_prefix = "unix:";

struct network {
    std::string_view prefix;
    address::kind what;
    address::ip_family family;
};

using enum address::ip_family;

constexpr std::array networks{
    network{"tcp:", address::kind::tcp, any},   network{"udp:", address::kind::udp, any},
    network{"tcp4:", address::kind::tcp, ipv4}, network{"udp4:", address::kind::udp, ipv4},
    network{"tcp6:", address::kind::tcp, ipv6}, network{"udp6:", address::kind::udp, ipv6},
};

// Takes the network off, if there is one: what is left must have a colon of its own, or it was a host.
std::string_view read_network(std::string_view text, address& into) {
    for (const network& each : networks) {
        if (!text.starts_with(each.prefix)) continue;
        const std::string_view rest = text.substr(each.prefix.size());
        if (rest.find(':') == std::string_view::npos) break;
        into.what = each.what;
        into.family = each.family;
        return rest;
    }
    return text;
}

result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size()) return errc::bad_address;
    return port;
}

// A colon in the host is an IPv6 address, which needs its brackets; brackets are for nothing else.
result<std::string_view> parse_host(std::string_view text) {
    const bool bracketed = text.starts_with('[') && text.ends_with(']');
    const std::string_view host = bracketed ? text.substr(1, text.size() - 2) : text;
    if (bracketed != (host.find(':') != std::string_view::npos)) return errc::bad_address;
    if (host.find_first_of("[] \t\n") != std::string_view::npos || host.size() > address::max_host)
        return errc::bad_address;
    return host == "*" ? std::string_view() : host;
}

bool is_of_family(std::string_view host, address::ip_family family) {
    error_code is_a_name;
    const boost::asio::ip::address numeric = boost::asio::ip::make_address(host, is_a_name);
    return family == any || is_a_name || numeric.is_v6() == (family == ipv6);
}

result<address> parse_path(std::string_view path) {
    if (path.empty() || path.size() > address::max_path) return errc::bad_address;
    return address{.what = address::kind::unix_path, .path = path};
}

}   // namespace

result<address> address::parse(std::string_view text) {
    if (text.starts_with(unix_prefix)) return parse_path(text.substr(unix_prefix.size()));
    address parsed;
    const std::string_view rest = read_network(text, parsed);
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos) return errc::bad_address;
    const result<std::uint16_t> port = parse_port(rest.substr(colon + 1));
    if (!port) return port.error();
    const result<std::string_view> host = parse_host(rest.substr(0, colon));
    if (!host) return host.error();
    if (!is_of_family(*host, parsed.family)) return errc::bad_address;
    parsed.port = *port;
    parsed.host = *host;
    return parsed;
}

std::string address::text() const {
    if (what == kind::unix_path) return std::string(unix_prefix).append(path);
    const std::string_view name = host;
    const auto same = [this](const network& each) { return each.what == what && each.family == family; };
    std::string shown(std::ranges::find_if(networks, same)->prefix);
    // A host of that name needs its network.
    const bool is_understood = what == kind::tcp && family == any && name != "unix";
    if (is_understood) shown.clear();
    if (name.empty()) shown += '*';
    else if (name.find(':') != std::string_view::npos) shown.append("[").append(name).append("]");
    else shown += name;
    return shown + ':' + std::to_string(port);
}

}   // namespace hawser::io
