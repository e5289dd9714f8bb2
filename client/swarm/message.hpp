// message: what a swarm says in a protocol that hawser knows nothing of, and how an answer is matched to its request.
//
//   message ask = message::parse("01 {counter:4} \"temp\" {random:2-8}");
//   client::traffic says = traffic_of({ask}, {.match = number_field::parse("1:4")});
//
// A template is hex digits and "text", with fields in braces:
//
//   {counter:SIZE}           the number of the request, from 1, big-endian; {counter:SIZE:le} little-endian, {counter:SIZE:decimal} digits
//   {random:SIZE}            bytes; {random:LEAST-MOST} as many as chance says
//   {letters:SIZE}           small letters; {letters:LEAST-MOST}
//   @FILE                    instead of a template: the bytes of a file as they are
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/client/material.hpp>
#include <hawser/client/traffic.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hawser::swarm_program {

/// A number of so many bytes.
struct number_format {
    enum class form : unsigned char { big_endian, little_endian, decimal };

    std::size_t size = 4;   ///< 1 to 8, or 20 digits
    form how = form::big_endian;

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

    /// OFFSET:SIZE, OFFSET:SIZE:le, OFFSET:SIZE:decimal. Throws std::invalid_argument, with one line that says what is wrong.
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

class message {
public:
    /// No message is longer than this: more than any frame that makes sense, less than memory.
    static constexpr std::size_t longest = 64 * 1024 * 1024;

    /// A template, or @FILE. Throws std::invalid_argument, also for a file that cannot be read.
    [[nodiscard]] static message parse(std::string_view text);

    void append(std::uint32_t number, client::material& from, byte_buffer& into) const;
    /// What is random in a sample.
    struct sample {
        std::size_t size = 0;   ///< of each such field, as far as it may have it
        bytes pattern;          ///< its bytes, over and over; not empty
    };
    /// One that append() might have made.
    void append_sample(std::uint32_t number, const sample& how, byte_buffer& into) const;
    [[nodiscard]] std::size_t least_size() const noexcept { return least_size_; }
    [[nodiscard]] std::size_t most_size() const noexcept { return most_size_; }
    /// What it counts in; none if it does not count.
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
    std::optional<number_format> length_;   // of the whole; there is one such field at most
    std::size_t least_size_ = 0;
    std::size_t most_size_ = 0;
};

/// How answers are judged.
struct answering {
    std::optional<number_field> match = {};      ///< none: answers come in the order of their requests
    std::optional<expected_bytes> good = {};     ///< none: every answer is good
    bool echo = false;                           ///< an answer has to be the same body as its request
};

/// The messages in turn. A message that does not count gets its number written over it where the answer has it. Throws
/// std::invalid_argument if that is outside.
[[nodiscard]] client::traffic traffic_of(std::vector<message> messages, answering with);
/// What a client says first, with its own number for a {counter}; without `good` any answer will do.
[[nodiscard]] client::opening opening_of(message first, std::optional<expected_bytes> good);
/// Bodies that have one of these are no answers.
[[nodiscard]] std::function<bool(bytes)> passing_over(std::vector<expected_bytes> any);
/// The default protocol's submits to a server that sends back what it gets.
[[nodiscard]] client::traffic echoed_submits();

}  // namespace hawser::swarm_program
