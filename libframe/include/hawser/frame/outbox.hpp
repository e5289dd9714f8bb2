// outbox: whole frames, in order, on their way to one peer. It knows no socket: somebody writes what is flying.
//
//   if (auto error = outbox.push(codec, body); error == errc::outbox_full) wait for room;
//   while (!(flying = outbox.flying()).empty()) outbox.written(write(fd, flying));
//
// Invariants: frames never mix and never change their order, because one write after the other is of whole frames:
// what is pushed while one flies goes out in the next. Waiting and flying bytes together stay within the cap. Memory
// follows them: frames are made in the tail, a block that is lent while the peer keeps up; what does not fit goes on
// in a new one, behind those before it (segments), so nothing is copied because more comes. A long frame that many
// peers share stays where it is.
//
// Answers are push()ed and never lost. What nobody asked for is offer()ed: to a peer that keeps up it is the same; for
// a slow one it waits in the backlog, where a policy may still drop it and answers may overtake it.
#pragma once

#include <hawser/frame/backlog.hpp>
#include <hawser/frame/codec.hpp>
#include <hawser/frame/segments.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>

namespace hawser::inline v0::frame {

class outbox {
public:
    /// At most `cap` bytes wait and fly together. A cap that does not hold the longest frame could never send it, so
    /// make it at least that (see codec::max_frame).
    explicit outbox(std::size_t cap) noexcept : cap_(cap) {}
    /// From now on; what waits already does so.
    void set_cap(std::size_t cap) noexcept { cap_ = cap; }

    /// Appends the frame of `body`. outbox_full: no room now, nothing was taken; any other error: this body is refused
    /// now and later, by the codec or because it would not even fit alone (too_long). Throws std::bad_alloc,
    /// and has then taken nothing.
    template <codec Codec>
    [[nodiscard]] error_code push(const Codec& codec, bytes body) {
        if (body.size() > cap_) return errc::too_long;
        if (!has_room(body.size())) return errc::outbox_full;
        if (tail_.room() < body.size() + header_room && body.size() <= codec.max_frame())
            widen_tail(body.size() + header_room);
        const std::size_t before = tail_.size();
        if (const error_code refused = encode(codec, body)) return refused;
        if (queued() > cap_) {
            tail_.truncate(before);
            return empty() ? errc::too_long : errc::outbox_full;
        }
        ++frames_;
        return {};
    }

    /// push() of a body that is still to be written: the frame is taken, and its `size` bytes have to be written where
    /// this says, before anything else is done here. Null, and nothing taken, if there is no room or the codec must see
    /// the body: push() knows. Throws std::bad_alloc.
    template <prefixing_codec Codec>
    [[nodiscard]] std::byte* begin_frame(const Codec& codec, std::size_t size) {
        const std::size_t prefix = codec.prefix_size(size);
        if (prefix == 0 || !has_room(prefix + size)) return nullptr;
        if (tail_.room() < prefix + size) widen_tail(prefix + size);
        return append_begun(codec, prefix, size);
    }
    /// The same, but null too if there is no room for it in the memory that there is, anything waits before that, or
    /// more than `most` bytes would wait.
    template <prefixing_codec Codec>
    [[nodiscard]] std::byte* begin_frame_in_place(const Codec& codec, std::size_t size, std::size_t most) {
        const std::size_t prefix = codec.prefix_size(size);
        const std::size_t total = prefix + size;
        const std::size_t waiting = tail_.size() + total;
        if (prefix == 0 || total > tail_.room() || line_ || !backlog_.empty() || waiting > most || waiting > cap_)
            [[unlikely]]
            return nullptr;
        return append_begun(codec, prefix, size);
    }

    /// The most that is offered frames fly in one write. Few enough that what waits behind can still be dropped when it
    /// is stale, enough to be worth a system call.
    static constexpr std::size_t batch = 64 * 1024;
    /// A frame as long as this that is offered is shared; a shorter one is copied. Each that is shared costs a
    /// write of its own, some 2 us, in which 16 KiB are copied twice; and of those that are copied no more than a
    /// batch waits for one peer.
    static constexpr std::size_t shared_from = 16 * 1024;

    /// Takes a frame that may be dropped, or does with it, and with those that wait, what `policy` says. Unless it may
    /// grow, it has no more room than the pushes have that wait. Throws std::bad_alloc.
    backlog::placed offer(shared_frame frame, const label& as, slow_consumer policy, bool may_grow = true) {
        const std::size_t size = frame->size();
        if (!may_grow) return backlog_.put(std::move(frame), as, policy, backlog_.bytes());
        // Half of a small cap is left for those that may still be dropped.
        if (backlog_.empty() && size <= cap_ && (empty() || queued() + size <= std::min(batch, cap_ / 2))) {
            append(frame);
            return backlog::placed::kept;
        }
        const std::size_t answers = ahead() + tail_.size();
        return backlog_.put(std::move(frame), as, policy, cap_ - std::min(cap_, answers));
    }
    /// What became of the frames offered.
    [[nodiscard]] push_counts offered() const noexcept { return backlog_.counts(); }
    /// Somebody waits with an offer that found no room; none came in time. Throw std::bad_alloc.
    void note_waited() { backlog_.note_waited(); }
    void note_timed_out() { backlog_.note_timed_out(); }

