// outbox: whole frames, in order, on their way to one peer. It knows no socket: somebody writes what is flying.
//
//   if (auto error = outbox.push(codec, body); error == errc::outbox_full) wait for room;
//   while (!(flying = outbox.flying()).empty()) outbox.written(write(fd, flying));
//
// Invariants: frames never mix and never change their order, because there is one write in flight and it is of whole
// frames; waiting and flying bytes together stay within the cap. Two buffers swap: what is pushed while one flies goes
// out in the next write.
//
// Answers are push()ed and never lost. What nobody asked for is offer()ed: to a peer who keeps up it is the same; for a
// slow one it waits in the backlog, where a policy may still drop it and answers may overtake it.
#pragma once

#include <hawser/frame/backlog.hpp>
#include <hawser/frame/codec.hpp>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace hawser::frame {

class outbox {
public:
    /// At most `cap` bytes wait and fly together. A cap that does not hold the longest frame could never send it, so
    /// make it at least that (see codec::max_frame).
    explicit outbox(std::size_t cap) noexcept : cap_(cap) {}

    /// Appends the frame of `body`. outbox_full: no room now, nothing was taken; any other error: this body is refused
    /// now and later, by the codec or because it would not even fit alone (too_long). Throws std::bad_alloc, and has then taken nothing.
    template <codec Codec>
    [[nodiscard]] error_code push(const Codec& codec, bytes body) {
        if (body.size() > cap_) return errc::too_long;
        if (!has_room(body.size())) return errc::outbox_full;
        const std::size_t before = waiting_.size();
        if (const error_code refused = encode(codec, body)) return refused;
        if (queued() > cap_) {
            waiting_.truncate(before);
            return empty() ? errc::too_long : errc::outbox_full;
        }
        ++frames_;
        ++waiting_frames_;
        return {};
    }

    /// push() of a body that is still to be written: the frame is taken, and its `size` bytes have to be written where this says,
    /// before anything else is done here. Null, and nothing taken, if there is no room or the codec must see the body: push() knows.
    template <prefixing_codec Codec>
    [[nodiscard]] std::byte* begin_frame(const Codec& codec, std::size_t size) {
        const std::size_t others = flying_.size() + backlog_.bytes();
        const std::size_t before = waiting_.size();
        if (size > cap_ - std::min(cap_, others + before)) return nullptr;
        std::byte* const body = codec.begin_frame(size, waiting_);
        if (body == nullptr) return nullptr;
        if (others + waiting_.size() > cap_) {
            waiting_.truncate(before);
            return nullptr;
        }
        ++frames_;
        ++waiting_frames_;
        return body;
    }

    /// The most that is offered frames fly in one write. Few enough that what waits behind can still be dropped when it
    /// is stale, enough to be worth a system call.
    static constexpr std::size_t batch = 64 * 1024;

    /// Takes a frame that may be dropped, or does with it, and with those that wait, what `policy` says. Unless it may grow,
    /// it has no more room than the pushes have that wait. Throws std::bad_alloc.
    backlog::placed offer(shared_frame frame, const label& as, slow_consumer policy, bool may_grow = true) {
        const std::size_t size = frame->size();
        if (!may_grow) return backlog_.put(std::move(frame), as, policy, backlog_.bytes());
        // Half of a small cap is left for those that may still be dropped.
        if (backlog_.empty() && size <= cap_ && (empty() || queued() + size <= std::min(batch, cap_ / 2))) {
            append(*frame);
            return backlog::placed::kept;
        }
        const std::size_t answers = waiting_.size() + flying_.size();
        return backlog_.put(std::move(frame), as, policy, cap_ - std::min(cap_, answers));
    }
    /// What became of the frames offered.
    [[nodiscard]] push_counts offered() const noexcept { return backlog_.counts(); }
    /// Somebody waits with an offer that found no room; none came in time. Throw std::bad_alloc.
    void note_waited() { backlog_.note_waited(); }
    void note_timed_out() { backlog_.note_timed_out(); }

    /// The bytes to write next: the rest of the write in flight, or else what waits, but of the backlog only one batch.
    /// Valid until written(). Throws std::bad_alloc if there is a backlog, and has then lost nothing.
    [[nodiscard]] bytes flying() {
        if (flying_.empty()) {
            take_from_backlog();
            std::swap(flying_, waiting_);
            flying_frames_ += std::exchange(waiting_frames_, 0);
        }
        return flying_.view();
    }

    /// The first `count` bytes of flying() have been written.
    void written(std::size_t count) noexcept {
        flying_.consume(count);
        written_ += count;
        under_way_ = !flying_.empty();
        if (!under_way_) flying_frames_ = 0;
    }

    /// Whether a write has been begun and is not done: a frame may be half out.
    [[nodiscard]] bool is_under_way() const noexcept { return under_way_; }

    /// Forgets everything: the connection is lost. The frames still count as unwritten.
    void clear() noexcept {
        waiting_frames_ = static_cast<std::uint32_t>(unwritten());
        flying_frames_ = 0;
        waiting_.clear();
        flying_.clear();
        backlog_.clear();
        under_way_ = false;
    }

    [[nodiscard]] std::size_t queued() const noexcept { return waiting_.size() + flying_.size() + backlog_.bytes(); }
    /// Frames taken of which at least a part has not been written; a write in flight counts whole.
    [[nodiscard]] std::size_t unwritten() const noexcept { return waiting_frames_ + flying_frames_ + backlog_.size(); }
    /// The memory that it holds.
    [[nodiscard]] std::size_t capacity() const noexcept {
        return waiting_.capacity() + flying_.capacity() + backlog_.bytes();
    }
    [[nodiscard]] bool empty() const noexcept { return queued() == 0; }
    [[nodiscard]] bool has_room(std::size_t size) const noexcept { return size <= cap_ - std::min(cap_, queued()); }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }
    /// Whole frames taken.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    /// Bytes written.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    // A lent buffer: an outbox with nothing in it need not hold one.

    [[nodiscard]] bool has_buffer() const noexcept { return waiting_.capacity() > 0 || flying_.capacity() > 0; }
    /// Collects frames in `block` from now on. The block must be empty, and so must the outbox.
    void adopt(byte_buffer block) noexcept { waiting_ = std::move(block); }
    /// Gives its buffers away, one a call, until has_buffer() is false. The outbox must be empty.
    [[nodiscard]] byte_buffer release() noexcept {
        return std::exchange(waiting_.capacity() > 0 ? waiting_ : flying_, {});
    }

private:
    // No part of a frame stays behind when the codec throws.
    template <codec Codec>
    error_code encode(const Codec& codec, bytes body) {
        const std::size_t before = waiting_.size();
        try {
            return codec.encode(body, waiting_);
        } catch (...) {
            waiting_.truncate(before);
            throw;
        }
    }

    void append(const byte_buffer& frame) {
        waiting_.append(frame.view());
        ++frames_;
        ++waiting_frames_;
    }

    // Nothing is lost when append() throws: a frame leaves the backlog when it stands here.
    void take_from_backlog() {
        for (std::size_t taken = 0; taken < batch && !backlog_.empty();) {
            append(*backlog_.first());
            taken += backlog_.take()->size();
        }
    }

    std::size_t cap_;
    byte_buffer waiting_;
    byte_buffer flying_;
    backlog backlog_;
    std::uint64_t frames_ = 0;
    std::uint64_t written_ = 0;
    std::uint32_t waiting_frames_ = 0;
    std::uint32_t flying_frames_ = 0;
    bool under_way_ = false;
};

}  // namespace hawser::frame
