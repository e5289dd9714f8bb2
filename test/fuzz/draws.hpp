// draws: what a fuzz target decides by its input. The first bytes are taken as numbers, the rest is the stream.
//
//   fuzz::draws from(input);
//   const auto width = from.one_of({1U, 2U, 4U});
//   laws::any_stream_is_cut(codec, from.rest());
//
// An input that is too short draws zeros.
#pragma once

#include <hawser/bytes.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>

namespace hawser::fuzz {

class draws {
public:
    explicit draws(bytes input) : left_(input) {}

    [[nodiscard]] std::uint8_t byte() {
        if (left_.empty()) return 0;
        const auto value = std::to_integer<std::uint8_t>(left_.front());
        left_ = left_.subspan(1);
        return value;
    }
    [[nodiscard]] bool flag() { return byte() % 2 == 1; }

    template <class Value>
    [[nodiscard]] Value one_of(std::initializer_list<Value> values) {
        return values.begin()[byte() % values.size()];
    }
    /// Of any magnitude: the first byte says how many bytes of it follow, small numbers being the most frequent.
    [[nodiscard]] std::uint64_t number() {
        const std::uint8_t size = byte() % 16;
        if (size >= 8) return byte();
        std::uint64_t value = 0;
        for (std::uint8_t i = 0; i < size; ++i) value = value << 8 | byte();
        return value;
    }
    /// Mostly a small one.
    [[nodiscard]] std::ptrdiff_t signed_number() {
        const std::uint8_t size = byte() % 16;
        if (size >= 4) return static_cast<std::int8_t>(byte());
        std::int32_t value = 0;
        for (std::uint8_t i = 0; i <= size; ++i)
            value = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << 8 | byte());
        return value;
    }
    [[nodiscard]] std::optional<std::size_t> maybe_number() {
        if (!flag()) return std::nullopt;
        return number();
    }
    [[nodiscard]] bytes take(std::size_t count) {
        const bytes taken = left_.first(count < left_.size() ? count : left_.size());
        left_ = left_.subspan(taken.size());
        return taken;
    }
    [[nodiscard]] bytes rest() const noexcept { return left_; }

private:
    bytes left_;
};

}   // namespace hawser::fuzz
