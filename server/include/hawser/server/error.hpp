// The errors of a server's sessions.
#pragma once

#include <hawser/error.hpp>

namespace hawser::server {

enum class errc {
    no_handler = 1,    ///< a packet that this server has no handler for
    handler_failed,    ///< a handler threw
    refused,           ///< the hook on conn refused the client
    answer_too_long,   ///< a handler's answer makes a frame over the limit
};

[[nodiscard]] const boost::system::error_category& server_category() noexcept;

[[nodiscard]] inline error_code make_error_code(errc value) noexcept {
    return {static_cast<int>(value), server_category()};
}

}  // namespace hawser::server

template <>
struct boost::system::is_error_code_enum<hawser::server::errc> : std::true_type {};
