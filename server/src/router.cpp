#include <hawser/server/router.hpp>

#include "extensions.hpp"

#include <cstddef>
#include <limits>
#include <string>

namespace hawser::inline v0::server {

router::router(const packet::outline& speaks)
    : speaks_(speaks),
      byte_at_(speaks.place().form.width == 1 ? speaks.place().offset : std::numeric_limits<std::size_t>::max()) {
    if (!speaks.has_extensions()) return;
    const packet::command_place& place = speaks.place();
    add(place, packet::conn::code.value, route::through<packet::conn>(&extensions::greet));
    add(place, packet::ping::code.value, route::through<packet::ping>(&extensions::answer_ping));
    add(place, packet::pong::code.value, route::through<packet::pong>(&extensions::take_pong));
}

router& router::add(const packet::command_place& place, std::uint64_t command, route how) {
    if (place != speaks_.place())
        throw std::invalid_argument("a handler of a packet whose command is not where it is in the protocol " +
                                    std::string(speaks_.name()));
    if (const route* before = find(command)) {
        routes_[static_cast<std::size_t>(before - routes_.data())] = std::move(how);
        return *this;
    }
    if (command < direct_.size()) direct_[command] = static_cast<std::uint16_t>(routes_.size());
    else wide_.emplace(command, routes_.size());
    routes_.push_back(std::move(how));
    return *this;
}

// Of a command that is there.
router& router::allow(std::uint64_t command, std::uint32_t concurrent_calls) {
    routes_[static_cast<std::size_t>(find(command) - routes_.data())].concurrent_calls = concurrent_calls;
    return *this;
}

}   // namespace hawser::server
