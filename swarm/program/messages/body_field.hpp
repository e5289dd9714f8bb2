// body_field: fields at fixed offsets in the bodies of a protocol that hawser does not know: a number, or expected
// bytes.
//
//   const number_field where = number_field::parse("1:4:le");
//   const std::uint32_t number = where.format.read(body.subspan(where.offset, where.format.size));
#pragma once

#include <hawser/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::swarm_program {

enum class number_encoding : unsigned char { big_endian, little_endian, decimal };

/// How a number is written.
struct number_format {
    std::size_t size = 4;   ///< bytes: 1 to 8, or to 20 for decimal digits
    number_encoding encoding = number_encoding::big_endian;

    /// SIZE, SIZE:le or SIZE:decimal, from the word at this index on. Throws std::invalid_argument, with one line that
    /// says what is wrong.
    [[nodiscard]] static number_format parse(const std::vector<std::string>& words, std::size_t index,
                                             std::string_view whole);

    /// The largest number that fits; at most packet::serial::last, as with the serials of the default protocol.
    [[nodiscard]] std::uint32_t last() const noexcept;
    /// `into` has this size.
    void write(std::uint32_t number, mutable_bytes into) const noexcept;
    /// 0 for what is no number from 1 to last(). `from` has this size.
    [[nodiscard]] std::uint32_t read(bytes from) const noexcept;

    friend bool operator==(const number_format&, const number_format&) = default;
};

/// The field that has the number of the request.
struct number_field {
    std::size_t offset = 0;
    number_format format = {};

    /// OFFSET:SIZE, OFFSET:SIZE:le, OFFSET:SIZE:decimal. Throws std::invalid_argument.
    [[nodiscard]] static number_field parse(std::string_view text);
};

/// Bytes that a body has to have at an offset.
struct expected_bytes {
    std::size_t offset = 0;
    std::vector<std::byte> value;

    /// OFFSET:HEX. Throws std::invalid_argument.
    [[nodiscard]] static expected_bytes parse(std::string_view text);
    [[nodiscard]] bool are_in(bytes body) const noexcept;
};

}   // namespace hawser::swarm_program
