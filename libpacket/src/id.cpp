#include <hawser/packet/id.hpp>

#include <ranges>
#include <utility>

namespace hawser::packet {

id serial::next() noexcept {
    return from_number(std::exchange(next_, next_ == last ? 1 : next_ + 1));
}

std::uint32_t serial::number(const id& of) noexcept {
    std::uint32_t number = 0;
    for (const char digit : of.octets) {
        if (digit < '0' || digit > '9') return 0;
        number = number * 10 + static_cast<std::uint32_t>(digit - '0');
    }
    return number;
}

id serial::from_number(std::uint32_t number) noexcept {
    id made;
    for (char& digit : std::views::reverse(made.octets)) {
        digit = static_cast<char>('0' + number % 10);
        number /= 10;
    }
    return made;
}

}  // namespace hawser::packet
