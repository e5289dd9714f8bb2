// malformed: why a body is no packet, and where.
//
//   const auto read = packet::decode<weather>(body);
//   if (!read) log(read.error().message());   // "packet shorter than its fields: reading.celsius at offset 9"
//   if (!read) return read.error();           // where an error_code is wanted
//
// A small value; its names are those of the description and live for ever.
#pragma once

#include <hawser/packet/error.hpp>

#include <boost/assert/source_location.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hawser::inline v0::packet {

struct malformed {
    errc why{};
    std::string_view packet = {};   ///< empty if the command says nothing that is known
    std::string_view field = {};    ///< empty for what lies behind the last one
    std::size_t offset = 0;         ///< in the body: where the field begins, or what is behind the last one

    /// "reading.celsius"; without a field the packet alone; empty for an unknown command.
    [[nodiscard]] std::string place() const;
    [[nodiscard]] std::string message() const;   ///< what is wrong, and where, in one line

    operator error_code() const noexcept { return make_error_code(why); }
    friend bool operator==(const malformed& one, errc value) noexcept { return one.why == value; }
    friend bool operator==(const malformed& one, condition value) noexcept { return error_code(one) == value; }
    friend bool operator==(const malformed&, const malformed&) = default;
};

/// What decoding gives: a packet, or why it is none.
template <class T>
using decoded = boost::system::result<T, malformed>;

/// What decoded::value() throws without a value: a boost::system::system_error.
[[noreturn]] void throw_exception_from_error(const malformed& error, const boost::source_location& where);

}   // namespace hawser::packet
