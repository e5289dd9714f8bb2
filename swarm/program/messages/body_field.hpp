// body_field: places in the bodies of a protocol that hawser knows nothing of: a number of some kind, or bytes that have to be there.
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

/// A number of so many bytes.
struct number_format {
    enum class form : unsigned char { big_endian, little_endian, decimal };

    std::size_t size = 4;   ///< 1 to 8, or 20 digits
    form how = form::big_endian;

    /// SIZE, SIZE:le, SIZE:decimal, from the word with this index on. Throws std::invalid_argument, with one line that says what is wrong.
    [[nodiscard]] static number_format parse(const std::vector<std::string>& words, std::size_t index, std::string_view whole);

    /// Numbers from 1 to this fit; at most packet::serial::last, where the serials of the default protocol begin again.
    [[nodiscard]] std::uint32_t last() const noexcept;
    /// `into` has this size.
    void write(std::uint32_t number, mutable_bytes into) const noexcept;
    /// 0 for what is no number from 1 to last(). `from` has this size.
    [[nodiscard]] std::uint32_t read(bytes from) const noexcept;

    friend bool operator==(const number_format&, const number_format&) = default;
};

/// Where a body has the number of its request.
struct number_field {
    std::size_t offset = 0;
    number_format format = {};

    /// OFFSET:SIZE, OFFSET:SIZE:le, OFFSET:SIZE:decimal. Throws std::invalid_argument.
    [[nodiscard]] static number_field parse(std::string_view text);
};

/// Bytes that a good answer has at a place.
struct expected_bytes {
    std::size_t offset = 0;
    std::vector<std::byte> value;

    /// OFFSET:HEX. Throws std::invalid_argument.
    [[nodiscard]] static expected_bytes parse(std::string_view text);
    [[nodiscard]] bool are_in(bytes body) const noexcept;
};

}  // namespace hawser::swarm_program
