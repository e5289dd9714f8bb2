#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/random.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <future>
#include <typeindex>
#include <utility>

namespace hawser::server {

session::session(std::shared_ptr<const service> of, worker& home, io::accepted made, std::uint64_t number)
    : service_(std::move(of)),
      home_(home),
      work_(home.executor()),
      peer_{number, made.peer},
      opened_at_(io::clock::now()),
      frames_(std::move(made.carrier), service_->settings.codec,
              service_->settings.answer_codec.value_or(service_->settings.codec), service_->settings.limits),
      connection_(*this),
      context_(*this) {}

io::task<void> session::run(std::shared_ptr<session> self) {
    self->home_.add(*self);
    self->service_->report.opened(self->peer_);
    co_await self->serve();
    if (self->calls_) co_await self->calls_->children.join();
    self->is_served_ = true;
    co_await self->frames_.finish(self->service_->settings.linger);
    self->ended();
}

io::task<void> session::serve() {
    try {
        if (service_->routes) {
            ending_.why = co_await service_->routes->serve(*this);
        } else {
            co_await service_->serve(connection_);
            if (service_->stop.stop_requested()) ending_.why = hawser::errc::stopping;
        }
    } catch (...) {
        handler_failed(std::current_exception());
    }
    if (const error_code first = frames_.failure(); first && !(ending_.why == errc::handler_failed)) ending_.why = first;
    note_where();
}

// The frame that was taken last.
place session::last_frame() const noexcept {
    const bytes frame = frames_.last_frame();
    return {frames_.position() - frame.size(), frame};
}

// A packet that breaks the protocol: the connection ends, and the report says where.
void session::breach(error_code why, const place& where, std::string what) {
    ending_.where = where;
    ending_.detail = std::move(what);
    frames_.reject(why);
}

// The same for bytes that are no frame.
void session::note_where() {
    const bool says_where = ending_.is_breach() || ending_.why == hawser::errc::truncated;
    if (says_where && !ending_.where) ending_.where = place(frames_.position(), frames_.unread());
}

void session::handler_failed(std::exception_ptr thrown) {
    try {
        std::rethrow_exception(std::move(thrown));
    } catch (const std::exception& error) {
        ending_.detail = error.what();
    } catch (...) {
        ending_.detail = "something that is no std::exception";
    }
    ending_.why = errc::handler_failed;
    frames_.fail(errc::handler_failed);
}

void session::drain() {
    if (knows_extensions_) {
        byte_buffer& notice = home_.scratch;
        notice.clear();
        packet::encode(packet::go_away{packet::no_id, reconnect_within()}, notice);
        // A peer whose outbox is full has more urgent things to read.
        if (!frames_.push(notice.view())) frames_.flush_soon();
    }
    frames_.stop_reading();
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

void session::ended() {
    ending_.frames_in = frames_.frames_in();
    ending_.skips = frames_.skips();
    ending_.frames_out = frames_.frames_out();
    ending_.lasted = io::clock::now() - opened_at_;
    if (service_->routes && service_->routes->on_close_) {
        try {
            service_->routes->on_close_(context_, ending_);
        } catch (...) {
            handler_failed(std::current_exception());
        }
    }
    service_->report.closed(peer_, ending_);
    home_.remove(*this);
}

// The views of a session.

io::task<result<void>> session_view::send(bytes body) { return session_.frames_.send(body); }

error_code session_view::try_send(bytes body) {
    const error_code error = session_.frames_.push(body);
    session_.frames_.flush_soon();
    return error;
}

void session_view::close() noexcept { session_.frames_.close(); }

void session_view::stop_server() const { session_.service_->ask_to_stop(); }

hawser::server::handle session_view::handle() const { return hawser::server::handle(session_.weak_from_this()); }

const hawser::server::peer& session_view::peer() const noexcept { return session_.peer_; }

std::stop_token session_view::stop_token() const noexcept { return session_.service_->stop.get_token(); }

byte_buffer& session_view::empty_scratch() noexcept {
    session_.home_.scratch.clear();
    return session_.home_.scratch;
}

void* session_view::find_state(const std::type_info& type) const noexcept {
    const auto found = std::ranges::find(session_.states_, std::type_index(type), &session::state::type);
    return found == session_.states_.end() ? nullptr : found->kept.get();
}

void* session_view::keep_state(const std::type_info& type, std::shared_ptr<void> made) {
    return session_.states_.emplace_back(type, std::move(made)).kept.get();
}

io::task<result<bytes>> connection::read_frame() { return session_.frames_.read_frame(); }
io::task<result<void>> connection::flush() { return session_.frames_.flush(); }
void connection::set_read_deadline(io::time_point at) noexcept { session_.frames_.set_read_deadline(at); }
void connection::set_write_deadline(io::time_point at) noexcept { session_.frames_.set_write_deadline(at); }

void connection::set_deadline(io::time_point at) noexcept {
    set_read_deadline(at);
    set_write_deadline(at);
}

io::endpoint connection::local() const noexcept { return session_.frames_.local(); }

std::uint64_t connection::skips() const noexcept { return session_.frames_.skips(); }

// Handles: from any thread to the session's own.

io::task<result<void>> handle::send(bytes body) const {
    byte_buffer copy(body.size());
    copy.append(body);
    return send_owned(*this, std::move(copy), {});
}

io::task<result<void>> handle::send_owned(handle to, byte_buffer body, error_code failed) {
    if (failed) co_return failed;
    std::shared_ptr<session> target = to.session_.lock();
    if (!target) co_return hawser::errc::closed;
    const io::executor there = target->frames_.get_executor();
    const io::executor here = co_await io::this_executor;
    if (here == there) co_return co_await target->frames_.send(body.view());
    co_return co_await io::asio::co_spawn(there, send_on_its_thread(std::move(target), std::move(body)), io::use_task);
}

io::task<result<void>> handle::send_on_its_thread(std::shared_ptr<session> target, byte_buffer body) {
    co_return co_await target->frames_.send(body.view());
}

result<void> handle::send_blocking(bytes body) const {
    std::shared_ptr<session> target = session_.lock();
    if (!target) return hawser::errc::closed;
    const io::executor there = target->frames_.get_executor();
    if (there.running_in_this_thread() || worker::runs_here(*target->service_))
        return make_error_code(boost::system::errc::operation_not_permitted);
    byte_buffer copy(body.size());
    copy.append(body);
    std::future<result<void>> done = io::asio::co_spawn(
        there, send_on_its_thread(std::move(target), std::move(copy)), io::asio::use_future);
    try {
        return done.get();
    } catch (const std::future_error&) {   // the server was ended by force
        return hawser::errc::closed;
    }
}

void handle::close() const noexcept {
    std::shared_ptr<session> target = session_.lock();
    if (!target) return;
    const io::executor there = target->frames_.get_executor();
    io::asio::post(there, [target = std::move(target)] { target->frames_.close(); });
}

}  // namespace hawser::server
