// outline: what code that is no template has to know of a protocol: how its commands are read, where its ids are.
//
//   constexpr packet::outline speaks = weather{};
//   if (speaks.place().is_in(body)) route(speaks.place().read(body));
//   if (const auto read = speaks.check(body); !read) log(read.error().message());
//   const auto who = packet::identify(speaks.forms(), speaks.place(), body);   // its command and its id
//
// A small value, made at compile time; it refers to tables that live for ever.
#pragma once

#include <hawser/packet/packets.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <optional>
#include <span>
#include <string_view>

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

class outline {
public:
    template <some_protocol Protocol>
    constexpr outline(const Protocol&) noexcept
        : name_(name_of<Protocol>()),
          place_(Protocol::place),
          forms_(table<Protocol>),
          check_(&check_with<Protocol>),
          has_extensions_(has_all<typename Protocol::packets, conn, conn_ack, ping, pong, go_away>()) {}

    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }
    [[nodiscard]] constexpr const command_place& place() const noexcept { return place_; }
    /// Of each of its packets.
    [[nodiscard]] constexpr std::span<const form> forms() const noexcept { return forms_; }
    /// Of the packet with this command; null if there is none.
    [[nodiscard]] const form* find(std::uint64_t command) const noexcept;
    /// Whether decode() takes this body, and if not, why.
    [[nodiscard]] decoded<void> check(bytes body) const { return check_(body); }
    /// Has the packets conn, ping and go_away of the default protocol, and their answers.
    [[nodiscard]] constexpr bool has_extensions() const noexcept { return has_extensions_; }

private:
    template <class Packets, class... Wanted>
    static constexpr bool has_all() noexcept {
        return (boost::mp11::mp_contains<Packets, Wanted>::value && ...);
    }

    template <class Protocol, packet Packet>
    static constexpr bool is_reply() noexcept {
        return !each<0, Protocol::count>([]<std::size_t I>() {
            using Other = typename Protocol::template packet_at<I>;
            if constexpr (requires { typename Other::reply; }) return !std::same_as<typename Other::reply, Packet>;
            else return true;
        });
    }
    template <class Protocol>
    static constexpr auto make_table() noexcept {
        std::array<form, Protocol::count> made;
        each<0, Protocol::count>([&made]<std::size_t I>() {
            using Packet = typename Protocol::template packet_at<I>;
            made[I] = form::of<Packet>(is_reply<Protocol, Packet>());
            return true;
        });
        return made;
    }
    template <class Protocol>
    static constexpr auto table = make_table<Protocol>();

    template <class Protocol>
    static decoded<void> check_with(bytes body) {
        const auto read = decode<Protocol>(body);
        if (!read) return read.error();
        return {};
    }

    std::string_view name_;
    command_place place_;
    std::span<const form> forms_;
    decoded<void> (*check_)(bytes);
    bool has_extensions_;
};

}   // namespace hawser::packet
