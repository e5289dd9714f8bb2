// part: a described structure that has no command, read from bytes and appended to them: for what is told apart in
// another way, as a header that all packets have, or the answers of a protocol that are known by what was asked.
//
//   struct header { big_uint16_t transaction, protocol, length; std::uint8_t unit, function; };
//   BOOST_DESCRIBE_STRUCT(header, (), (transaction, protocol, length, unit, function))
//
//   packet::cursor from(body);
//   header head;
//   if (const auto read = packet::read(from, head); !read) return read.error();   // where it is malformed
//   const bytes behind = from.rest();
//
//   const error_code error = packet::append(head, out);
#pragma once

#include <hawser/packet/cursor.hpp>
#include <hawser/packet/malformed.hpp>
#include <hawser/packet/name.hpp>
#include <hawser/packet/structure.hpp>

#include <boost/assert.hpp>

namespace hawser::inline v0::packet {

/// A structure of fields that is no packet.
template <class T>
concept part = described<T> && !has_command<T>;

/// Reads its fields, and leaves what follows to the cursor. Views in it are of the cursor's bytes, and valid as long as
/// these. Errors: short_body, bad_field; then the cursor is where that is. Throws std::bad_alloc for what owns memory.
template <part Part>
[[nodiscard]] decoded<void> read(cursor& from, Part& into) {
    using parts = structure<Part>;
    broken_field broken;
    if (parts::template read_some<0, parts::count>(from, into, broken)) return {};
    return malformed{from.is_rejected() ? errc::bad_field : errc::short_body, name_of<Part>(), broken.name,
                     broken.offset};
}

/// Appends its fields. Errors: value_too_long, unencodable, and `out` is as it was. Throws std::bad_alloc.
template <part Part>
[[nodiscard]] error_code append(const Part& made, byte_buffer& out) {
    using parts = structure<Part>;
    if (!parts::fits(made)) return parts::refusal(made);
    const std::size_t size = parts::size(made);
    std::byte* const to = out.prepare(size).data();
    [[maybe_unused]] const std::byte* const end = parts::template write_some<0, parts::count>(to, made);
    BOOST_ASSERT(end == to + size);
    out.commit(size);
    return {};
}

}   // namespace hawser::packet
