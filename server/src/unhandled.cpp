#include <hawser/server/unhandled.hpp>

#include <hawser/packet/malformed.hpp>
#include <hawser/server/error.hpp>
#include <hawser/server/router.hpp>

#include "session.hpp"

#include <utility>

namespace hawser::inline v0::server {

namespace {

unhandled from(bytes body, const packet::malformed& why) { return {body, why, why.packet, why.field, why.offset}; }

}   // namespace

std::string unhandled::place() const { return packet::malformed{.packet = packet, .field = field}.place(); }

std::string unhandled::message() const {
    std::string text = why.message();
    if (const std::string where = place(); !where.empty()) text += ": " + where;
    return text + " at offset " + std::to_string(offset);
}

bool call::is_unhandled() noexcept {
    const error_code* const said = why();
    return said != nullptr && (*said == packet::errc::unknown_command || *said == packet::errc::short_body ||
                               *said == packet::errc::trailing_bytes || *said == errc::no_handler);
}

// Looked for again: what is good need not carry it along.
unhandled router::why_unhandled(bytes body) const {
    const packet::command_place& place = speaks_.place();
    if (!place.is_in(body)) return {body, packet::errc::short_body, {}, "command", place.offset};
    const std::uint64_t command = place.read(body);
    const route* const how = find(command);
    const packet::decoded<void> read = how != nullptr ? how->check(body) : speaks_.check(body);
    if (!read) return from(body, read.error());
    const packet::form* const known = speaks_.find(command);
    const std::string_view name = how != nullptr ? how->name : known != nullptr ? known->name : std::string_view();
    return {body, errc::no_handler, name, {}, place.offset};
}

unhandled call::why_unhandled(bytes body) const { return session_.common().routes()->why_unhandled(body); }

}   // namespace hawser::server
