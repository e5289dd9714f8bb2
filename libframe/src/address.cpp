#include <hawser/io/address.hpp>

#include <charconv>

namespace hawser::io {

namespace {

constexpr std::string_view unix_prefix = "unix:";

result<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc() || end != text.data() + text.size()) return errc::bad_address;
    return port;
}

}  // namespace

result<address> address::parse(std::string_view text) {
    address parsed;
    if (text.starts_with(unix_prefix)) {
        parsed.what = kind::unix_path;
        parsed.path = text.substr(unix_prefix.size());
        if (parsed.path.empty() || parsed.path.size() > max_path) return errc::bad_address;
        return parsed;
    }
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return errc::bad_address;
    const result<std::uint16_t> port = parse_port(text.substr(colon + 1));
    if (!port) return port.error();
    parsed.port = *port;
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    if (bracketed) host = host.substr(1, host.size() - 2);
    // A colon in the host is an IPv6 address, which needs its brackets; brackets are for nothing else.
    if (bracketed != (host.find(':') != std::string_view::npos)) return errc::bad_address;
    if (host.find_first_of("[] \t\n") != std::string_view::npos) return errc::bad_address;
    parsed.host = host;
    return parsed;
}

std::string address::text() const {
    if (what == kind::unix_path) return std::string(unix_prefix) + path;
    std::string shown = host.empty() ? "*" : host;
    if (host.find(':') != std::string::npos) shown = '[' + host + ']';
    return shown + ':' + std::to_string(port);
}

}  // namespace hawser::io
