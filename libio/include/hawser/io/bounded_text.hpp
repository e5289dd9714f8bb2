// bounded_text: a short text inside of the object itself, so that whatever has it is trivial to copy and to destroy.
//
//   bounded_text<253> host = "localhost";
//   const std::string_view view = host;
//
// g++ 12 copies an aggregate that is written in braces inside of a co_await by its bytes, and destroys it twice: a
// std::string in there is "free(): invalid pointer". Of this type nothing goes wrong.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::inline v0::io {

template <std::size_t Most>
class bounded_text {
public:
    static constexpr std::size_t most = Most;

    constexpr bounded_text() noexcept = default;
    /// Throws std::length_error if it is longer than `most`.
    template <std::convertible_to<std::string_view> Text>
    // NOLINTNEXTLINE: as a std::string is made
    constexpr bounded_text(const Text& text) : bounded_text(std::string_view(text), 0) {}

    /// Valid as long as this is.
    // NOLINTNEXTLINE: as a std::string is one
    constexpr operator std::string_view() const noexcept { return {bytes_.data(), size_}; }
    [[nodiscard]] constexpr const char* c_str() const noexcept { return bytes_.data(); }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    template <std::convertible_to<std::string_view> Text>
    friend constexpr bool operator==(const bounded_text& one, const Text& other) {
        return std::string_view(one) == std::string_view(other);
    }
    friend std::ostream& operator<<(std::ostream& out, const bounded_text& text) {
        return out << std::string_view(text);
    }

private:
    constexpr bounded_text(std::string_view text, int) : size_(text.size()) {
        if (size_ > Most)
            throw std::length_error("a text of " + std::to_string(size_) + " bytes; " + std::to_string(Most) +
                                    " at most");
        std::ranges::copy(text, bytes_.begin());
    }

    std::array<char, Most + 1> bytes_{};   // and a NUL
    std::size_t size_ = 0;
};

}   // namespace hawser::io
