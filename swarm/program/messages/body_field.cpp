#include "body_field.hpp"

#include "template_words.hpp"

#include <hawser/packet/id.hpp>

#include <algorithm>

namespace hawser::swarm_program {

namespace {

constexpr std::size_t most_digits = 20;   // of 2^64 - 1

}   // namespace

number_format number_format::parse(const std::vector<std::string>& words, std::size_t index, std::string_view whole) {
    number_format format{.size = size_from(words[index], whole)};
    if (words.size() == index + 2 && words.back() == "le") format.encoding = number_encoding::little_endian;
    else if (words.size() == index + 2 && words.back() == "decimal") format.encoding = number_encoding::decimal;
    else if (words.size() != index + 1) refuse(whole, "ends in nothing that is known: le or decimal");
    const std::size_t most = format.encoding == number_encoding::decimal ? most_digits : sizeof(std::uint64_t);
    if (format.size == 0 || format.size > most) refuse(whole, "needs 1 to " + std::to_string(most) + " bytes");
    return format;
}

std::uint32_t number_format::last() const noexcept {
    std::uint64_t most = 0;
    for (std::size_t i = 0; i < size && most <= packet::serial::last; ++i)
        most = encoding == number_encoding::decimal ? 10 * most + 9 : most << 8 | 0xff;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(most, packet::serial::last));
}

void number_format::write(std::uint32_t number, mutable_bytes into) const noexcept {
    const std::uint32_t base = encoding == number_encoding::decimal ? 10 : 256;
    const std::byte zero{static_cast<unsigned char>(encoding == number_encoding::decimal ? '0' : 0)};
    for (std::size_t i = 0; i < size; ++i) {
        into[encoding == number_encoding::little_endian ? i : size - 1 - i] = static_cast<std::byte>(
            std::to_integer<std::uint32_t>(zero) + number % base);
        number /= base;
    }
}

std::uint32_t number_format::read(bytes from) const noexcept {
    const std::uint32_t most = last();
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto digit = std::to_integer<std::uint64_t>(
            from[encoding == number_encoding::little_endian ? size - 1 - i : i]);
        if (encoding == number_encoding::decimal && (digit < '0' || digit > '9')) return 0;
        number = encoding == number_encoding::decimal ? 10 * number + (digit - '0') : number << 8 | digit;
        if (number > most) return 0;
    }
    return static_cast<std::uint32_t>(number);
}

number_field number_field::parse(std::string_view text) {
    const std::vector<std::string> words = split(text);
    if (words.size() < 2)
        refuse(text, "is no place of a number: OFFSET:SIZE, and :le or :decimal if it is not big-endian");
    return {.offset = size_from(words[0], text), .format = number_format::parse(words, 1, text)};
}

expected_bytes expected_bytes::parse(std::string_view text) {
    const std::vector<std::string> words = split(text);
    if (words.size() != 2 || words[1].empty()) refuse(text, "is no place and value: OFFSET:HEX");
    return {.offset = size_from(words[0], text), .value = bytes_from(words[1], text)};
}

bool expected_bytes::are_in(bytes body) const noexcept {
    return body.size() >= offset && body.size() - offset >= value.size() &&
           std::ranges::equal(body.subspan(offset, value.size()), value);
}

}   // namespace hawser::swarm_program
