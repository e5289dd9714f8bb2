// cursor: the bytes of a body, taken one piece after the other.
//
//   packet::cursor from(body);
//   bytes piece;
//   if (!from.take(4, piece)) ...             // fewer than 4 are left: nothing was taken
//   if (piece[0] != mark) return from.reject();   // they are there, and wrong
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

    /// The same without taking it.
    [[nodiscard]] bytes ahead() const noexcept { return body_.subspan(position_); }

    /// For a field whose bytes are no value of it, rather than too few: the body has a bad_field. Gives false.
    [[nodiscard]] bool reject() noexcept {
        is_rejected_ = true;
        return false;
    }
    [[nodiscard]] bool is_rejected() const noexcept { return is_rejected_; }

    [[nodiscard]] std::size_t left() const noexcept { return body_.size() - position_; }
    /// How many bytes have been taken.
    [[nodiscard]] std::size_t position() const noexcept { return position_; }

private:
    bytes body_;
    std::size_t position_ = 0;
    bool is_rejected_ = false;
};

}   // namespace hawser::packet
