// figures: numbers for people.
#pragma once

#include <cstdint>
#include <string>

namespace hawser::inline v0 {

/// All of its digits, in thousands: "1,048,576".
[[nodiscard]] std::string grouped(std::uint64_t number);

}   // namespace hawser
