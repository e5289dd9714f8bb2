// outline: what code that is no template has to know of a protocol: how its commands are read, where its ids are.
//
//   constexpr packet::outline speaks = weather{};
//   if (speaks.place().is_in(body)) route(speaks.place().read(body));
//   if (const auto read = speaks.check(body); !read) log(read.error().message());
//
// A small value, made at compile time; it refers to tables that live for ever.
#pragma once

#include <hawser/packet/control.hpp>
#include <hawser/packet/identity.hpp>
#include <hawser/packet/protocol.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace hawser::inline v0::packet {

class outline {
public:
    template <some_protocol Protocol>
    constexpr outline(const Protocol&) noexcept
        : name_(name_of<Protocol>()),
          place_(Protocol::place),
          forms_(table<Protocol>),
          check_(&check_with<Protocol>),
          control_(control_of<Protocol>()) {}

    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }
    [[nodiscard]] constexpr const command_place& place() const noexcept { return place_; }
    /// Of each of its packets.
    [[nodiscard]] constexpr std::span<const form> forms() const noexcept { return forms_; }
    /// Of the packet with this command; null if there is none.
    [[nodiscard]] const form* find(std::uint64_t command) const noexcept;
    /// Whether decode() takes this body, and if not, why.
    [[nodiscard]] decoded<void> check(bytes body) const { return check_(body); }
    /// What it says beside its requests; null if it has no `control`.
    [[nodiscard]] constexpr const packet::control* control() const noexcept { return control_; }
    /// Throws std::invalid_argument, with what is missing, if that has no pings; no greeting.
    void require_pings() const;
    void require_greeting() const;   ///< see require_pings()

private:
    template <class Protocol>
    static constexpr const packet::control* control_of() noexcept {
        if constexpr (requires { Protocol::control; }) return &Protocol::control;
        else return nullptr;
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
    const packet::control* control_;
};

}   // namespace hawser::packet
