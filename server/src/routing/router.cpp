#include <hawser/server/router.hpp>

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
    for (const auto& [command, wants] : wanted_)
        if (!given_ || *given_ != wants.first)
            throw std::invalid_argument("the handler of " + std::string(wants.second) +
                                        " wants to know who its peer is, but no first() says so");
}

// Of a packet that has a handler, or is of the protocol; empty of another.
std::string_view router::name_of(std::uint64_t command) const noexcept {
    if (const route* const how = all_.find(command)) return how->name;
    const packet::form* const known = speaks_.find(command);
    return known != nullptr ? known->name : std::string_view();
}

unhandled router::why_unhandled(bytes body, const route_table& by) const {
    const packet::command_place& place = speaks_.place();
    if (!place.is_in(body)) return {body, packet::errc::short_body, {}, "command", place.offset};
    const std::uint64_t command = place.read(body);
    const route* const how = by.find(command);
    if (const std::string_view name = name_of(command); &by == &first_ && how == nullptr && !name.empty())
        return {body, errc::too_early, name, {}, place.offset};
    const packet::decoded<void> read = how != nullptr ? how->check(body) : speaks_.check(body);
    if (!read) {
        const packet::malformed& why = read.error();
        return {body, why, why.packet, why.field, why.offset};
    }
    return {body, errc::no_handler, how != nullptr ? how->name : name_of(command), {}, place.offset};
}

}   // namespace hawser::server
