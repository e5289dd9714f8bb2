// What a packet is: a described struct of fields, with a command that tells it from others.
//
//   struct reading {
//       static constexpr packet::command<std::uint8_t> code{0x20};
//       packet::id id;
//       boost::endian::big_int32_t celsius;
//       packet::rest place;
//   };
//   BOOST_DESCRIBE_STRUCT(reading, (), (id, celsius, place))
//
// A body is the fields in this order, with the command in front, or at the offset that its type says. Fields that are
// views point into the body they were decoded from and live as long as it does. All that is read is there: nothing is
// read outside the body, and nothing is allocated but for an array of elements that have no fixed size and for
// fields that own what they hold.
#pragma once

#include <hawser/packet/error.hpp>
#include <hawser/packet/field.hpp>
#include <hawser/packet/id.hpp>
#include <hawser/packet/malformed.hpp>
#include <hawser/packet/name.hpp>
#include <hawser/packet/structure.hpp>

#include <boost/assert.hpp>

#include <concepts>
#include <cstdint>

namespace hawser::inline v0::packet {

/// What names a packet: a number of this width and order, this far from the begin of the body. A field ends there.
template <unsigned_number Number, std::size_t Offset = 0>
struct command {
    using number = Number;
    static constexpr std::size_t offset = Offset;
    std::uint64_t value;

    /// A value that the number cannot say does not compile.
    consteval explicit command(std::uint64_t of) : value(of) {
        if (of > largest<Number>) throw "a command wider than its number";
    }
};

/// Where the command of a body is.
struct command_place {
    std::size_t offset = 0;
    number_form form = {};

    /// Where this command lies.
    template <class Number, std::size_t Offset>
    [[nodiscard]] static constexpr command_place of(const command<Number, Offset>&) noexcept {
        return {Offset, number_form::of<Number>()};
    }
    /// Whether the body is long enough to have one.
    [[nodiscard]] bool is_in(bytes body) const noexcept { return body.size() >= offset + form.width; }
    /// Precondition: is_in(body).
    [[nodiscard]] std::uint64_t read(bytes body) const noexcept { return form.read(body.data() + offset); }

    friend bool operator==(const command_place&, const command_place&) = default;
};

template <class Packet>
concept packet = described<Packet> && has_command<Packet> && std::default_initializable<Packet> && requires {
    { command_place::of(Packet::code) };
};

/// A packet as it is given to a function: itself, or by its name.
template <class Given>
concept given_packet = packet<std::remove_cvref_t<Given>>;

/// A packet whose every value can be encoded: nothing in it can be too long for its length field.
template <class Packet>
concept always_encodable = packet<Packet> && structure<Packet>::always_fits;

/// A packet that owns all that is in it: nothing that it looks at can go away before it does.
template <class Packet>
concept owning = packet<Packet> && !structure<Packet>::is_view;

/// A packet and the command in it.
template <packet Packet>
struct packet_layout : structure<Packet> {
    using base = structure<Packet>;
    using number = typename decltype(Packet::code)::number;
    static constexpr command_place place = command_place::of(Packet::code);
    /// The bytes of the shortest body.
    static constexpr std::size_t smallest_body = sizeof(number) + base::smallest;

    /// How many fields lie before the command; all of them if no field ends where it is.
    static constexpr std::size_t fields_before() {
        std::size_t many = 0;
        std::size_t offset = 0;
        each<0, base::count>([&]<std::size_t I>() {
            if (offset >= place.offset || !base::template part<I>::is_fixed) return false;
            offset += base::template part<I>::smallest;
            return ++many, true;
        });
        return offset == place.offset ? many : base::count + 1;
    }
    static constexpr std::size_t before = fields_before();
    static_assert(before <= base::count, "a field of fixed size must end where the command begins");

