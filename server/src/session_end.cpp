// The end of a session: how it is drained, why it ends, what it says of it, and how it parts from its peer.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/random.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/detached.hpp>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

namespace hawser::inline v0::server {

session::~session() {
    if (stage_ == stage::ended || service_->is_over) return;
    ending how;
    how.why = hawser::errc::stopping;   // its io_context ends
    if (stage_ != stage::opening) service_->events.closed(peer_, how);
    tell_server();
}

// Whoever is told to go away has some requests on their way that it sent before it knew. They are still answered: it is
// read from until it closes its half, or for as long as we would wait for that at the end.
void session::drain(io::time_point end) try {
    const io::time_point now = io::clock::now();
    const io::time_point latest = now + (end - now) / 2;
    if (stage_ == stage::told_to_go) return life_.move(std::min(life_.at(), latest));
    if (drained_ != drained::no) return;
    drained_ = drained::by_stop;
    if (extras_) extras_->stop.request_stop();
    if (speaks_ == dialect::plain || service_->control()->make_go_away == nullptr) return read_the_rest();
    if (is_over()) return;
    stage_ = stage::told_to_go;
    life_.move(latest);
    io::spawn(home_.executor(), send_away(shared_from_this(), latest), io::asio::detached);
} catch (const std::bad_alloc&) {
    frames_.fail(io::asio::error::no_memory);
}

void session::read_the_rest() noexcept {
    if (!is_over()) stage_ = stage::reading_the_rest;
    frames_.stop_reading();
}

// The peer may have much to take before there is room for it; its time begins when there is.
io::task<void> session::send_away(std::shared_ptr<session> self, io::time_point latest) {
    try {
        byte_buffer notice;
        self->service_->control()->make_go_away(self->reconnect_within(), notice);
        static_cast<void>(co_await self->frames_.send(notice.view(), latest));
    } catch (const std::bad_alloc&) {
        self->frames_.fail(io::asio::error::no_memory);
    } catch (...) {   // of a control of the user's
        self->handler_failed(std::current_exception());
    }
    if (self->stage_ == stage::told_to_go)
        self->life_.move(std::min(self->life_.at(), io::after(io::clock::now(), self->service_->settings.linger)));
}

// Each gets a time of its own, so that not all of them come back in the same instant.
std::chrono::milliseconds session::reconnect_within() {
    const std::chrono::milliseconds longest = service_->settings.reconnect_within;
    if (longest == std::chrono::milliseconds::zero()) return longest;
    return std::chrono::milliseconds(
        1 + io::random::of(home_.executor()).below(static_cast<std::uint64_t>(longest.count())));
}

// Whether it has not parted yet: then `next` is to run, or without one others have a turn. It takes memory to wait for
// calls that are under way, and to part from the peer in peace. What is lost, or has failed at that, ends without: what
// it holds is freed first, and it looks again after each turn.
bool session::parts(io::task<void>& next) noexcept {
    if (stage_ < stage::joining) note_end();
    if (stage_ == stage::parted) return false;
    const bool waits = dispatcher_.has_running() || dispatcher_.has_children();
    if (std::exchange(awaited_, awaited::well) == awaited::well && (waits || !is_lost())) {
        try {
            next = part();
            return true;
        } catch (const std::bad_alloc&) {
            no_memory();
        }
    }
    if (waits) {
        if (!dispatcher_.has_running()) stop_children();
        frames_.memory().discard_input();
    } else {
        stage_ = stage::parting;
        if (frames_.abandon()) stage_ = stage::parted;
    }
    return true;
}

// They go on while requests are answered, and then are told.
void session::stop_children() noexcept {
    if (extras_) extras_->stop.request_stop();
}

// In a coroutine of its own, as few are at their end.
io::task<void> session::part() {
    if (dispatcher_.has_running()) co_await dispatcher_.join();
    if (dispatcher_.has_children()) {
        stop_children();
        co_await dispatcher_.join_children();
    }
    stage_ = stage::parting;
    co_await frames_.finish(service_->settings.linger);
    // For whatever reason it ended: answers may be lost.
    if (frames_.failure() == io::asio::error::no_memory) stop_handling(frames_.failure());
    stage_ = stage::parted;
}

// Why it ends: what first went wrong counts, and of bytes that are no frame where they were.
void session::note_end() noexcept {
    ending how;
    how.why = why();
    if (service_->routes() == nullptr && !how.why && drained_ != drained::no) how.why = hawser::errc::stopping;
    if (drained_ == drained::by_age && how.why == hawser::errc::stopping) how.why = errc::lifetime_over;
    if (const error_code first = frames_.failure(); first && !(how.why == errc::handler_failed)) how.why = first;
    if (how.why) stop_handling(how.why);
    stage_ = stage::joining;
    const bool says_where = how.is_breach() || how.why == hawser::errc::truncated;
    if (says_where && !(of_end() && of_end()->where))
        note({}, stream_position(frames_.in().position(), frames_.in().unread()), {});
}

// Whoever was told to go, and comes to its end, has its answers still: the time to read what is left
// is not that to send them.
void session::stop_handling(error_code why) noexcept {
    if (stage_ == stage::told_to_go) {
        const bool is_old = drained_ == drained::by_age;
        life_.move(is_old ? io::after(io::clock::now(), service_->settings.drain_timeout) : io::time_point::max());
    }
    if (!is_over()) stage_ = stage::ending;
    cause_ = cause::given;
    note(why, {}, {});
}

void session::finish(error_code why) noexcept {
    if (stage_ == stage::opening || is_over()) return;
    stop_handling(why);
    frames_.stop_reading(io::frame_stream::rest::dropped);
}

error_code session::why() const noexcept {
    if (of_end() && of_end()->why) return of_end()->why;
    if (cause_ == cause::none) return {};
    const error_code first = frames_.failure();   // there was no memory to note more
    return first && first != hawser::errc::closed ? first : make_error_code(boost::system::errc::not_enough_memory);
}

// Without memory for it, its ending says less; the session ends as it should.
void session::note(const error_code& why, const std::optional<stream_position>& where, std::string_view what) noexcept {
    try {
        std::unique_ptr<remark>& noted = more().of_end;
        if (!noted) noted = std::make_unique<remark>();
        if (why) noted->why = why;
        if (where) noted->where = where;
        if (!what.empty()) noted->detail = what;
    } catch (const std::bad_alloc&) {
        return;
    }
}

stream_position session::last_frame() const noexcept {
    const bytes frame = frames_.in().last_frame();
    return {frames_.in().position() - frame.size(), frame};
}

void session::breach(error_code why, const stream_position& where, std::string_view what) noexcept {
    note({}, where, what);
    frames_.fail(why);
}

void session::handler_failed(std::exception_ptr thrown) noexcept {
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& error) {
        note({}, {}, error.what());
    } catch (...) {
        note({}, {}, "something that is no std::exception");
    }
    stop_handling(errc::handler_failed);
    frames_.fail(errc::handler_failed);
}

