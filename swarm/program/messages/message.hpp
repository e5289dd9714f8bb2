// message: what a swarm sends in a protocol that hawser does not know, made from a template.
//
//   message ask = message::parse("01 {counter:4} \"temp\" {random:2-8}");
//   ask.append(number, values, body);
//
// A template is hex digits and "text", with fields in braces:
//
//   {counter:SIZE}           the number of the request, from 1, big-endian; {counter:SIZE:le} little-endian,
//                            {counter:SIZE:decimal} digits
//   {random:SIZE}            bytes; {random:LEAST-MOST} a random number of them
//   {letters:SIZE}           small letters; {letters:LEAST-MOST}
//   {length:SIZE}            of the whole, in bytes; {length:SIZE:le}, {length:SIZE:decimal}
//   @FILE                    instead of a template: the bytes of a file as they are
#pragma once

#include "body_field.hpp"

#include <hawser/bytes.hpp>
#include <hawser/swarm/random_values.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hawser::swarm_program {

class message {
public:
    /// A template, or @FILE. Throws std::invalid_argument, also for a file that cannot be read.
    [[nodiscard]] static message parse(std::string_view text);

    void append(std::uint32_t number, swarm::random_values& values, byte_buffer& into) const;
    /// What takes the place of the random fields.
    struct sample {
        std::size_t size = 0;   ///< of each random field, within its limits
        bytes pattern;          ///< repeated in each of them; not empty
    };
    /// A message that append() might have made.
    void append_sample(std::uint32_t number, const sample& content, byte_buffer& into) const;
    [[nodiscard]] std::size_t least_size() const noexcept { return least_size_; }
    [[nodiscard]] std::size_t most_size() const noexcept { return most_size_; }
    /// How its {counter} is written; none if it has none.
    [[nodiscard]] std::optional<number_format> counter() const noexcept { return counter_; }

private:
    struct random_part {
        std::size_t least;
        std::size_t most;
        bool letters;
    };
    struct length_part {};
    using part = std::variant<std::vector<std::byte>, number_format, random_part, length_part>;

    void add(part what);
    void add_field(std::string_view field);
    void check_length(std::string_view text) const;
    template <class Size, class Octet>
    void build(std::uint32_t number, Size size_of, Octet octet_of, byte_buffer& into) const;

    std::vector<part> parts_;
    std::optional<number_format> counter_;
    std::optional<number_format> length_;   // of the whole message; there is one such field at most
    std::size_t least_size_ = 0;
    std::size_t most_size_ = 0;
};

}   // namespace hawser::swarm_program
