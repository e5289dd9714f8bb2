// The end of a session: why, what it says of it, and how it parts from its peer.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/next_turn.hpp>

#include <new>
#include <optional>
#include <utility>

namespace hawser::server {

session::~session() {
    if (stage_ == stage::left || service_->is_over) return;
    ending how;
    how.why = make_error_code(boost::system::errc::not_enough_memory);
    if (stage_ != stage::opening) service_->events.closed(peer_, how);
    leave();
}

// It takes memory to wait for calls that are under way, and to part from the peer. Who is lost, and waits for no call, needs neither.
bool session::parts_in_peace() const noexcept { return has_calls() || !is_lost(); }

// What it holds is freed first; then it looks again after each turn of the others.
void session::end_without_memory() noexcept {
    is_served_ = !has_calls();
    if (!is_served_) frames_.discard_input();
    else if (frames_.abandon()) stage_ = stage::leaving;
}

// In a coroutine of its own, as few are at their end.
io::task<void> session::end() {
    if (calls* under_way = concurrent()) co_await under_way->children.join();
    is_served_ = true;
    co_await frames_.finish(service_->settings.linger);
    stage_ = stage::leaving;
}

// Why it ends: what first went wrong counts, and of bytes that are no frame where they were.
void session::note_end() noexcept {
    ending how;
    how.why = why();
    if (service_->serve && !how.why && is_draining_) how.why = hawser::errc::stopping;
    if (is_old_ && how.why == hawser::errc::stopping) how.why = errc::lifetime_over;
    if (const error_code first = frames_.failure(); first && !(how.why == errc::handler_failed)) how.why = first;
    if (how.why) ends(how.why);
    const bool says_where = how.is_breach() || how.why == hawser::errc::truncated;
    if (says_where && !(of_end() && of_end()->where)) note({}, place(frames_.position(), frames_.unread()), {});
}

void session::ends(error_code why) noexcept {
    is_over_ = true;
    note(why, {}, {});
}

// In peace: nothing more is handled, and what was answered, or will be by handlers that are under way, leaves.
void session::finish(error_code why) noexcept {
    if (stage_ != stage::serving || is_over_) return;
    ends(why);
    frames_.take_no_more();
}

error_code session::why() const noexcept {
    if (of_end() && of_end()->why) return of_end()->why;
    if (!is_over_) return {};
    const error_code first = frames_.failure();   // there was no memory to note more
    return first && first != hawser::errc::closed ? first : make_error_code(boost::system::errc::not_enough_memory);
}

// Without memory for it, its ending says less; the session ends as it should.
void session::note(const error_code& why, const std::optional<place>& where, std::string_view what) noexcept {
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

// The frame that was taken last.
place session::last_frame() const noexcept {
    const bytes frame = frames_.last_frame();
    return {frames_.position() - frame.size(), frame};
}

// A packet that breaks the protocol: the connection ends, and its ending says where.
void session::breach(error_code why, const place& where, std::string_view what) noexcept {
    note({}, where, what);
    frames_.reject(why);
}

void session::handler_failed(std::exception_ptr thrown) noexcept {
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& error) {
        note({}, {}, error.what());
    } catch (...) {
        note({}, {}, "something that is no std::exception");
    }
    ends(errc::handler_failed);
    frames_.reject(errc::handler_failed);
}

session::left_over session::cut() {
    const bool may_have_lost = frames_.unsent() > 0;
    const bool not_handled = !is_served_ && (service_->serve || frames_.available() > 0);
    const std::size_t untaken = is_served_ ? 0 : frames_.untaken();
    frames_.reject(hawser::errc::stopping);   // what the kernel takes at once still leaves
    const std::size_t unanswered = untaken + handling_ + frames_.unwritten();
    return {may_have_lost || not_handled || unanswered > 0, unanswered};
}

void session::ended() noexcept {
    life_.clear();
    if (extras_) {   // whoever still has a handle may destroy this on another thread
        extras_->beating.reset();
        extras_->requests.reset();
    }
    if (service_->routes && service_->routes->on_close_) {
        home_.begins(*this, close_hook);
        context here(*this);
        try {
            service_->routes->on_close_(here, how_it_ended());
        } catch (...) {
            handler_failed(std::current_exception());
        }
    }
    service_->events.closed(peer_, how_it_ended());
    home_.remove(*this);
    leave();
}

void session::leave() noexcept {
    stage_ = stage::left;
    home_.forget(*this);
    service_->left(home_, peer_.address);
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
    how.frames_in = frames_.frames_in();
    how.frames_out = frames_.frames_out();
    how.skips = frames_.skips();
    how.pushes = frames_.pushes();
    how.lasted = io::clock::now() - frames_.opened_at();
    return how;
}

}  // namespace hawser::server
