#include <hawser/bytes.hpp>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <limits>
#include <new>

namespace hawser::inline v0 {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

void append_hex(std::string& text, std::byte value) {
    const auto number = std::to_integer<unsigned>(value);
    text += hex_digits[number >> 4];
    text += hex_digits[number & 15U];
}

}   // namespace

std::string to_hex(bytes data, char separator) {
    std::string text;
    text.reserve(data.size() * 3);
    for (const std::byte value : data) {
        if (separator != '\0' && !text.empty()) text += separator;
        append_hex(text, value);
    }
    return text;
}

std::optional<unsigned> hex_digit(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
    if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
    return std::nullopt;
}

std::optional<std::vector<std::byte>> from_hex(std::string_view text) {
    std::vector<std::byte> made;
    made.reserve(text.size() / 2);
    while (!text.empty()) {
        if (std::string_view(" \t\r\n").find(text.front()) != std::string_view::npos) {
            text.remove_prefix(1);
            continue;
        }
        const auto high = hex_digit(text.front());
        const auto low = text.size() > 1 ? hex_digit(text[1]) : std::nullopt;
        if (!high || !low) return std::nullopt;
        made.push_back(static_cast<std::byte>(*high << 4 | *low));
        text.remove_prefix(2);
    }
    return made;
}

std::optional<std::size_t> parse_size(std::string_view text) noexcept {
    unsigned shift = 0;
    if (text.ends_with("KiB")) shift = 10;
    if (text.ends_with("MiB")) shift = 20;
    if (text.ends_with("GiB")) shift = 30;
    if (shift > 0) text.remove_suffix(3);
    std::size_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (number > std::numeric_limits<std::size_t>::max() >> shift) return std::nullopt;
    return number << shift;
}

std::string escaped(bytes data, std::size_t limit) {
    std::string text;
    for (const std::byte value : data.first(std::min(limit, data.size()))) {
        const auto letter = static_cast<char>(value);
        if (letter == '\\') {
            text += "\\\\";
        } else if (letter >= ' ' && letter <= '~') {
            text += letter;
        } else {
            text += "\\x";
            append_hex(text, value);
        }
    }
    if (data.size() > limit) text += "... (" + std::to_string(data.size()) + " bytes)";
    return text;
}

byte_buffer::byte_buffer(std::size_t capacity) {
    if (capacity > most) throw std::bad_alloc();
    block_ = std::make_unique_for_overwrite<std::byte[]>(capacity);
    capacity_ = static_cast<size_type>(capacity);
}

// `capacity` is what it grows to, if that is enough.
void byte_buffer::make_room(std::size_t at_least, std::size_t capacity) {
    const std::size_t kept = size();
    if (capacity_ - kept >= at_least) {
        std::memmove(block_.get(), block_.get() + begin_, kept);
    } else {
        byte_buffer larger(std::max(kept + at_least, std::min(capacity, most)));
        if (kept > 0) std::memcpy(larger.block_.get(), block_.get() + begin_, kept);
        block_ = std::move(larger.block_);
        capacity_ = larger.capacity_;
    }
    begin_ = 0;
    end_ = static_cast<size_type>(kept);
}

void byte_buffer::append(bytes data) {
    if (data.empty()) return;
    std::memcpy(prepare(data.size()).data(), data.data(), data.size());
    end_ += static_cast<size_type>(data.size());
}

void byte_buffer::truncate(std::size_t size) noexcept {
    assert(size <= this->size());
    end_ = begin_ + static_cast<size_type>(size);
}

}   // namespace hawser