    /// The bytes to write next, as far as they lie together: of the write in flight, or else of what waits, but of the
    /// backlog only one batch. Empty if nothing waits. Valid until something else is called. Throws std::bad_alloc if
    /// there is a backlog, and has then lost nothing.
    [[nodiscard]] bytes flying() {
        if (flying_ == 0) {
            if (!backlog_.empty()) take_from_backlog();
            flying_ = ahead() + tail_.size();
            flying_until_ = static_cast<std::uint32_t>(frames_);
        }
        const bytes next = ahead() > 0 ? line_->front() : tail_.view();
        return next.first(std::min(next.size(), flying_));
    }

    /// The first `count` bytes of flying() have been written.
    void written(std::size_t count) noexcept {
        if (ahead() > 0) line_->consume(count);
        else tail_.consume(count);
        flying_ -= count;
        written_ += count;
        under_way_ = flying_ > 0;
        if (!under_way_) written_frames_ = flying_until_;
    }

    /// Whether a write has been begun and is not done: a frame may be half out.
    [[nodiscard]] bool is_under_way() const noexcept { return under_way_; }

    /// Forgets everything: the connection is lost. The frames still count as unwritten.
    void clear() noexcept {
        written_frames_ -= static_cast<std::uint32_t>(backlog_.size());
        flying_ = 0;
        line_.reset();
        tail_.clear();
        backlog_.clear();
        under_way_ = false;
    }

    [[nodiscard]] std::size_t queued() const noexcept { return ahead() + tail_.size() + backlog_.bytes(); }
    /// Frames taken of which at least a part has not been written; a write in flight counts whole.
    [[nodiscard]] std::size_t unwritten() const noexcept {
        return static_cast<std::uint32_t>(frames_) - written_frames_ + backlog_.size();
    }
    /// The memory that it holds for this peer alone; and the bytes of frames that others may hold too.
    [[nodiscard]] std::size_t capacity() const noexcept {
        return tail_.capacity() + (line_ || !backlog_.empty() ? memory_of_others() : 0);   // asked for each frame
    }
    [[nodiscard]] std::size_t shared() const noexcept { return (line_ ? line_->shared() : 0) + backlog_.shared(); }
    [[nodiscard]] bool empty() const noexcept { return queued() == 0; }
    [[nodiscard]] bool has_room(std::size_t size) const noexcept { return size <= cap_ - std::min(cap_, queued()); }
    [[nodiscard]] std::size_t cap() const noexcept { return cap_; }
    /// Whole frames taken.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    /// Bytes written.
    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

    // A lent block: an outbox with nothing in it need not hold one, and what waits for long goes
    // into memory of its own size.

    [[nodiscard]] bool has_block() const noexcept { return tail_.capacity() > 0; }
    /// Collects frames in `block` from now on. The block must be empty, and so must be whatever block there is.
    void adopt(byte_buffer&& block) noexcept { tail_ = std::move(block); }
    /// Holds no memory any more, and gives its block away: to be moved from at once. The outbox must be empty.
    [[nodiscard]] byte_buffer&& release() noexcept {
        line_.reset();
        return std::move(tail_);
    }
    /// What waits will wait for long: keeps it in memory of its own size. The block that is no
    /// longer needed, or an empty one.
    [[nodiscard]] byte_buffer fit() noexcept {
        if (line_) line_->fit();
        return frame::fit(tail_);
    }

private:
    // No part of a frame stays behind when the codec throws.
    template <codec Codec>
    error_code encode(const Codec& codec, bytes body) {
        const std::size_t before = tail_.size();
        try {
            const error_code refused = codec.encode(body, tail_);
            if (refused) tail_.truncate(before);   // it should have left nothing; a user's may be wrong
            return refused;
        } catch (...) {
            tail_.truncate(before);
            throw;
        }
    }

    // For what a codec adds that has to see the body. If that is more, the tail grows once more than it should.
    static constexpr std::size_t header_room = 16;

    [[nodiscard]] std::size_t ahead() const noexcept { return line_ ? line_->size() : 0; }
    // There is room for it.
    template <prefixing_codec Codec>
    [[nodiscard]] std::byte* append_begun(const Codec& codec, std::size_t prefix, std::size_t size) {
        std::byte* const frame = tail_.prepare(prefix + size).data();
        tail_.commit(prefix + size);
        ++frames_;
        return codec.write_prefix(size, frame);
    }
    void widen_tail(std::size_t size);
    void close_tail();
    [[nodiscard]] std::size_t memory_of_others() const noexcept;
    void append(const shared_frame& frame);
    void take_from_backlog();

    std::size_t cap_;
    byte_buffer tail_;                 // behind all others
    std::unique_ptr<segments> line_;   // those before it: made when more waits than the tail holds
    std::size_t flying_ = 0;           // bytes of the write that is in flight
    backlog backlog_;
    std::uint64_t frames_ = 0;
    std::uint64_t written_ = 0;
    // Of frames_, to 2^32: those that are out when the write in flight is, and those that are.
    std::uint32_t flying_until_ = 0;
    std::uint32_t written_frames_ = 0;
    bool under_way_ = false;
};

}   // namespace hawser::frame
