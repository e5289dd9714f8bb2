// The errors of a server's sessions, and why a peer did not get one.
#pragma once

#include <hawser/error.hpp>

namespace hawser::inline v0::server {

/// Why a server ended a connection or refused it, and what was called wrongly.
enum class errc {
    no_handler = 1,          ///< a packet that this server has no handler for
    handler_failed,          ///< a handler threw
    refused,                 ///< who greeted, or was to log in, was turned away
    answer_too_long,         ///< a handler's answer makes a frame over the limit
    denied,                  ///< not let in: the peer's address is denied, or not among those allowed
    too_many_connections,    ///< not let in: the server has as many connections as it may
    too_many_from_address,   ///< not let in: the peer's address has as many connections as it may
    accept_rate_exceeded,    ///< not let in: the peer's address connects too often
    out_of_descriptors,      ///< not let in: the last descriptor is kept for turning peers away
    request_timeout,         ///< a handler has not answered in time
    lifetime_over,           ///< the connection is as old as it may get
    peer_lost,               ///< the peer answered no ping
    nothing_to_answer,       ///< context::answer() where no answer is awaited: a request has one,
                             ///< or the handler returns it
    too_many_children,       ///< a connection has as many tasks of its own under way as it may
    too_early,               ///< a packet before the one that has to come first
    entry_timeout,           ///< the peer has not said in time who it is
    breach,                  ///< a handler has found its packet to be against the protocol
};

[[nodiscard]] const boost::system::error_category& server_category() noexcept;   ///< what a server's codes are told by

/// For error_code, which makes one of an errc by itself.
[[nodiscard]] inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), server_category()};
}

}   // namespace hawser::server

template <>
struct boost::system::is_error_code_enum<hawser::server::errc> : std::true_type {};
