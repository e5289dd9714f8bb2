#include <hawser/io/transport.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/socket_base.hpp>

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace hawser::io {

endpoint endpoint_of(const asio::generic::stream_protocol::endpoint& raw) noexcept {
    endpoint end;
    const sockaddr* name = raw.data();
    if (name->sa_family == AF_INET) {
        sockaddr_in ipv4{};
        std::memcpy(&ipv4, name, sizeof ipv4);
        end.what = endpoint::kind::ipv4;
        end.port = ntohs(ipv4.sin_port);
        std::memcpy(end.host.data(), &ipv4.sin_addr, 4);
    } else if (name->sa_family == AF_INET6) {
        sockaddr_in6 ipv6{};
        std::memcpy(&ipv6, name, sizeof ipv6);
        end.port = ntohs(ipv6.sin6_port);
        const std::span<const unsigned char, 16> host(ipv6.sin6_addr.s6_addr);
        if (IN6_IS_ADDR_V4MAPPED(&ipv6.sin6_addr)) {
            end.what = endpoint::kind::ipv4;
            std::ranges::copy(host.last<4>(), end.host.begin());
        } else {
            end.what = endpoint::kind::ipv6;
            end.scope = ipv6.sin6_scope_id;
            std::ranges::copy(host, end.host.begin());
        }
    } else if (name->sa_family == AF_UNIX) {
        end.what = endpoint::kind::unix_path;
    }
    return end;
}

std::string endpoint::text() const {
    switch (what) {
        case kind::none: return "?";
        case kind::memory: return "memory";
        case kind::unix_path: return "unix";
        case kind::ipv4: {
            const asio::ip::address_v4 address({host[0], host[1], host[2], host[3]});
            return address.to_string() + ":" + std::to_string(port);
        }
        case kind::ipv6: {
            const asio::ip::address_v6 address(host, scope);
            std::string text = "[";   // one expression is -Wrestrict for g++ 12 at -O3
            return text.append(address.to_string()).append("]:").append(std::to_string(port));
        }
    }
    return "?";
}

endpoint local_endpoint(const transport& of) noexcept {
    const auto* connected = std::get_if<socket>(&of);
    if (connected == nullptr) return {.what = endpoint::kind::memory};
    error_code ignored;
    const auto raw = connected->local_endpoint(ignored);
    return ignored ? endpoint() : endpoint_of(raw);
}

endpoint remote_endpoint(const transport& of) noexcept {
    const auto* connected = std::get_if<socket>(&of);
    if (connected == nullptr) return {.what = endpoint::kind::memory};
    error_code ignored;
    const auto raw = connected->remote_endpoint(ignored);
    return ignored ? endpoint() : endpoint_of(raw);
}

void reset(transport& of) noexcept {
    auto* connected = std::get_if<socket>(&of);
    if (connected == nullptr) return std::get<memory_end>(of).close();
    error_code ignored;
    connected->set_option(asio::socket_base::linger(true, 0), ignored);
    connected->close(ignored);
}

}  // namespace hawser::io
