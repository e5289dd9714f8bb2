// outbound: what goes to one peer: the frames that wait to be written, the block that they are made in, and how
// far the peer must get on.
//
//   if (std::byte* body = out.begin_first(size, pool, false)) ...          // a frame is taken
//   const error_code error = out.write([&](bytes waits) { return ...; });  // until all is written, or would_block
//   out.release(pool);                                                     // nothing waits: it holds nothing
//
// It knows no socket and no clock: what is lent, how short memory is, and who takes the bytes are arguments. Who
// writes, and who waits for room, is frame_stream.
#pragma once

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/outbox.hpp>
#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/clock.hpp>
#include <hawser/io/memory_budget.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

class outbound {
public:
    /// Whether something can follow what there is: what is pushed; nothing, as it was closed; nothing, as a
    /// frame is half out for ever.
    enum class state : unsigned char { open, closed, torn };

    /// At most `cap` bytes wait.
    outbound(frame::any_codec format, std::size_t cap) noexcept : format_(std::move(format)), outbox_(cap) {}

    [[nodiscard]] const frame::outbox& outbox() const noexcept { return outbox_; }
    [[nodiscard]] state is() const noexcept { return is_; }
    [[nodiscard]] bool takes() const noexcept { return is_ == state::open; }   ///< what is pushed

    /// From now on; what waits is as it is.
    void go_on_with(frame::any_codec format, std::size_t cap) noexcept {
        format_ = std::move(format);
        outbox_.set_cap(cap);
    }

    // Taking frames; not before takes() was asked. Throw std::bad_alloc, and then nothing is taken.

    /// Takes the frame of a body whose `size` bytes are then written where this says, at once: behind what waits
    /// in a lent block, and only while all of it is within the allowance. Null, and nothing taken, if that is
    /// not so: begin_first() knows.
    [[nodiscard]] std::byte* begin_next(std::size_t size) {
        return is_lent_ ? outbox_.begin_frame_in_place(format_, size, memory_account::allowance) : nullptr;
    }
    /// The same, in a block that is borrowed for it, or in new memory. Null, and nothing taken, if push() is needed.
    [[nodiscard]] std::byte* begin_first(std::size_t size, buffer_pool& pool, bool is_short);
    /// Takes the frame of `body`; `outbox_full` if there is no room now.
    [[nodiscard]] error_code push(bytes body, buffer_pool& pool, pressure level);
    /// Takes a frame that may be dropped, or does with it what `policy` says.
    [[nodiscard]] frame::backlog::placed offer(const frame::shared_frame& frame, const frame::label& as,
                                               frame::slow_consumer policy, buffer_pool& pool, pressure level);
    /// What fits the allowance grows nothing. Whoever has more waiting is told when it leaves; one
    /// answer can always be taken.
    [[nodiscard]] bool must_not_grow(pressure level) const noexcept {
        return outbox_.queued() > memory_account::allowance && level >= pressure::stop_growing;
    }
    /// Somebody waits with an offer that found no room; none came in time. Throw std::bad_alloc.
    void note_waited() { outbox_.note_waited(); }
    void note_timed_out() { outbox_.note_timed_out(); }

    // Writing.

    /// Gives what waits to `take` until nothing is left, or that says why not: asio::error::would_block if the kernel
    /// is full. `take` has a result<std::size_t>, of the bytes it took. No memory is a failed write like any other.
    template <std::invocable<bytes> Take>
    [[nodiscard]] error_code write(Take&& take) noexcept try {
        for (bytes flying = outbox_.flying(); !flying.empty(); flying = outbox_.flying()) {
            const result<std::size_t> count = take(flying);
            if (!count) return count.error();
            if (*count == 0) return asio::error::would_block;   // or this would never end
            outbox_.written(*count);
        }
        return {};
    } catch (const std::bad_alloc&) {
        return asio::error::no_memory;
    }
    void release(buffer_pool& pool) noexcept;   ///< the memory, if nothing waits
    /// The kernel takes no more: a slow peer may leave it at that for long.
    void give_up_block(buffer_pool& pool) noexcept;
    // While somebody waits until the kernel takes more: what is pushed meanwhile goes into memory of its own.
    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }
    void begin_wait() noexcept { is_waiting_ = true; }
    void end_wait() noexcept { is_waiting_ = false; }

    // Its end.

    void close() noexcept;   ///< nothing more is taken; what waits may still be written
    void tear() noexcept { is_ = state::torn; }
    void clear(buffer_pool& pool) noexcept;   ///< forgets what waits, which still counts as unwritten

private:
    void borrow(std::size_t size, buffer_pool& pool, bool is_short);

    frame::any_codec format_;
    [[no_unique_address]] frame::outbox outbox_;
    state is_ = state::open;
    bool is_lent_ = false;   // its block
    bool is_waiting_ = false;
};

// On the way of each request, so these are here.

// What will leave soon is made in a lent block. What waits for the kernel is in memory of its own,
// as is what no block holds.
inline void outbound::borrow(std::size_t size, buffer_pool& pool, bool is_short) {
    if (outbox_.has_block() || is_waiting_ || is_lent_ || size >= buffer_pool::large) return;
    outbox_.adopt(pool.lend(is_short));
    is_lent_ = true;
}

inline std::byte* outbound::begin_first(std::size_t size, buffer_pool& pool, bool is_short) {
    borrow(size, pool, is_short);
    std::byte* const body = outbox_.begin_frame(format_, size);
    if (body == nullptr) release(pool);   // borrowed for nothing, perhaps
    return body;
}

inline void outbound::release(buffer_pool& pool) noexcept {
    if (!outbox_.empty() || (!is_lent_ && outbox_.capacity() == 0)) return;
    if (std::exchange(is_lent_, false)) pool.give_back(outbox_.release());
    else static_cast<void>(byte_buffer(outbox_.release()));
}

/// What a peer takes of what waits for it, from one instant to the next. Not what our kernel took: that may all still
/// lie in its buffer, and a peer that reads slowly may make it take nothing for long.
class progress_window {
public:
    /// `written` bytes in all until now, of which `unsent` have not reached the peer.
    void begin(std::uint64_t written, std::size_t unsent, time_point ends) noexcept {
        written_ = written;
        unsent_ = unsent;
        ends_ = ends;
    }
    [[nodiscard]] time_point ends() const noexcept { return ends_; }
    /// What has reached it since then.
    [[nodiscard]] std::size_t taken(std::uint64_t written, std::size_t unsent) const noexcept {
        const std::size_t had = unsent_ + (written - written_);
        return had - (unsent < had ? unsent : had);
    }

private:
    std::uint64_t written_ = 0;
    std::size_t unsent_ = 0;
    time_point ends_ = time_point::max();
};

}   // namespace hawser::io
