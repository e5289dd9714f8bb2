// reader: bytes in, frames out. It knows no socket: somebody asks it for space, fills it, and takes the frames.
//
//   frame::reader reader(codec);
//   for (auto answer = reader.next();; answer = reader.next()) {
//       if (answer.is_frame()) { use(answer.body()); continue; }
//       if (answer.what() == decoded::kind::need_more) reader.commit(read(fd, reader.space(fill::greedy)));
//   }
//
// Invariant: it grows as bytes arrive, at most to twice what has arrived (and at least by one page), never to what a
// header claims, and not beyond what the frame needs if the codec knows that.
// After end(), a stream that stops between frames gives `end_of_stream`, inside one `truncated`. A failure is final.
#pragma once

#include <hawser/frame/codec.hpp>
#include <hawser/frame/fill.hpp>

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <utility>

namespace hawser::inline v0::frame {

template <codec Codec>
class reader {
public:
    /// The first step of growth, when there is no lent buffer: a page.
    static constexpr std::size_t first_growth = 4096;

    explicit reader(Codec codec) : codec_(std::move(codec)) {}

    /// The next frame, or why there is none yet. A frame is taken out by this call; its body is a view, valid until
    /// the next call that is not const. A skip is reported once, when it begins, and done; corrupt bytes on end are one
    /// skip, however many answers of the codec they take.
    decoded next() noexcept {
        if (bytes body; take_measured(body)) return decoded::frame(body, last_frame_.size());
        return next_not_measured();
    }
    /// The same for a frame at the front that the codec can measure, with nothing wrong before it: nearly always. Sets
    /// `body`; or false, and nothing is done. Inline also at -O2, or each frame would save registers for it.
    [[nodiscard, gnu::always_inline]] bool take_measured(bytes& body) noexcept {
        if constexpr (measuring_codec<Codec>) {
            if (!in_order_) [[unlikely]]
                return false;
            const extent found = codec_.measure(buffer_.view());
            if (found.total == 0) [[unlikely]]
                return false;
            assert(found.strip <= found.total && found.total <= buffer_.size() && scanned_ == 0);
            body = taken(found.strip, found.total - found.strip, found.total);
            return true;
        }
        return false;
    }

    /// Room for the next bytes, never empty: exactly what is missing, or all there is. Throws std::bad_alloc.
    [[nodiscard]] mutable_bytes space(fill policy, growth by = growth::doubling) {
        const std::size_t missing = needed_until_ > arrived_ ? static_cast<std::size_t>(needed_until_ - arrived_) : 1;
        const std::size_t free = buffer_.capacity() - buffer_.size();
        // Room that is there is filled before more is made, so that growth follows what arrives.
        const std::size_t wanted = std::min(missing, free > 0 ? free : step(by));
        const mutable_bytes room = buffer_.prepare_exactly(free > 0 ? wanted : more_room(wanted));
        return policy == fill::exact ? room.first(wanted) : room;
    }

    /// `count` bytes of that room were filled.
    void commit(std::size_t count) noexcept {
        buffer_.commit(count);
        arrived_ += count;
    }

    /// Nothing follows.
    void end() noexcept { ended_ = true; }
    /// What was not taken yet, and what follows, is cut by this codec. Behind a frame.
    void go_on_with(Codec codec) noexcept { codec_ = std::move(codec), scanned_ = 0, needed_until_ = 0; }

