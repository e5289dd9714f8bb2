#include <hawser/server/unhandled.hpp>

#include <hawser/packet/malformed.hpp>
#include <hawser/server/error.hpp>

#include "../session.hpp"

namespace hawser::inline v0::server {

std::string unhandled::place() const { return packet::malformed{.packet = packet, .field = field}.place(); }

std::string unhandled::message() const {
    std::string text = why.message();
    if (const std::string where = place(); !where.empty()) text += ": " + where;
    return text + " at offset " + std::to_string(offset);
}

bool call::is_unhandled() noexcept {
    const error_code* const said = why();
    if (said == nullptr) return false;
    return *said == packet::errc::unknown_command || *said == packet::errc::short_body ||
           *said == packet::errc::trailing_bytes || *said == packet::errc::bad_field || *said == errc::no_handler ||
           *said == errc::too_early;
}

unhandled call::why_unhandled(bytes body) const { return session_.why_unhandled(body); }

}   // namespace hawser::server
