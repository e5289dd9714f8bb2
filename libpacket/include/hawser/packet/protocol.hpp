// protocol: a list of packets that can be told apart by their commands.
//
//   struct weather : packet::protocol<reading, reading_ack> { static constexpr std::string_view name = "weather"; };
//
//   const auto read = packet::decode<weather>(body);            // a variant of the two, or where it is malformed
//   if (const auto* r = std::get_if<reading>(&*read)) ...
//   const packet::description what = packet::describe<weather>();
//
// A protocol may have a `name`, a `title` for people, and an `about` in Markdown; without them the type's name is used.
#pragma once

#include <hawser/packet/description.hpp>
#include <hawser/packet/packet.hpp>

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

#include <string>
#include <variant>

namespace hawser::inline v0::packet {

template <class First, class... More>
struct protocol {
    static_assert(
        described<First> && (described<More> && ...),
        "each packet of a protocol is a described struct: write BOOST_DESCRIBE_STRUCT(NAME, (), (its fields)) behind "
        "it");
    static_assert(
        packet<First> && (packet<More> && ...),
        "each packet of a protocol has a command: write 'static constexpr packet::command<std::uint8_t> code{0x20};' "
        "in it");
    using packets = boost::mp11::mp_list<First, More...>;
    /// Any one of its packets.
    using any = std::variant<First, More...>;
    static constexpr std::size_t count = 1 + sizeof...(More);
    static constexpr command_place place = command_place::of(First::code);

    template <std::size_t I>
    using packet_at = boost::mp11::mp_at_c<packets, I>;

    static_assert(((command_place::of(More::code) == place) && ...),
                  "the packets of a protocol have their commands at one place, as one number");
    /// Whether no two packets have the same command.
    static constexpr bool commands_differ() {
        const std::array<std::uint64_t, count> all{First::code.value, More::code.value...};
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (all[i] == all[j]) return false;
        return true;
    }
    static_assert(commands_differ(), "each packet of a protocol has a command of its own");
};

template <class T>
concept some_protocol = requires {
    typename T::packets;
    typename T::any;
    { T::place } -> std::convertible_to<command_place>;
};

/// Reads a body. Errors: unknown_command, short_body, bad_field, trailing_bytes. Views in the packet live as long as
/// the body.
template <some_protocol Protocol>
[[nodiscard]] decoded<typename Protocol::any> decode(bytes body) {
    if (!Protocol::place.is_in(body)) return malformed{errc::short_body, {}, "command", Protocol::place.offset};
    const std::uint64_t code = Protocol::place.read(body);
    malformed why{errc::unknown_command, {}, {}, Protocol::place.offset};
    typename Protocol::any read;
    const bool none_has_it = each<0, Protocol::count>([&]<std::size_t I>() {
        using Packet = typename Protocol::template packet_at<I>;
        if (Packet::code.value != code) return true;
        if (packet_layout<Packet>::read(body, read.template emplace<I>(), why)) why.why = {};
        return false;
    });
    if (none_has_it || why.why != errc{}) return why;
    return read;
}

/// The name of the packet that answers this one; empty if none does.
template <packet Packet>
[[nodiscard]] constexpr std::string_view name_of_reply() {
    if constexpr (requires { typename Packet::reply; }) return name_of<typename Packet::reply>();
    else return {};
}

/// What is known of a packet, from its type alone.
template <packet Packet>
[[nodiscard]] packet_description describe_packet() {
    packet_description made{.name = std::string(name_of<Packet>()), .code = Packet::code.value};
    made.reply = name_of_reply<Packet>();
    if constexpr (says_about<Packet>) made.about = Packet::about;
    packet_layout<Packet>::describe(made.fields, {});
    return made;
}

/// Whether it is known of each field of each packet what it looks like.
template <some_protocol Protocol>
[[nodiscard]] consteval bool all_are_described() {
    return each<0, Protocol::count>([]<std::size_t I>() {
        return packet_layout<typename Protocol::template packet_at<I>>::parts_are_described();
    });
}

/// The whole protocol as data.
template <some_protocol Protocol>
[[nodiscard]] description describe() {
    static_assert(
        all_are_described<Protocol>(),
        "a layout of your own says what its field looks like: write 'using like = packet::c_text<16>;' in it if "
        "it lies in a body as that does, or a describe() as those of packet/layout.hpp have");
    description made{.name = std::string(name_of<Protocol>())};
    if constexpr (requires { Protocol::title; }) made.title = Protocol::title;
    else made.title = made.name;
    if constexpr (says_about<Protocol>) made.about = Protocol::about;
    made.command_offset = Protocol::place.offset;
    made.command_width = Protocol::place.form.width;
    made.command_order = Protocol::place.form.order;
    each<0, Protocol::count>([&]<std::size_t I>() {
        made.packets.push_back(describe_packet<typename Protocol::template packet_at<I>>());
        return true;
    });
    return made;
}

}   // namespace hawser::packet
