// frame_stream: its life. Reading is in frame_stream_reading.cpp, writing in frame_stream_writing.cpp, what it holds in
// frame_stream_memory.cpp.
#include <hawser/io/frame_stream.hpp>

#include <hawser/io/next_turn.hpp>

#include "flusher.hpp"
#include "frame_stream_extras.hpp"
#include "time_limit.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

namespace hawser::inline v0::io {

namespace {

// How often to look whether the peer has received everything: the kernel does not tell.
constexpr duration arrival_look_interval = std::chrono::milliseconds(20);

}   // namespace

std::shared_ptr<const frame_limits> shared_limits(frame_limits limits, std::size_t max_frame) {
    limits.outbound_cap = std::min(std::max(limits.outbound_cap,
                                            std::min(max_frame, byte_buffer::most) + frame::backlog::entry_cost),
                                   byte_buffer::most);
    limits.turn_frames = std::clamp<std::size_t>(limits.turn_frames, 1, std::numeric_limits<std::uint16_t>::max());
    limits.turn_bytes = std::max<std::size_t>(limits.turn_bytes, 1);
    return std::make_shared<const frame_limits>(limits);
}

frame_stream::frame_stream(transport over, frame::any_codec incoming, frame::any_codec outgoing, frame_limits limits)
    : frame_stream(std::move(over), incoming, outgoing, shared_limits(limits, outgoing.max_frame())) {}

frame_stream::frame_stream(transport over, frame::any_codec incoming, frame::any_codec outgoing,
                           std::shared_ptr<const frame_limits> limits)
    : stream_(std::move(over)),
      flusher_(flusher::of(stream_.get_executor())),
      limits_(std::move(limits)),
      out_(std::move(outgoing), limits_->outbound_cap),
      in_(std::move(incoming), stream_.opened_at(), *limits_) {}

void frame_stream::go_on_with(frame::any_codec incoming, frame::any_codec outgoing,
                              std::shared_ptr<const frame_limits> limits) noexcept {
    limits_ = std::move(limits);
    in_.go_on_with(std::move(incoming));
    out_.go_on_with(std::move(outgoing), limits_->outbound_cap);
}

frame_stream::~frame_stream() {
    for (frame_wait* who = waits_; who != nullptr; who = who->behind_) who->of_ = nullptr;
    if (out().capacity() > 0 || in().capacity() > 0) {   // not after finish(): this may be another thread then
        out_.clear(flusher_.pool());
        in_.discard(flusher_.pool());
    }
    release_memory();
}

// Not again after finish(): this may be another thread then.
void frame_stream::release_memory() noexcept {
    if (memory_.bytes() > 0) memory_.become(flusher_.memory(), 0);
    if (extras_) extras_->held_elsewhere = 0;
}

frame_stream::extras& frame_stream::more() {
    if (!extras_) extras_ = std::make_unique<extras>(get_executor());
    return *extras_;
}

void frame_stream::on_failure(callback tell) { more().tell = tell; }

// The end.

void frame_stream::fail(error_code why) noexcept {
    // The peer's end is no failure yet: what keeps its answers from it is, but not our own close.
    const bool only_ended = failure_ == condition::ended && why != condition::stopped && !stream_.is_closed();
    if (!failure_ || only_ended) failure_ = why;
    if (!out_.is_waiting()) static_cast<void>(write_now());
    out_.close();
    stream_.close();
    forget_outbox();
    wake_all_waiting();
    if (extras_ && extras_->tell) std::exchange(extras_->tell, {})();
}

void frame_stream::forget_outbox() noexcept {
    out_.clear(flusher_.pool());
    account();
}

task<void> frame_stream::finish(duration linger) {
    try {
        co_await say_farewell(linger);
    } catch (const std::bad_alloc&) {
        fail(asio::error::no_memory);
    }
    // Neither the writer nor who waits for room may outlive this object, so this wait is not given up. Whoever has
    // no memory to wait lets others run, those among them, and looks again: what that needs is in this coroutine.
    operation_memory posted;
    while (!abandon()) {
        try {
            co_await extras_->running.join();
        } catch (const std::bad_alloc&) {   // the writer is awake, and ends as soon as it has its turn
        }
        if (extras_->running.running() > 0 || has_senders()) co_await next_turn(get_executor(), posted);
    }
}

bool frame_stream::abandon() noexcept {
    fail(errc::closed);
    flush_hook_.unlink();
    discard_input();
    if (extras_ && (extras_->running.running() > 0 || has_senders())) return false;
    return_write_buffers();
    release_memory();   // what is left goes down with this object
    return true;
}

void frame_stream::discard_input() noexcept {
    awaits_ = awaits::turn;
    in_.discard(flusher_.pool());
    account();
}

// What the peer brought about needs memory that there is not.
bool frame_stream::no_memory() noexcept {
    fail(asio::error::no_memory);
    filling_ = filling::done;
    return false;
}

task<void> frame_stream::say_farewell(duration linger) {
    out_.close();                          // from here on it only gets less
    static_cast<void>(co_await flush());   // if it fails there is nothing more to do for the peer
    if (stream_.is_closed()) co_return;
    stream_.close_write();
    if (!failure_ && out_.is() != outbound::state::torn && out().empty()) co_await see_off(linger);
}

// A socket closed with unread input sends a reset, which destroys what has not reached the peer. So what it still sends
// is read off until it closes too, or until all of ours, the end included, has arrived and `linger` has passed, or
// hardly anything of it moves any more.
task<void> frame_stream::see_off(duration linger) {
    static thread_local std::array<std::byte, 16 * 1024> sink;   // nobody looks at what is in it
    operation_memory posted;
    std::size_t unsent = stream_.unconfirmed();
    const auto patience = [&](std::size_t left) {
        return left > 0 ? limit(clock::now(), limits_->write_stall_timeout) : after(clock::now(), linger);
    };
    time_point give_up = patience(unsent);
    for (time_point now = clock::now(); now < give_up; now = clock::now()) {
        stream_.set_read_deadline(std::min(give_up, after(now, arrival_look_interval)));
        const result<std::size_t> count = co_await stream_.read_some(sink);
        if (!count && count.error() != errc::read_timeout) co_return;
        if (count) co_await next_turn(get_executor(), posted);   // it may send without end, and others wait
        const std::size_t left = stream_.unconfirmed();
        if (left + limits_->write_progress <= unsent || (left == 0 && unsent > 0)) {
            give_up = patience(left);
            unsent = left;
        }
    }
}

}   // namespace hawser::io
