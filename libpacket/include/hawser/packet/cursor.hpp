// cursor and builder: the fields of a packet, read and written one after the other. Numbers are big-endian.
//
//   packet::cursor fields(rest);
//   const auto result = fields.u8();
//   const auto text = fields.rest();
//   if (auto error = fields.finish()) ...         // short_body or trailing_bytes
//
// Invariant of the cursor: it never reads outside its bytes. A field that is not there reads as zero or empty and is
// remembered, so that a packet's fields can be read in a row and checked once, at the end.
#pragma once

#include <hawser/bytes.hpp>
#include <hawser/packet/error.hpp>

#include <boost/endian/conversion.hpp>

#include <cstdint>

namespace hawser::packet {

class cursor {
public:
    /// Reads `fields`, which must outlive the views taken of it.
    explicit cursor(bytes fields) noexcept : left_(fields) {}

    [[nodiscard]] std::uint8_t u8() noexcept { return number<std::uint8_t>(); }
    [[nodiscard]] std::uint16_t u16() noexcept { return number<std::uint16_t>(); }
    [[nodiscard]] std::uint32_t u32() noexcept { return number<std::uint32_t>(); }
    [[nodiscard]] std::uint64_t u64() noexcept { return number<std::uint64_t>(); }

    /// The next `count` bytes, a view.
    [[nodiscard]] bytes take(std::size_t count) noexcept {
        if (count > left_.size()) {
            short_ = true;
            left_ = {};
            return {};
        }
        const bytes taken = left_.first(count);
        left_ = left_.subspan(count);
        return taken;
    }

    /// All that is left, a view; may be empty.
    [[nodiscard]] bytes rest() noexcept { return take(left_.size()); }
    [[nodiscard]] std::size_t remaining() const noexcept { return left_.size(); }

    /// Whether the fields read were there, and were all.
    [[nodiscard]] error_code finish() const noexcept {
        if (short_) return errc::short_body;
        if (!left_.empty()) return errc::trailing_bytes;
        return {};
    }

private:
    template <class Number>
    Number number() noexcept {
        const bytes field = take(sizeof(Number));
        if (field.empty()) return 0;
        return boost::endian::endian_load<Number, sizeof(Number), boost::endian::order::big>(
            reinterpret_cast<const unsigned char*>(field.data()));
    }

    bytes left_;
    bool short_ = false;
};

class builder {
public:
    /// Appends to `out`, which must outlive this. Throws std::bad_alloc.
    explicit builder(byte_buffer& out) noexcept : out_(out) {}

    void u8(std::uint8_t value) { number(value); }
    void u16(std::uint16_t value) { number(value); }
    void u32(std::uint32_t value) { number(value); }
    void u64(std::uint64_t value) { number(value); }
    void put(bytes field) { out_.append(field); }

private:
    template <class Number>
    void number(Number value) {
        boost::endian::native_to_big_inplace(value);
        out_.append(std::as_bytes(std::span(&value, 1)));
    }

    byte_buffer& out_;
};

}  // namespace hawser::packet
