#include <hawser/server/router.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

router::router(const packet::outline& speaks) : speaks_(speaks), all_(speaks.place()), first_(speaks.place()) {}

void router::check_place(const packet::command_place& place) const {
    if (place != speaks_.place())
        throw std::invalid_argument("a handler of a packet whose command is not where it is in the protocol " +
                                    std::string(speaks_.name()));
}

void router::check() const {
    for (const auto& [identity, packet] : wanted_)
        if (!given_ || *given_ != identity)
            throw std::invalid_argument("the handler of " + std::string(packet) +
                                        " wants to know who its peer is, but no first() says so");
}

unhandled router::why_unhandled(bytes body, const route_table& by) const {
    const packet::command_place& place = speaks_.place();
    if (!place.is_in(body)) return {body, packet::errc::short_body, {}, "command", place.offset};
    const std::uint64_t command = place.read(body);
    const route* const how = by.find(command);
    if (const route* const later = all_.find(command); how == nullptr && later != nullptr)
        return {body, errc::too_early, later->name, {}, place.offset};
    const packet::decoded<void> read = how != nullptr ? how->check(body) : speaks_.check(body);
    if (!read) {
        const packet::malformed& why = read.error();
        return {body, why, why.packet, why.field, why.offset};
    }
    const packet::form* const known = speaks_.find(command);
    const std::string_view name = how != nullptr ? how->name : known != nullptr ? known->name : std::string_view();
    return {body, errc::no_handler, name, {}, place.offset};
}

}   // namespace hawser::server
