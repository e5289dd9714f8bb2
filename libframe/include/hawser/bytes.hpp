// Bytes: the views and the one growable buffer that everything above is made of.
//
//   byte_buffer buffer;
//   auto space = buffer.prepare(4096);           // room to write into, uninitialised
//   buffer.commit(read(fd, space.data(), space.size()));
//   parse(buffer.view());
//   buffer.consume(used);
//
// Invariant: the readable bytes are one contiguous block. A view taken from a buffer is valid until the next call
// that is not const.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hawser::inline v0 {

using bytes = std::span<const std::byte>;     ///< a view of bytes, which somebody else holds
using mutable_bytes = std::span<std::byte>;   ///< the same, to be written to

/// Which byte of a number comes first.
enum class byte_order : unsigned char { big, little };

/// The bytes of a text, not copied: valid as long as the text is.
[[nodiscard]] inline bytes as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span(text.data(), text.size()));
}

/// Bytes seen as text, not copied and not checked for anything.
[[nodiscard]] inline std::string_view as_text(bytes data) noexcept {
    return {reinterpret_cast<const char*>(data.data()), data.size()};
}

/// Lower-case hex, two digits a byte, with `separator` (if not NUL) between bytes: "00 0f ff".
[[nodiscard]] std::string to_hex(bytes data, char separator = ' ');

/// The value of a hex digit in either case; none of any other character.
[[nodiscard]] std::optional<unsigned> hex_digit(char digit) noexcept;

/// The bytes of hex text, in either case; white space between two bytes is passed over. None if it is anything else.
[[nodiscard]] std::optional<std::vector<std::byte>> from_hex(std::string_view text);

/// A count of bytes as people write it: "4096", "64KiB", "1MiB", "2GiB". None if it is anything else, or too large.
[[nodiscard]] std::optional<std::size_t> parse_size(std::string_view text) noexcept;

/// Bytes of a peer made safe for a log line or a terminal: printable ASCII as it is, the rest as \xNN, a backslash as
/// \\. At most `limit` bytes are shown; a longer input ends in "... (N bytes)".
[[nodiscard]] std::string escaped(bytes data, std::size_t limit = 64);

/// A growable block of bytes, of less than 4 GiB: read at the front, written at the back. Move-only; an
/// empty one holds no memory.
class byte_buffer {
    using size_type = std::uint32_t;   // each connection has three buffers, and they are empty while it waits

public:
    /// The bytes that it can hold.
    static constexpr std::size_t most = std::numeric_limits<size_type>::max();

    byte_buffer() = default;
    /// Holds room for `capacity` bytes at once. Throws std::bad_alloc.
    explicit byte_buffer(std::size_t capacity);
    byte_buffer(byte_buffer&& other) noexcept
        : block_(std::move(other.block_)),
          capacity_(std::exchange(other.capacity_, 0)),
          begin_(std::exchange(other.begin_, 0)),
          end_(std::exchange(other.end_, 0)) {}
    byte_buffer& operator=(byte_buffer&& other) noexcept {
        block_ = std::move(other.block_);
        capacity_ = std::exchange(other.capacity_, 0);
        begin_ = std::exchange(other.begin_, 0);
        end_ = std::exchange(other.end_, 0);
        return *this;
    }

    [[nodiscard]] bytes view() const noexcept { return {block_.get() + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t size() const noexcept { return end_ - begin_; }
    [[nodiscard]] bool empty() const noexcept { return begin_ == end_; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::size_t room() const noexcept { return capacity_ - end_; }   ///< behind the last byte

    /// All the room behind the last byte, at least `at_least` bytes of it: moves the bytes to the front, or grows (to
    /// twice the capacity or what is needed, whichever is more), when there is less. Throws std::bad_alloc.
    [[nodiscard]] mutable_bytes prepare(std::size_t at_least) {
        if (capacity_ - end_ < at_least) make_room(at_least, 2 * std::size_t{capacity_});
        return {block_.get() + end_, capacity_ - end_};
    }

    /// The same, but it grows to what is needed and no further: for whoever knows how much is to come.
    [[nodiscard]] mutable_bytes prepare_exactly(std::size_t at_least) {
        if (capacity_ - end_ < at_least) make_room(at_least, 0);
        return {block_.get() + end_, capacity_ - end_};
    }

    /// The first `count` bytes of what prepare() gave are now content.
    void commit(std::size_t count) noexcept {
        assert(count <= capacity_ - end_);
        end_ += static_cast<size_type>(count);
    }

    /// Drops `count` bytes from the front; the memory stays as it was until the next prepare(), so a view of what was
    /// dropped can still be read until then.
    void consume(std::size_t count) noexcept {
        assert(count <= size());
        begin_ += static_cast<size_type>(count);
        if (begin_ == end_) clear();
    }

    void append(bytes data);   ///< behind the last one; throws std::bad_alloc
    void append(std::byte value) { append(bytes(&value, 1)); }
    /// Forgets everything behind the first `size` bytes.
    void truncate(std::size_t size) noexcept;
    void clear() noexcept { begin_ = end_ = 0; }
    /// The content, to be changed in place.
    [[nodiscard]] mutable_bytes edit() noexcept { return {block_.get() + begin_, end_ - begin_}; }

private:
    void make_room(std::size_t at_least, std::size_t capacity);

    std::unique_ptr<std::byte[]> block_;
    size_type capacity_ = 0;
    size_type begin_ = 0;
    size_type end_ = 0;
};

}   // namespace hawser
