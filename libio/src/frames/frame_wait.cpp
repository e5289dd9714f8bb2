// How somebody waits to read: what is waited for, who is told when it has come, and whether that is enough for who
// waits. What is read then, and within what limits, is in frame_stream_reading.cpp.
#include <hawser/io/frame_wait.hpp>

#include <hawser/io/frame_stream.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <exception>
#include <new>
#include <type_traits>
#include <utility>

namespace hawser::inline v0::io {

error_code frame_wait::filled() const noexcept { return of_->filled(); }

bool frame_wait::begin() { return of_->begin(*this); }

// Whether somebody has to wait.
bool frame_stream::begin(frame_wait& who) {
    if (waits_ != nullptr) {
        if (who.until_ != frame_wait::until::turn) {
            fail(errc::concurrent_read);
            return false;
        }
        frame_wait* last = waits_;   // at the end of it all: that wait is over soon
        while (last->behind_ != nullptr) last = last->behind_;
        last->behind_ = &who;
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
        if (waits && begin_wait(who)) return true;
        if (who.until_ != frame_wait::until::frame || filled()) return false;
        if (static_cast<frame_read_wait&>(who).take() || failure_) return false;
        waits = begin_fill();
    }
}

// Called when what somebody waits for has come; destroyed before that, nothing will come any more.
class frame_stream::reading_on {
public:
    explicit reading_on(frame_wait& who) noexcept : who_(&who) {}
    reading_on(reading_on&& other) noexcept : who_(std::exchange(other.who_, nullptr)) {}
    reading_on(const reading_on&) = delete;
    reading_on& operator=(const reading_on&) = delete;
    ~reading_on() {
        if (who_ != nullptr) who_->abandon();
    }
    void operator()(const error_code& failed = {}) {
        frame_wait& who = *std::exchange(who_, nullptr);
        if (who.of_ != nullptr) who.of_->end_wait(failed);
        else who.abandon();
    }
    // After what takes a coroutine: a pause for want of memory, and a carrier without a socket.
    void operator()(const std::exception_ptr& no_memory, const error_code& failed = {}) {
        (*this)(no_memory ? error_code(asio::error::no_memory) : failed);
    }

    // Not bound from outside: what is bound costs Asio another object around it for each post.
    using allocator_type = std::remove_cvref_t<decltype(std::declval<chain&>().memory())>::allocator_type;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return who_->who_->memory().get_allocator(); }

private:
    frame_wait* who_;
};

// False: there is no memory for it.
bool frame_stream::begin_wait(frame_wait& who) noexcept try {
    if (awaits_ == awaits::turn) asio::post(get_executor(), reading_on(who));
    else if (awaits_ == awaits::bytes) stream_.when_readable(looks_.is_due(), reading_on(who));
    else spawn(get_executor(), wait_for_memory(), reading_on(who));
    waits_ = &who;
    return true;
} catch (const std::bad_alloc&) {
    return no_memory();
}

// Out of line: g++ 12 takes what it inlines of this for a use of what was freed.
[[gnu::noinline, gnu::cold]] void frame_wait::abandon() noexcept {
    if (of_ != nullptr && of_->waits_ != this) return;   // it did not come to a wait
    frame_wait* const second = behind_;
    if (of_ != nullptr) of_->waits_ = second;
    who_->abandon();   // may destroy this
    if (second != nullptr) second->abandon();
}

// Whoever waits goes on, or its wait does.
void frame_stream::end_wait(const error_code& failed) {
    frame_wait& who = *std::exchange(waits_, nullptr);
    in_line_ = false;
    const error_code woken = stream_.end_wait(failed);   // also if what was waited for has been given up since
    if (reads_on(who, go_on(awaits_ == awaits::bytes ? woken : failed))) return;
    if (who.behind_ != nullptr) {
        awaits_ = awaits::turn;
        static_cast<void>(begin_wait(*who.behind_));
    }
    who.who_->resume();   // may destroy this
}

}   // namespace hawser::io
