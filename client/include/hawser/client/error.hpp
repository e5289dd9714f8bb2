// The errors of a client.
#pragma once

#include <hawser/error.hpp>

namespace hawser::inline v0::client {

/// What goes wrong with a request or a connection of a client.
enum class errc {
    request_timeout = 1,   ///< the answer did not come in time
    id_in_flight,          ///< another request with this id waits for the same kind of answer
    other_protocol,        ///< the request's command lies elsewhere than those of the protocol in the options
    heartbeat_lost,        ///< pings went unanswered and nothing else came: the server is gone
    refused,               ///< the server said no to a hello
    no_connection,         ///< there was no connection in time: nothing was sent
    too_many_waiting,      ///< so many requests wait for a connection already
    hook_failed,           ///< the hook on a new connection, or the dialler, threw
};

[[nodiscard]] const boost::system::error_category& client_category() noexcept;   ///< what a client's codes are told by

/// For error_code, which makes one of an errc by itself.
[[nodiscard]] inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), client_category()};
}

}   // namespace hawser::client

template <>
struct boost::system::is_error_code_enum<hawser::client::errc> : std::true_type {};
