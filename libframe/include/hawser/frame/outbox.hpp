// outbox: whole frames, in order, on their way to one peer. It knows no socket: somebody writes what is flying.
//
//   if (auto error = outbox.push(codec, body); error == errc::outbox_full) wait for room;
//   while (!(flying = outbox.flying()).empty()) outbox.written(write(fd, flying));
//
// Invariants: frames never mix and never change their order, because there is one write in flight and it is of whole
// frames; waiting and flying bytes together stay within the cap. Two buffers swap: what is pushed while one flies goes
// out in the next write.
#pragma once

#include <hawser/frame/codec.hpp>

#include <algorithm>
#include <utility>

namespace hawser::frame {

class outbox {
public:
    /// At most `cap` bytes wait and fly together. A cap that does not hold the longest frame could never send it, so
    /// make it at least that (see codec::max_frame).
    explicit outbox(std::size_t cap) noexcept : cap_(cap) {}

    /// Appends the frame of `body`. outbox_full: no room now, nothing was taken; any other error: this body is refused
    /// now and later, by the codec or because it would not even fit alone (too_long).
    template <codec Codec>
    [[nodiscard]] error_code push(const Codec& codec, bytes body) {
        if (body.size() > cap_) return errc::too_long;
        if (!has_room(body.size())) return errc::outbox_full;
        const std::size_t before = waiting_.size();
        if (const error_code refused = codec.encode(body, waiting_)) return refused;
        if (queued() > cap_) {
            waiting_.truncate(before);
            return empty() ? errc::too_long : errc::outbox_full;
        }
        ++frames_;
        return {};
    }

    /// The bytes to write next: the rest of the write in flight, or else all that waits. Valid until written().
    [[nodiscard]] bytes flying() noexcept {
        if (flying_.empty()) std::swap(flying_, waiting_);
        return flying_.view();
    }

    /// The first `count` bytes of flying() have been written.
    void written(std::size_t count) noexcept { flying_.consume(count); }

    /// Forgets everything: the connection is lost.
    void clear() noexcept {
        waiting_.clear();
        flying_.clear();
    }

    [[nodiscard]] std::size_t queued() const noexcept { return waiting_.size() + flying_.size(); }
    [[nodiscard]] bool empty() const noexcept { return queued() == 0; }
    [[nodiscard]] bool has_room(std::size_t size) const noexcept { return size <= cap_ - std::min(cap_, queued()); }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }
    /// Whole frames taken.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }

    // A lent buffer: an outbox with nothing in it need not hold one.

    [[nodiscard]] bool has_buffer() const noexcept { return waiting_.capacity() > 0 || flying_.capacity() > 0; }
    /// Collects frames in `block` from now on. The block must be empty, and so must the outbox.
    void adopt(byte_buffer block) noexcept { waiting_ = std::move(block); }
    /// Gives its buffers away, one a call, until has_buffer() is false. The outbox must be empty.
    [[nodiscard]] byte_buffer release() noexcept {
        return std::exchange(waiting_.capacity() > 0 ? waiting_ : flying_, {});
    }

private:
    std::size_t cap_;
    byte_buffer waiting_;
    byte_buffer flying_;
    std::uint64_t frames_ = 0;
};

}  // namespace hawser::frame
