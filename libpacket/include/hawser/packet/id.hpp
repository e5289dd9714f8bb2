// id: what matches an answer to its request: eight bytes that a client chooses and a server only echoes.
//
//   packet::serial serial;
//   packet::id first = serial.next();      // "00000001"
//
// A client counts in ASCII decimals, from "00000001" to "99999999" and round again; "00000000" is for go_away.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/packet/layout.hpp>

#include <array>
#include <cstdint>
#include <string>

namespace hawser::inline v0::packet {

struct id {
    std::array<char, 8> octets{'0', '0', '0', '0', '0', '0', '0', '0'};

    [[nodiscard]] bytes view() const noexcept { return std::as_bytes(std::span(octets)); }
    /// For logs: the eight bytes, those that are not printable ASCII escaped.
    [[nodiscard]] std::string text() const { return escaped(view()); }

    friend bool operator==(const id&, const id&) = default;
    friend auto operator<=>(const id&, const id&) = default;
};

/// The id that no request has: all zeros.
inline constexpr id no_id{};

/// It lies in a body as text.
template <>
struct layout<id> : raw_layout<id> {
    static void describe(std::vector<field_description>& into, std::string_view name) {
        into.push_back({.name = std::string(name), .what = field_description::kind::fixed_text, .width = sizeof(id)});
    }
};

/// The ids of one client, in order.
class serial {
public:
    static constexpr std::uint32_t last = 99'999'999;

    serial() = default;
    /// Begins with `first`, 1 to 99999999.
    explicit serial(std::uint32_t first) noexcept : next_(first) {}

    [[nodiscard]] id next() noexcept;   ///< after the last one comes the first
    /// The number of the id that next() gives.
    [[nodiscard]] std::uint32_t upcoming() const noexcept { return next_; }

    /// The number in an id; 0 if it is not eight decimal digits.
    [[nodiscard]] static std::uint32_t number(const id& of) noexcept;
    [[nodiscard]] static id from_number(std::uint32_t number) noexcept;   ///< the id that number() reads so

private:
    std::uint32_t next_ = 1;
};

}   // namespace hawser::packet
