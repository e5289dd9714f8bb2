#include <hawser/frame/running_crc.hpp>

#include <cassert>
#include <new>

namespace hawser::inline v0::frame {

namespace {

// The polynomial and all registers here have their bits turned around, as the bytes of this CRC do: the highest bit is
// that of x^0. Boost.CRC computes the same, but gives no register to go on from without turning it again.
constexpr std::uint32_t polynomial = 0xedb8'8320;
constexpr std::uint32_t one = 0x8000'0000;
constexpr std::uint32_t initial = 0xffff'ffff;

// All ones or zero: there is no branch, which here would be guessed wrongly half of the time.
constexpr std::uint32_t if_set(std::uint32_t bit) noexcept { return 0 - bit; }

// The register times x.
constexpr std::uint32_t times_x(std::uint32_t value) noexcept {
    return (value >> 1) ^ (polynomial & if_set(value & 1));
}

constexpr std::uint32_t times_x8(std::uint32_t value) noexcept {
    for (int bit = 0; bit < 8; ++bit) value = times_x(value);
    return value;
}

// The product of two polynomials over GF(2), modulo the one of the CRC.
constexpr std::uint32_t product(std::uint32_t left, std::uint32_t right) noexcept {
    std::uint32_t sum = 0;
    for (; left != 0; left <<= 1) {
        sum ^= right & if_set(left >> 31);
        right = times_x(right);
    }
    return sum;
}

// What a byte at the low end of the register becomes when it is shifted out.
constexpr auto shifted_out = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t value = 0; value < table.size(); ++value) table[value] = times_x8(value);
    return table;
}();

// x^(8n) for the low and for the high byte of n.
struct powers {
    std::array<std::uint32_t, 256> low{};
    std::array<std::uint32_t, 256> high{};
};
constexpr powers power_of_bytes = [] {
    powers made;
    made.low[0] = made.high[0] = one;
    for (std::size_t i = 1; i < 256; ++i) made.low[i] = times_x8(made.low[i - 1]);
    const std::uint32_t step = times_x8(made.low[255]);
    for (std::size_t i = 1; i < 256; ++i) made.high[i] = product(made.high[i - 1], step);
    return made;
}();

// The register after `data`.
std::uint32_t extended(std::uint32_t from, bytes data) noexcept {
    for (const std::byte value : data)
        from = shifted_out[(from ^ std::to_integer<std::uint32_t>(value)) & 0xff] ^ (from >> 8);
    return from;
}

// The register after `count` bytes that are 0.
std::uint32_t shifted(std::uint32_t value, std::size_t count) noexcept {
    assert(count <= running_crc::longest);
    return product(product(value, power_of_bytes.low[count & 0xff]), power_of_bytes.high[count >> 8]);
}

// The bytes [begin, end) of the stream.
bytes range(const window& seen, std::uint64_t begin, std::uint64_t end) noexcept {
    assert(begin >= seen.position && end <= seen.position + seen.data.size());
    return seen.data.subspan(begin - seen.position, end - begin);
}

}   // namespace

std::uint32_t running_crc::of(const window& seen, std::size_t from, std::size_t size) noexcept {
    assert(size <= longest);
    const std::uint64_t begin = seen.position + from;
    const std::uint64_t end = begin + size;
    const bool is_new = begin >= computed_to_;
    if (end > computed_to_) computed_to_ = end;
    if (!is_new && size > 2 * stride && !registers_) registers_.reset(new (std::nothrow) registers);
    if (is_new || size <= 2 * stride || !registers_) return ~extended(initial, seen.data.subspan(from, size));
    return joined(seen, begin, end);
}

// Whatever the register was at `from`, what it is at `to` is that, shifted, plus what the bytes between make of 0. So
// the bytes from one kept register to another are worth register(to) ^ shifted(register(from), to - from).
std::uint32_t running_crc::joined(const window& seen, std::uint64_t begin, std::uint64_t end) noexcept {
    const std::uint64_t first = (begin + stride - 1) / stride * stride;
    const std::uint64_t last = end / stride * stride;
    registers_->cover(seen, first, last);
    const std::uint32_t head = extended(initial, range(seen, begin, first));
    const std::uint32_t tail = extended(registers_->at(last), range(seen, last, end));
    return ~(tail ^ shifted(registers_->at(first) ^ head, end - first));
}

// Ranges that begin ever later go on where the last one ended. For others it begins anew: right, but not for nothing.
void running_crc::registers::cover(const window& seen, std::uint64_t from, std::uint64_t to) noexcept {
    const bool is_kept = from >= first && from <= next && next - from < ring.size() * stride;
    if (!is_kept) {
        first = next = from;
        at(from) = 0;
    }
    for (; next < to; next += stride) at(next + stride) = extended(at(next), range(seen, next, next + stride));
}

}   // namespace hawser::frame