    /// The fields of a body whose command is known to be this packet's. False if it is malformed.
    [[nodiscard]] static bool read(bytes body, Packet& into, malformed& why) {
        cursor from(body);
        broken_field broken;
        bytes command;
        if (!base::template read_some<0, before>(from, into, broken) || !from.take(sizeof(number), command) ||
            !base::template read_some<before, base::count>(from, into, broken)) [[unlikely]] {
            why = {from.is_rejected() ? errc::bad_field : errc::short_body, name_of<Packet>(), broken.name,
                   broken.offset};
            return false;
        }
        if (from.left() > 0) [[unlikely]] {
            why = {errc::trailing_bytes, name_of<Packet>(), {}, from.position()};
            return false;
        }
        return true;
    }

    /// Writes size() bytes and says where they end.
    [[nodiscard]] static std::byte* write(std::byte* to, const Packet& from) noexcept {
        to = base::template write_some<0, before>(to, from);
        to = layout<number>::write(to, number(static_cast<value_of<number>>(Packet::code.value)));
        return base::template write_some<before, base::count>(to, from);
    }
    [[nodiscard]] static std::size_t size(const Packet& from) noexcept { return sizeof(number) + base::size(from); }
};

/// The bytes of the body of `made`; value_too_long or unencodable if it cannot be encoded.
template <packet Packet>
[[nodiscard]] result<std::size_t> body_size(const Packet& made) {
    using parts = packet_layout<Packet>;
    if (!parts::fits(made)) [[unlikely]]
        return parts::refusal(made);
    return parts::size(made);
}

/// Writes the body of `made` to where there is room for its body_size() bytes.
template <packet Packet>
void write_body(std::byte* to, const Packet& made) noexcept {
    [[maybe_unused]] const std::byte* const end = packet_layout<Packet>::write(to, made);
    BOOST_ASSERT(end == to + packet_layout<Packet>::size(made));
}

/// Appends the body of `made` to `out`. Errors: those of body_size(), and `out` is as it was. Throws std::bad_alloc.
template <packet Packet>
[[nodiscard]] error_code encode(const Packet& made, byte_buffer& out) {
    const result<std::size_t> size = body_size(made);
    if (!size) return size.error();
    write_body(out.prepare(*size).data(), made);
    out.commit(*size);
    return {};
}

/// The same for a packet that cannot fail: its result may be ignored.
template <always_encodable Packet>
error_code encode(const Packet& made, byte_buffer& out) {   // NOLINT(modernize-use-nodiscard)
    const std::size_t size = packet_layout<Packet>::size(made);
    write_body(out.prepare(size).data(), made);
    out.commit(size);
    return {};
}

/// Reads `body` into a packet that has just been made. False if it is none, and says why: see decode_as().
template <packet Packet>
[[nodiscard]] bool read_as(bytes body, Packet& into, malformed& why) {
    constexpr command_place place = packet_layout<Packet>::place;
    if (!place.is_in(body)) [[unlikely]]
        why = {errc::short_body, name_of<Packet>(), "command", place.offset};
    else if (place.read(body) != Packet::code.value) [[unlikely]] why = {errc::unknown_command, {}, {}, place.offset};
    else return packet_layout<Packet>::read(body, into, why);
    return false;
}

/// Reads `body` as this packet. Errors: unknown_command (it is another one), short_body, bad_field, trailing_bytes.
/// Throws std::bad_alloc if it has an array of elements without a fixed size, or a field that owns what it holds.
template <packet Packet>
[[nodiscard]] decoded<Packet> decode_as(bytes body) {
    // One object from its begin to its return, so that what is read lies where the caller wants it: a copy of fields
    // that were just written one by one stalls the processor.
    decoded<Packet> answer = Packet{};
    malformed why;
    if (!read_as(body, *answer, why)) answer = why;
    return answer;
}

/// Whether decode_as() takes it, and if not, why.
template <packet Packet>
[[nodiscard]] decoded<void> check_as(bytes body) {
    const decoded<Packet> read = decode_as<Packet>(body);
    if (!read) return read.error();
    return {};
}

}   // namespace hawser::packet
