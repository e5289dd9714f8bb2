// identity: what matches an answer to its request: the command of the answer, and the id that both have.
//
//   constexpr packet::form form = packet::form::of<packet::submit_ack>(true);   // how one is recognised in a body
//   const auto who = packet::identify(speaks.forms(), speaks.place(), body);    // its command and its id
#pragma once

#include <hawser/packet/packet.hpp>

#include <boost/mp11/algorithm.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

namespace hawser::inline v0::packet {

/// The longest id that matches an answer to its request, in bytes.
inline constexpr std::size_t longest_id = 16;

template <class Member>
using is_named_id = std::bool_constant<std::string_view(Member::name) == "id">;   ///< whether a member is called `id`

/// Which member of a packet is its `id`; `count` if none is.
template <packet Packet>
inline constexpr std::size_t index_of_id =
    boost::mp11::mp_find_if<typename structure<Packet>::members, is_named_id>::value;

/// A packet with a member `id` of a fixed size, behind nothing but fields of a fixed size.
template <class Packet>
concept identified = packet<Packet> && index_of_id<Packet> < structure<Packet>::count &&
                     structure<Packet>::template is_fixed_until<index_of_id<Packet> + 1>() &&
                     layout<decltype(Packet::id)>::smallest <= longest_id;

/// How a packet of one kind is recognised in a body.
struct form {
    std::string_view name;
    std::uint64_t command = 0;
    std::size_t id_offset = 0;
    std::size_t id_size = 0;   ///< 0: it has no id that answers are matched by
    bool is_reply = false;     ///< it answers another packet of its protocol

    /// That of a packet, from its type.
    template <packet Packet>
    [[nodiscard]] static constexpr form of(bool is_reply) noexcept {
        form made{name_of<Packet>(), Packet::code.value, 0, 0, is_reply};
        if constexpr (identified<Packet>) {
            constexpr std::size_t index = index_of_id<Packet>;
            made.id_offset = structure<Packet>::template smallest_until<index>();
            if (index >= packet_layout<Packet>::before) made.id_offset += packet_layout<Packet>::place.form.width;
            made.id_size = layout<decltype(Packet::id)>::smallest;
        }
        return made;
    }
};

/// What matches an answer to its request: the command of the answer and the id.
struct identity {
    std::uint64_t command = 0;
    std::array<std::byte, longest_id> id{};   ///< zeros behind its end
    std::size_t id_size = 0;

    [[nodiscard]] bytes id_view() const noexcept { return bytes(id).first(id_size); }

    /// Of the packet that answers one with this id.
    template <identified Packet>
    [[nodiscard]] static identity of(const decltype(Packet::id)& id) noexcept {
        identity made{.command = Packet::code.value, .id_size = layout<decltype(Packet::id)>::smallest};
        static_cast<void>(layout<decltype(Packet::id)>::write(made.id.data(), id));
        return made;
    }
    friend auto operator<=>(const identity&, const identity&) = default;
};

/// The identity of a body that has one of these forms. Errors: unknown_command, short_body; the rest is not looked at.
[[nodiscard]] decoded<identity> identify(std::span<const form> forms, const command_place& place, bytes body) noexcept;

}   // namespace hawser::packet
