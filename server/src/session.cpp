// A session, from its beginning to its report. Its clocks are in session_clocks.cpp.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/next_turn.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <optional>
#include <new>
#include <utility>

namespace hawser::server {

result<frame::shared_frame> service::frame_of(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    byte_buffer frame;
    if (const error_code error = settings.answer_codec.value_or(settings.codec).encode(body, frame)) return error;
    frame::shared_frame made = io::counted_frame(std::move(frame), where);
    if (where && where->is_short()) relieve();   // no thread's account has noticed
    return made;
}

result<frame::shared_frame> service::frame_for_many(bytes body, const std::shared_ptr<io::memory_budget>& where) const {
    if (where && where->level() >= io::pressure::stop_growing) return make_error_code(boost::system::errc::not_enough_memory);
    return frame_of(body, where);
}

session::session(std::shared_ptr<const service> of, worker& home, io::accepted made, std::uint64_t number)
    : service_(std::move(of)),
      home_(home),
      work_(io::asio::require(home.executor(), io::asio::execution::outstanding_work.tracked)),
      peer_{number, made.peer},
      frames_(std::move(made.carrier), service_->settings.codec,
              service_->settings.answer_codec.value_or(service_->settings.codec), service_->limits),
      connection_(*this),
      context_(*this),
      life_(io::watchdog::of(home.executor()), [](void* self) { static_cast<session*>(self)->life_over(); }, this) {}

session::~session() {
    if (stage_ == stage::left || service_->is_over) return;
    ending how;
    how.why = make_error_code(boost::system::errc::not_enough_memory);
    if (stage_ != stage::opening) service_->report.closed(peer_, how);
    leave();
}

// What is named in here takes memory for as long as the connection is idle, and so does each coroutine that is awaited then.
io::task<void> session::run(std::shared_ptr<session> self) {
    self->begin();
    io::task<void> call;
    while (self->goes_on(call)) {
        try {
            if (call.valid()) co_await std::move(call);
            else co_await self->frames_.readable();
        } catch (...) {
            self->call_threw(std::current_exception());
        }
    }
}

// Whether there is something to await: a call, or without one that there are bytes, or at its end that others had their turn.
bool session::goes_on(io::task<void>& call) noexcept {
    if (stage_ == stage::serving && serves(call)) return true;
    if (stage_ == stage::serving) {
        stage_ = stage::ending;
        note_end();
    }
    if (stage_ == stage::ending) return ends_on(call);
    ended();
    return false;
}

inline bool session::serves(io::task<void>& call) noexcept try {
    const bool opens = !std::exchange(is_open_, true);
    const router* const routes = service_->routes.get();
    if (opens && routes != nullptr && routes->on_open_) visit(routes->on_open_, open_hook);
    if (routes != nullptr) return handles_packets(call);
    if (opens) home_.begins(*this, serve_call);
    if (opens) call = service_->serve(connection_);
    return opens;
} catch (const std::bad_alloc&) {   // those of handlers and hooks are caught where they are called
    no_memory();
    return false;
} catch (...) {
    handler_failed(std::current_exception());
    return false;
}

// A coroutine of the user's, while it serves; whatever else is awaited has no memory.
void session::call_threw(std::exception_ptr thrown) noexcept {
    const bool is_users = stage_ == stage::serving && service_->serve;
    if (is_users && frames_.failure() != io::asio::error::no_memory) handler_failed(std::move(thrown));
    else no_memory();
}

void session::no_memory() noexcept {
    ends(io::asio::error::no_memory);
    frames_.fail(io::asio::error::no_memory);
}

bool session::handles_packets(io::task<void>& call) {
    while (!is_over_) {
        if (!is_filling_) {
            const router::pause next = service_->routes->handle_arrived(*this);
            if (next.awaits == router::pause::what::end) {
                ends(next.why);
                return false;
            }
            if (next.awaits == router::pause::what::call) {
                call = service_->routes->handle(*this, *next.how, next.body);
                return true;
            }
        }
        is_filling_ = is_filling_ ? frames_.go_on() : frames_.begin_fill();
        if (is_filling_) {
            if (!frames_.needs_readable()) call = frames_.wait();
            return true;
        }
        if (frames_.filled()) ends(frames_.filled());
        else heard();
    }
    return false;
}

// It takes memory to wait for calls that are under way, and to part from the peer in peace. What is lost, or has none, ends without:
// what it holds is freed first, and it looks again after each turn of the others.
bool session::ends_on(io::task<void>& call) noexcept {
    const bool waits = concurrent() != nullptr && concurrent()->children.running() > 0;
    if (waits || !is_lost()) {
        try {
            call = end();
            return true;
        } catch (const std::bad_alloc&) {
            no_memory();
        }
    }
    is_served_ = !waits;
    if (waits) frames_.discard_input();
    else if (frames_.abandon()) stage_ = stage::leaving;
    return true;
}

// In a coroutine of its own, as few are at their end.
io::task<void> session::end() {
    if (calls* under_way = concurrent()) co_await under_way->children.join();
    is_served_ = true;
    co_await frames_.finish(service_->settings.linger);
    co_await frames_.readable();   // a turn: to end a coroutine that has never waited takes memory
    stage_ = stage::leaving;
}

void session::begin() {
    stage_ = stage::serving;
    life_.move(end_of_life());
    home_.add(*this);
    service_->report.opened(peer_);
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

error_code session::why() const noexcept {
    if (of_end() && of_end()->why) return of_end()->why;
    if (!is_over_) return {};
    const error_code first = frames_.failure();   // there was no memory to note more
    return first && first != hawser::errc::closed ? first : make_error_code(boost::system::errc::not_enough_memory);
}

// Without memory for it, the report says less; the session ends as it should.
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

// A packet that breaks the protocol: the connection ends, and the report says where.
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
    frames_.fail(errc::handler_failed);
}

// Whoever is told to go away has some requests on their way that he sent before he knew. They are still answered: he is
// read from until he closes his half, or for as long as we would wait for that at the end.
void session::drain(io::time_point end) try {
    const io::time_point now = io::clock::now();
    const io::time_point latest = now + (end - now) / 2;
    if (leaving_) return life_.move(std::min(life_.at(), latest));
    if (std::exchange(is_draining_, true)) return;
    if (extras_) extras_->stop.request_stop();
    if (!knows_extensions_) return frames_.stop_reading();
    leaving_ = true;
    life_.move(latest);
    io::asio::co_spawn(home_.executor(), send_away(shared_from_this(), latest), io::asio::detached);
} catch (const std::bad_alloc&) {
    frames_.fail(make_error_code(boost::system::errc::not_enough_memory));
}

// He may have much to take before there is room for it; his time begins when there is.
io::task<void> session::send_away(std::shared_ptr<session> self, io::time_point latest) {
    io::operation_memory posted;
    try {
        byte_buffer notice;
        packet::encode(packet::go_away{packet::no_id, self->reconnect_within()}, notice);
        static_cast<void>(co_await self->frames_.send(notice.view(), latest));
    } catch (const std::bad_alloc&) {
        self->frames_.fail(io::asio::error::no_memory);
    }
    co_await io::next_turn(self->home_.executor(), posted);   // as at the end of end()
    if (self->leaving_ && !self->is_served_)
        self->life_.move(std::min(self->life_.at(), io::after(io::clock::now(), self->service_->settings.linger)));
}

// In milliseconds. Each gets a time of his own, so that not all of them come back in the same instant.
std::uint32_t session::reconnect_within() {
    const auto longest = static_cast<std::uint64_t>(service_->settings.reconnect_within.count());
    if (longest == 0) return 0;
    return static_cast<std::uint32_t>(1 + io::random::of(home_.executor()).below(longest));
}

session::left_over session::cut() {
    const bool may_have_lost = frames_.unsent() > 0;
    const bool not_handled = !is_served_ && (service_->serve || frames_.available() > 0);
    const std::size_t untaken = is_served_ ? 0 : frames_.untaken();
    frames_.reject(hawser::errc::stopping);   // what the kernel takes at once still leaves
    const std::size_t unanswered = untaken + handling_ + frames_.unwritten();
    return {may_have_lost || not_handled || unanswered > 0, unanswered};
}

std::string session::text() const {
    return "connection " + std::to_string(peer_.number) + " from " + peer_.address.text();
}

std::vector<std::string> session::under_way() const {
    if (service_->serve && !is_served_) return {std::string(serve_call)};
    return extras_ && extras_->requests ? extras_->requests->names() : std::vector<std::string>();
}

session::extras& session::more() {
    if (!extras_) extras_ = std::make_unique<extras>();
    return *extras_;
}

// Made when a handler asks for it; few do.
std::stop_token session::stop_token() {
    std::stop_source& stop = more().stop;
    if (!stop.stop_possible()) {
        frames_.on_failure([](void* self) { static_cast<session*>(self)->extras_->stop.request_stop(); }, this);
        stop = std::stop_source();
        if (is_draining_ || is_lost()) stop.request_stop();
    }
    return stop.get_token();
}

request_watch& session::requests() {
    std::unique_ptr<request_watch>& watch = more().requests;
    if (!watch) {
        const auto when_late = [](void* self) { static_cast<session*>(self)->frames_.fail(errc::request_timeout); };
        watch = std::make_unique<request_watch>(home_.executor(), service_->settings.request_timeout, when_late, this);
    }
    return *watch;
}

void session::visit(const std::function<void(context&)>& what, const std::string_view& name) {
    home_.begins(*this, name);
    try {
        what(context_);
    } catch (...) {
        handler_failed(std::current_exception());
    }
}

// Without memory for its place among what waits here, it is lost for this connection.
bool session::take_published(const frame::shared_frame& made, const push_as& as) try {
    return !context_.try_push(made, as);
} catch (const std::bad_alloc&) {
    return false;
}

void session::ended() noexcept {
    life_.clear();
    if (extras_) {   // whoever still has a handle may destroy this on another thread
        extras_->beating.reset();
        extras_->requests.reset();
    }
    if (service_->routes && service_->routes->on_close_) {
        home_.begins(*this, close_hook);
        try {
            service_->routes->on_close_(context_, how_it_ended());
        } catch (...) {
            handler_failed(std::current_exception());
        }
    }
    service_->report.closed(peer_, how_it_ended());
    home_.remove(*this);
    leave();
}

void session::leave() noexcept {
    stage_ = stage::left;
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