session::cut_result session::cut() {
    const bool may_have_lost = frames_.connection().unsent() > 0;
    const bool is_served = stage_ >= stage::parting;
    const bool not_handled = !is_served && (service_->routes() == nullptr || frames_.connection().available() > 0);
    const std::size_t untaken = is_served ? 0 : frames_.in().whole();
    frames_.fail(hawser::errc::stopping);   // what the kernel takes at once still leaves
    const std::size_t unanswered = untaken + dispatcher_.unanswered() + frames_.out().unwritten();
    return {may_have_lost || not_handled || unanswered > 0 || dispatcher_.has_children(), unanswered};
}

void session::ended() noexcept {
    life_.clear();
    if (extras_) extras_->beating.reset();   // whoever still has a handle may destroy this on another thread
    dispatcher_.end();
    const router* const routes = service_->routes();
    if (routes != nullptr && routes->called().close) {
        home_.begins(*this, close_hook);
        context here(*this);
        try {
            routes->called().close(here, how_it_ended());
        } catch (...) {
            handler_failed(std::current_exception());
        }
    }
    service_->events.closed(peer_, how_it_ended());
    home_.remove(*this);
    tell_server();
}

void session::tell_server() noexcept {
    stage_ = stage::ended;
    home_.forget(*this);
    service_->session_ended(home_, peer_.address);
}

frame::push_counts session::pushes() const noexcept {
    frame::push_counts counts = frames_.out().offered();
    counts.closed = frames_.failure() == hawser::errc::slow_consumer ? 1 : 0;
    return counts;
}

ending session::how_it_ended() const {
    ending how;
    how.why = why();
    const remark* const noted = of_end();
    if (noted) how.where = noted->where;
    try {
        if (noted) how.detail = noted->detail;
    } catch (const std::bad_alloc&) {
        how.detail.clear();   // as in note()
    }
    const bool has_frames = service_->serve_bytes() == nullptr;
    (has_frames ? how.frames_in : how.bytes_in) = has_frames ? frames_.in().frames() : frames_.in().position();
    (has_frames ? how.frames_out : how.bytes_out) = has_frames ? frames_.out().frames() : frames_.out().written();
    how.skips = frames_.in().skips();
    how.pushes = pushes();
    how.lasted = io::clock::now() - frames_.connection().opened_at();
    return how;
}

}   // namespace hawser::server
