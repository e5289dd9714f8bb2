#include <hawser/server/route_table.hpp>

#include <limits>
#include <stdexcept>
#include <utility>

namespace hawser::inline v0::server {

route_table::route_table(const packet::command_place& place)
    : place_(place), byte_at_(place.form.width == 1 ? place.offset : std::numeric_limits<std::size_t>::max()) {}

void route_table::set(std::uint64_t command, route how) {
    if (const std::size_t index = index_of(command); index != 0) {
        routes_[index] = std::move(how);
        return;
    }
    if (command < direct_.size()) direct_[command] = static_cast<std::uint16_t>(routes_.size());
    else wide_.emplace(command, routes_.size());
    routes_.push_back(std::move(how));
}

route& route_table::at(std::uint64_t command) {
    const std::size_t index = index_of(command);
    if (index == 0) throw std::out_of_range("a command that is not handled");
    return routes_[index];
}

}   // namespace hawser::server
