// own_end: our end of a connection that is dialled: where it comes from, and that it is not the other end, too.
#pragma once

#include <hawser/error.hpp>
#include <hawser/io/endpoint.hpp>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <sys/socket.h>

namespace hawser::inline v0::io {

/// How often it may be itself that a dial finds: the next port that it is given is another one.
inline constexpr int most_with_itself = 3;

/// Has it come from `source`, which may be none. Protocol is Asio's, tcp or udp.
template <class Protocol, class Socket>
[[nodiscard]] error_code come_from(const endpoint& source, Socket& made) {
    using name = typename Protocol::endpoint;
    error_code error;
    if (source.what == endpoint::kind::ipv6) {
        made.bind(name(boost::asio::ip::address_v6(source.host, source.scope), source.port), error);
    } else if (source.what == endpoint::kind::ipv4) {
        const boost::asio::ip::address_v4 host({source.host[0], source.host[1], source.host[2], source.host[3]});
        made.bind(name(host, source.port), error);
    }
    return error;
}

/// Who dials a port of this machine that nobody listens at may be given that port to come from, and the system connects
/// it with itself. That would look like a server, and keep the port from the real one.
template <class Socket>
[[nodiscard]] bool is_connected_with_itself(const Socket& connected) {
    error_code error;
    const auto here = connected.local_endpoint(error);
    const auto there = connected.remote_endpoint(error);
    return !error && here.protocol().family() != AF_UNIX && here == there;
}

}   // namespace hawser::io
