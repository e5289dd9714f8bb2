// unhandled: what router::otherwise() is called with: a whole frame that no handler took.
//
//   exception on_other(server::context&, const server::unhandled& what) {      // of a router for Modbus
//       const bool is_known = what.why != packet::errc::unknown_command;
//       return exception_for(what.body, is_known ? illegal_value : illegal_function);
//   }
//   std::variant<nack, server::breach> on_other(server::context&, const server::unhandled& what);   // or the end
//
// Valid during the handler, as its body is.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::inline v0::server {

/// What a handler returns of a packet that breaks the protocol: the connection ends at once, and nothing is said to its
/// peer; the events are told where and why. That of otherwise() gives the reason that it was called for.
struct breach {};

struct unhandled {
    bytes body = {};
    /// packet::errc: unknown_command, or of a malformed body short_body, bad_field or trailing_bytes. server::errc:
    /// no_handler of a packet that the router's protocol has, and nobody handles; too_early, see router::first().
    error_code why = {};
    std::string_view packet = {};   ///< its name; empty if its command says nothing that is known
    std::string_view field = {};    ///< where it is malformed; empty behind the last field
    std::size_t offset = 0;         ///< in the body: where that begins

    [[nodiscard]] std::string place() const;     ///< "reading.celsius", or the packet alone; empty for neither
    [[nodiscard]] std::string message() const;   ///< what is wrong, and where, in one line
};

}   // namespace hawser::server
