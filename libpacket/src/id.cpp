#include <hawser/packet/id.hpp>

#include <boost/endian/conversion.hpp>

#include <utility>

namespace hawser::inline v0::packet {

namespace {

// Eight digits are eight bytes of one number, the first the lowest, and all of them are worked on at
// once: every request has an id.

std::uint64_t load(const id& of) noexcept {
    return boost::endian::endian_load<std::uint64_t, 8, boost::endian::order::little>(
        reinterpret_cast<const unsigned char*>(of.octets.data()));
}

constexpr std::uint64_t in_each_byte(std::uint8_t value) noexcept {
    return value * std::uint64_t{0x0101'0101'0101'0101};
}

// '0' to '9' are 0x30 to 0x39: what has another high half, or gets one by adding 6, is none.
bool are_digits(std::uint64_t text) noexcept {
    constexpr std::uint64_t high_halves = in_each_byte(0xf0);
    return (text & high_halves) == in_each_byte('0') && ((text + in_each_byte(6)) & high_halves) == in_each_byte('0');
}

}   // namespace

id serial::next() noexcept { return from_number(std::exchange(next_, next_ == last ? 1 : next_ + 1)); }

std::uint32_t serial::number(const id& of) noexcept {
    const std::uint64_t text = load(of);
    if (!are_digits(text)) return 0;
    // Neighbours become one number of twice the digits: the left one times 10, 100, 10,000, plus the right one.
    std::uint64_t value = text - in_each_byte('0');
    value = (value * 10 + (value >> 8)) & 0x00ff'00ff'00ff'00ff;
    value = (value * 100 + (value >> 16)) & 0x0000'ffff'0000'ffff;
    return static_cast<std::uint32_t>(value * 10'000 + (value >> 32));
}

id serial::from_number(std::uint32_t number) noexcept {
    // The way back: a number of 4, then 2 digits is cut into its left and its right half. (x * 5243) >> 19 is x / 100
    // for all of 4 digits, (x * 103) >> 10 is x / 10 for all of 2; no product reaches its neighbour.
    if (number > last) number %= last + 1;   // the last eight
    std::uint64_t value = number / 10'000 | std::uint64_t{number % 10'000} << 32;
    const std::uint64_t hundreds = (value * 5243 >> 19) & 0x0000'007f'0000'007f;
    value = hundreds | (value - hundreds * 100) << 16;
    const std::uint64_t tens = (value * 103 >> 10) & 0x000f'000f'000f'000f;
    value = tens | (value - tens * 10) << 8;
    id made;
    boost::endian::endian_store<std::uint64_t, 8, boost::endian::order::little>(
        reinterpret_cast<unsigned char*>(made.octets.data()), value + in_each_byte('0'));
    return made;
}

}   // namespace hawser::packet