    /// The offset in the stream of the first byte that was not taken: of what is skipped until all of it has come, and
    /// after a failure of the frame that failed.
    [[nodiscard]] std::uint64_t position() const noexcept { return arrived_ - buffer_.size() - skipped_; }
    /// The last frame that was taken, as it came, its header included (but a body that the codec unwraps is unwrapped
    /// in there): a view, valid as long as its body.
    [[nodiscard]] bytes last_frame() const noexcept { return last_frame_; }
    /// Whole frames taken.
    [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
    /// Stretches of the stream that were no frames and were dropped.
    [[nodiscard]] std::uint64_t skips() const noexcept { return skips_; }
    /// Why there is no frame any more; none while there may be.
    [[nodiscard]] errc failure() const noexcept { return failure_; }
    /// Whether something has begun that is not whole: a frame, or one that is being skipped.
    [[nodiscard]] bool is_inside() const noexcept { return !buffer_.empty() || to_skip_ > 0; }
    /// Whether all that came was taken and more may come: what the next step needs is known to the codec
    /// alone, and asked for by next().
    [[nodiscard]] bool is_drained() const noexcept {
        return buffer_.empty() && to_skip_ == 0 && !ended_ && failure_ == errc{};
    }
    /// Waits no longer for the rest of what has begun. If the codec can find a good frame in what has come of it, what
    /// is before that is dropped as corrupt; false if there is none.
    [[nodiscard]] bool give_up() noexcept {
        if (buffer_.empty() || to_skip_ > 0 || failure_ != errc{}) return false;
        const decoded answer = ask({buffer_.view(), 0, true, position()});
        if (answer.what() != decoded::kind::skip) return false;
        noted(answer);
        scanned_ = 0;
        if (!std::exchange(corrupt_, true)) ++skips_;
        return true;
    }
    /// The bytes received and not taken yet: the beginning of a frame, or of the garbage that failed.
    [[nodiscard]] bytes unread() const noexcept { return buffer_.view(); }
    /// Whole frames at the front of them. Looks at each: for the end of a connection, not for every read.
    [[nodiscard]] std::size_t whole() const noexcept {
        if (to_skip_ > 0 || failure_ != errc{}) return 0;
        std::size_t count = 0;
        for (bytes rest = buffer_.view(); !rest.empty(); ++count) {
            const decoded answer = codec_.decode(window{rest, 0, ended_});
            if (!answer.is_frame()) break;
            rest = rest.subspan(answer.used());
        }
        return count;
    }
    [[nodiscard]] const Codec& codec() const noexcept { return codec_; }

    // A lent buffer: an idle connection need not hold one.

    [[nodiscard]] bool has_buffer() const noexcept { return buffer_.capacity() > 0; }
    /// Bytes of memory that it holds.
    [[nodiscard]] std::size_t capacity() const noexcept { return buffer_.capacity(); }
    /// Works in `block` from now on; what is unread moves to its front. The block must be empty.
    void adopt(byte_buffer&& block) {
        assert(block.empty());
        if (!buffer_.empty()) block.append(buffer_.view());
        buffer_ = std::move(block);
    }
    /// Gives the buffer away and keeps only what is unread, in memory of just that size.
    [[nodiscard]] byte_buffer release() {
        byte_buffer tail;
        if (!buffer_.empty()) {
            tail = byte_buffer(buffer_.size());
            tail.append(buffer_.view());
        }
        byte_buffer block = std::exchange(buffer_, std::move(tail));
        block.clear();
        return block;
    }
    /// The same, with what is unread: to be moved from at once.
    [[nodiscard]] byte_buffer&& discard() noexcept {
        arrived_ -= buffer_.size();
        return std::move(buffer_);
    }

private:
    // What it grows by at most.
    [[nodiscard]] std::size_t step(growth by) const noexcept {
        return std::max(first_growth, by == growth::doubling ? buffer_.size() : buffer_.size() / 4);
    }

    // Not less than a page. Few bytes that are missing may be all, or only what the codec can say now: it looks for an
    // end that it does not know. Then a share of what there is, or a long frame would be copied once a page.
    [[nodiscard]] std::size_t more_room(std::size_t wanted) const noexcept {
        return wanted < first_growth ? step(growth::sparing) : wanted;
    }

    // What the codec says of what is at the front now.
    decoded look() noexcept {
        if (failure_ != errc{}) return decoded::failed(failure_);
        if (to_skip_ > 0 && !drop_skipped()) return starved();
        if (buffer_.empty() && ended_) return starved();
        const decoded answer = ask({buffer_.view(), std::exchange(scanned_, 0), ended_, position()});
        noted(answer);
        return answer;
    }

    // What is no whole frame, or where there was trouble before it, or the codec measures nothing.
    [[gnu::noinline]] decoded next_not_measured() noexcept {
        for (;;) {
            const decoded answer = look();
            if (answer.is_frame()) {
                corrupt_ = false;
                in_order_ = true;
                const auto strip = static_cast<std::size_t>(answer.body().data() - buffer_.view().data());
                return decoded::frame(taken(strip, answer.body().size(), answer.used()), answer.used());
            }
            if (answer.what() == decoded::kind::need_more) return answer;
            const bool inside_skip = std::exchange(corrupt_, answer.what() == decoded::kind::skip &&
                                                                 answer.error() == errc::corrupt);
            if (answer.what() == decoded::kind::failed) return answer;
            if (corrupt_ && inside_skip) continue;
            ++skips_;
            return answer;
        }
    }

    // What is kept of an answer that is no frame.
    void noted(const decoded& answer) noexcept {
        switch (answer.what()) {
            case decoded::kind::frame: break;
            case decoded::kind::need_more:
                assert(answer.total() > buffer_.size() && !ended_);
                need(position(), answer.total());
                scanned_ = answer.scanned();
                break;
            case decoded::kind::skip:
                to_skip_ = answer.used();
                needed_until_ = 0;
                in_order_ = false;
                break;
            case decoded::kind::failed: fails(answer.error()); break;
        }
    }

    void fails(errc why) noexcept {
        failure_ = why;
        in_order_ = false;
    }

    decoded ask(const window& seen) noexcept {
        if constexpr (remembering_codec<Codec>) return codec_.decode(seen, memory_);
        else return codec_.decode(seen);
    }

    // The frame at the front, which is taken out; its body is `size` bytes behind the first `strip`.
    bytes taken(std::size_t strip, std::size_t size, std::size_t total) noexcept {
        std::byte* const front = buffer_.edit().data();
        mutable_bytes body(front + strip, size);
        if constexpr (wrapping_codec<Codec>) body = codec_.unwrap(body);
        last_frame_ = {front, total};
        buffer_.consume(total);
        ++frames_;
        return body;
    }

    // Drops what was to be skipped; false while some of it has not arrived.
    bool drop_skipped() noexcept {
        const std::size_t here = std::min(to_skip_, buffer_.size());
        buffer_.consume(here);
        skipped_ += here;
        to_skip_ -= here;
        if (to_skip_ > 0) return false;
        skipped_ = 0;
        return true;
    }

    // A peer may claim any length.
    void need(std::uint64_t from, std::size_t count) noexcept {
        needed_until_ = from + std::min<std::uint64_t>(count, std::numeric_limits<std::uint64_t>::max() - from);
    }

    decoded starved() noexcept {
        if (!ended_) {
            const std::size_t needed = std::max<std::size_t>(to_skip_, 1);
            need(arrived_, needed);
            return decoded::need_more(needed);
        }
        fails(to_skip_ > 0 ? errc::truncated : errc::end_of_stream);
        return decoded::failed(failure_);
    }

    // More than twelve, as all of it is one place in one stream; in this order they leave no gaps.
    Codec codec_;
    [[no_unique_address]] typename memory_of<Codec>::type memory_;
    byte_buffer buffer_;
    bytes last_frame_;
    std::size_t scanned_ = 0;
    std::uint64_t arrived_ = 0;        // bytes, so far; a frame that is taken changes neither this
    std::uint64_t needed_until_ = 0;   // nor how many must have, for the next step, if that needs more than one more
    std::size_t to_skip_ = 0;          // what is left of a skip
    std::size_t skipped_ = 0;          // what of it is gone
    std::uint64_t frames_ = 0;
    std::uint64_t skips_ = 0;
    errc failure_{};         // none
    bool in_order_ = true;   // it has not failed, and what was before is a frame: nearly always
    bool corrupt_ = false;   // the skip before was for corrupt bytes
    bool ended_ = false;
};

}   // namespace hawser::frame
