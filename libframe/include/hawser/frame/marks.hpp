// marks: the few texts that end frames of a delimiter format, inside of the object itself.
//
//   const frame::marks ends = {"\n", "\r\n"};
//   for (const std::string_view one : ends) ...
//
// Trivial to copy and to destroy, so that a layout may be written in braces inside a co_await: g++ 12 destroys
// twice what is made there.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hawser::inline v0::frame {

/// Each an own text; none is looked at here, whether it makes sense says the codec.
class marks {
public:
    /// Nobody has been seen to need more than four, and all of them are compared at each frame's end.
    static constexpr std::size_t most = 16;
    /// Of all of them together: a boundary of MIME has up to 76 (RFC 2046, 5.1.1).
    static constexpr std::size_t most_bytes = 256;

    constexpr marks() noexcept = default;
    /// Throws std::invalid_argument for more than there is room for.
    template <std::convertible_to<std::string_view>... Text>
        requires(sizeof...(Text) > 0)
    // NOLINTNEXTLINE: as a list of texts is made
    constexpr marks(const Text&... each) {
        (push_back(each), ...);
    }
    /// Any range of texts, a std::vector<std::string> say; throws the same.
    template <std::ranges::input_range Texts>
        requires(std::convertible_to<std::ranges::range_reference_t<const Texts>, std::string_view> &&
                 !std::same_as<Texts, marks>)
    constexpr marks(const Texts& all) {   // NOLINT: so is this
        for (const auto& one : all) push_back(one);
    }

    /// One more. Throws the same.
    constexpr void push_back(std::string_view mark) {
        const std::size_t begin = end_of(count_);
        if (count_ == most) throw std::invalid_argument("delimiter: more than " + std::to_string(most) + " of them");
        if (mark.size() > most_bytes - begin)
            throw std::invalid_argument("delimiter: they have more than " + std::to_string(most_bytes) +
                                        " bytes together");
        std::ranges::copy(mark, bytes_.begin() + static_cast<std::ptrdiff_t>(begin));
        ends_[count_++] = static_cast<std::uint16_t>(begin + mark.size());
    }

    /// Valid as long as this is, as what iterators give.
    [[nodiscard]] constexpr std::string_view operator[](std::size_t which) const noexcept {
        const std::size_t begin = end_of(which);
        return {bytes_.data() + begin, ends_[which] - begin};
    }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return count_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] constexpr std::string_view front() const noexcept { return (*this)[0]; }   ///< there has to be one

    /// Goes over them in their order.
    class iterator {
    public:
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;

        constexpr iterator() noexcept = default;
        constexpr iterator(const marks& of, std::size_t at) noexcept : of_(&of), at_(at) {}
        [[nodiscard]] constexpr std::string_view operator*() const noexcept { return (*of_)[at_]; }
        constexpr iterator& operator++() noexcept { return ++at_, *this; }
        constexpr iterator operator++(int) noexcept { return iterator(*of_, at_++); }
        friend constexpr bool operator==(const iterator&, const iterator&) = default;

    private:
        const marks* of_ = nullptr;
        std::size_t at_ = 0;
    };
    [[nodiscard]] constexpr iterator begin() const noexcept { return {*this, 0}; }
    [[nodiscard]] constexpr iterator end() const noexcept { return {*this, count_}; }

private:
    [[nodiscard]] constexpr std::size_t end_of(std::size_t count) const noexcept {
        return count == 0 ? 0 : ends_[count - 1];
    }

    std::array<char, most_bytes> bytes_{};
    std::array<std::uint16_t, most> ends_{};
    std::size_t count_ = 0;
};

}   // namespace hawser::frame
