// cursor: the bytes of a body, taken one piece after the other.
//
//   packet::cursor from(body);
//   bytes piece;
//   if (!from.take(4, piece)) ...        // fewer than 4 are left: nothing was taken
//
// Invariant: it never reads outside its bytes.
#pragma once

#include <hawser/bytes.hpp>

#include <cstddef>

namespace hawser::inline v0::packet {

class cursor {
public:
    /// `body` must outlive the pieces taken of it.
    explicit cursor(bytes body) noexcept : body_(body) {}

    /// The next `count` bytes, a view; false, and nothing done, if fewer are left.
    [[nodiscard]] bool take(std::size_t count, bytes& into) noexcept {
        if (count > left()) return false;
        into = body_.subspan(position_, count);
        position_ += count;
        return true;
    }

    /// All that is left, a view; may be empty.
    [[nodiscard]] bytes rest() noexcept {
        const bytes taken = body_.subspan(position_);
        position_ = body_.size();
        return taken;
    }

    [[nodiscard]] std::size_t left() const noexcept { return body_.size() - position_; }
    /// How many bytes have been taken.
    [[nodiscard]] std::size_t position() const noexcept { return position_; }

private:
    bytes body_;
    std::size_t position_ = 0;
};

}   // namespace hawser::packet
