// How somebody waits to read: what is waited for, who is told when it has come, and whether that is enough for who waits. What is read then, and
// within what limits, is in frame_stream_reading.cpp.
#include <hawser/io/frame_wait.hpp>

#include <hawser/io/frame_stream.hpp>

#include "frame_stream_extras.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <new>
#include <optional>
#include <utility>

namespace hawser::io {

result<bytes> frame_wait::no_frame() const noexcept { return of_->filled(); }

error_code frame_wait::filled() const noexcept { return of_->filled(); }

bool frame_wait::begin() { return of_->begin(*this); }

// Whether somebody has to wait.
bool frame_stream::begin(frame_wait& who) {
    if (waits_ != nullptr) {
        if (who.until_ != frame_wait::until::turn) {
            fail(errc::concurrent_read);
            return false;
        }
        waits_->behind_ = &who;   // at the end of it all: that wait is over soon
        return true;
    }
    if (who.until_ == frame_wait::until::turn) {
        awaits_ = awaits::turn;
        filling_ = filling::waits;
        return reads_on(who, true);
    }
    if (!failure_ || who.until_ == frame_wait::until::bytes) return reads_on(who, begin_fill());
    filling_ = filling::done;
    return false;
}

// Until there is something that has to be waited for, or there is enough.
bool frame_stream::reads_on(frame_wait& who, bool waits) {
    for (;;) {
        while (waits) {
            const std::optional<error_code> over = begin_wait();
            if (!over) {
                waits_ = &who;
                return true;
            }
            waits = go_on(*over);
        }
        if (who.until_ != frame_wait::until::frame || filled()) return false;
        const std::optional<bytes> arrived = next();
        who.is_there_ = arrived.has_value();
        if (arrived) who.body_ = *arrived;
        if (arrived || failure_) return false;
        waits = begin_fill();
    }
}

// Called when what is waited for has come; destroyed before that, nothing will come any more.
class frame_stream::reading_on {
public:
    explicit reading_on(frame_stream& of) noexcept : of_(&of) {}
    reading_on(reading_on&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    reading_on(const reading_on&) = delete;
    reading_on& operator=(const reading_on&) = delete;
    ~reading_on() {
        if (of_ != nullptr) of_->abandon_wait();
    }
    void operator()(const error_code& failed = {}) { std::exchange(of_, nullptr)->end_wait(failed); }

    // Not bound from outside: what is bound costs Asio another object around it for each post.
    using allocator_type = decltype(wait_memory_)::allocator_type;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return of_->wait_memory_.get_allocator(); }

private:
    frame_stream* of_;
};

// What it has come to, if it is over already.
std::optional<error_code> frame_stream::begin_wait() noexcept try {
    if (awaits_ == awaits::turn) asio::post(get_executor(), reading_on(*this));
    else if (awaits_ == awaits::bytes && stream_.is_socket()) stream_.when_readable(looks_.is_due(), reading_on(*this));
    else return more().slow_wait.begins(wait_slowly());
    return std::nullopt;
} catch (const std::bad_alloc&) {
    return error_code(asio::error::no_memory);
}

// What takes coroutines: a pause for want of memory, and a transport in memory.
task<error_code> frame_stream::wait_slowly() {
    error_code failed;
    if (awaits_ == awaits::bytes) failed = co_await stream_.wait_readable();
    else co_await wait_for_memory();
    co_return failed;
}

std::optional<error_code> frame_stream::slow_wait::begins(task<error_code> wait) {
    came_.reset();
    is_beginning_ = true;
    start(std::move(wait));
    is_beginning_ = false;
    return came_;
}

void frame_stream::slow_wait::completed() {
    error_code came;
    try {
        came = take();
    } catch (const std::bad_alloc&) {
        came = asio::error::no_memory;
    }
    if (is_beginning_) came_ = came;
    else of_.end_wait(came);
}

void frame_stream::slow_wait::abandon() noexcept {
    destroy_frames();
    of_.abandon_wait();
}

// Out of line: g++ 12 takes what it inlines of this for a use of what was freed.
void frame_stream::abandon_wait() noexcept {
    if (waits_ == nullptr) return;   // it did not come to a wait
    const frame_wait& first = *std::exchange(waits_, nullptr);
    const frame_wait* const second = first.behind_;
    first.who_->abandon();   // may destroy this
    if (second != nullptr) second->who_->abandon();
}

// Whoever waits goes on, or its wait does.
void frame_stream::end_wait(const error_code& failed) {
    frame_wait& who = *std::exchange(waits_, nullptr);
    in_line_ = false;
    const bool told_by_socket = awaits_ == awaits::bytes && stream_.is_socket();
    if (reads_on(who, go_on(told_by_socket ? stream_.end_wait(failed) : failed))) return;
    const frame_wait* const second = who.behind_;
    who.who_->resume();   // may destroy this
    if (second != nullptr) second->who_->resume();
}

}  // namespace hawser::io
