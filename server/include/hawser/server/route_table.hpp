// route_table: how each command is handled: what a router has one of, or two.
//
//   const route& how = table.of(body);       // one that is none if there is none
//   if (!how) ...
#pragma once

#include <hawser/packet/packet.hpp>
#include <hawser/server/route.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace hawser::inline v0::server {

class route_table {
public:
    /// Of bodies whose command is there.
    explicit route_table(const packet::command_place& place);

    /// Instead of whatever the command had before.
    void set(std::uint64_t command, route how);
    /// Throws std::out_of_range if there is none.
    [[nodiscard]] route& at(std::uint64_t command);

    /// How this command is handled; null if it is not. Valid as long as the table, once nothing is added any more.
    [[nodiscard]] const route* find(std::uint64_t command) const noexcept {
        const std::size_t index = index_of(command);
        return index == 0 ? nullptr : &routes_[index];
    }
    /// How a packet is handled: one that is none if it is not.
    [[nodiscard]] const route& of(bytes body) const noexcept {
        if (byte_at_ < body.size()) return routes_[direct_[std::to_integer<std::size_t>(body[byte_at_])]];
        return place_.is_in(body) ? routes_[index_of(place_.read(body))] : routes_.front();
    }
    [[nodiscard]] bool empty() const noexcept { return routes_.size() == 1; }

private:
    [[nodiscard]] std::size_t index_of(std::uint64_t command) const noexcept {
        if (command < direct_.size()) return direct_[command];
        const auto found = wide_.find(command);
        return found == wide_.end() ? 0 : found->second;
    }

    packet::command_place place_;
    std::size_t byte_at_;                                   // where commands are if they are a byte; else nowhere
    std::vector<route> routes_ = std::vector<route>(1);     // the first is none
    std::array<std::uint16_t, 256> direct_{};               // of the commands that are small: number of the route
    std::unordered_map<std::uint64_t, std::size_t> wide_;   // of the others
};

}   // namespace hawser::server
