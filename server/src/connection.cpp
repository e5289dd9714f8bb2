// The views of a session: what connection, context and handle do with it.
#include <hawser/server/connection.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <future>
#include <new>
#include <typeindex>
#include <utility>

namespace hawser::server {

io::task<result<void>> session_view::send(bytes body) { return session_.frames_.send(body); }

io::task<result<void>> session_view::sent(error_code error) {
    try {
        return outcome(error);
    } catch (const std::bad_alloc&) {   // whoever would send it again would send it twice
        session_.frames_.fail(io::asio::error::no_memory);
        throw;
    }
}

io::task<result<void>> session_view::outcome(error_code error) { co_return error ? result<void>(error) : result<void>(); }

io::task<result<void>> session_view::send_kept(session_view& by, byte_buffer body) {
    co_return co_await by.session_.frames_.send(body.view());
}

error_code session_view::try_send(bytes body) {
    const error_code error = enqueue(body);
    flush_soon();
    return error;
}

std::byte* session_view::begin_frame(std::size_t size) { return session_.frames_.begin_frame(size); }

error_code session_view::enqueue(bytes body) { return session_.frames_.push(body); }

void session_view::flush_soon() noexcept { session_.frames_.flush_soon(); }

byte_buffer& session_view::scratch() noexcept { return session_.home_.scratch; }

io::task<result<void>> session_view::push(frame::shared_frame made, push_as as) {
    const frame::label known_as{as.message_class, as.key};
    const frame::slow_consumer policy = policy_of(as);
    co_return co_await session_.frames_.publish(std::move(made), known_as, policy);
}

error_code session_view::try_push(const frame::shared_frame& made, const push_as& as) {
    const error_code error = session_.frames_.offer(made, {as.message_class, as.key}, policy_of(as));
    session_.frames_.flush_soon();
    return error;
}

result<frame::shared_frame> session_view::frame_of(bytes body) const {
    byte_buffer frame;
    if (const error_code error = session_.frames_.outgoing().encode(body, frame)) return error;
    return std::make_shared<const byte_buffer>(std::move(frame));
}

frame::slow_consumer session_view::policy_of(const push_as& message) const {
    const session::extras* const more = session_.extras_.get();
    return (more != nullptr && more->pushes ? *more->pushes : session_.service_->settings.pushes).policy_of(message);
}

push_policies& session_view::push_policies() {
    std::unique_ptr<server::push_policies>& own = session_.more().pushes;
    if (!own) own = std::make_unique<server::push_policies>(session_.service_->settings.pushes);
    return *own;
}

std::optional<io::duration> session_view::round_trip() const noexcept {
    const session::pulse* const pulse = session_.beating();
    const bool measured = pulse != nullptr && pulse->beat.round_trip() > io::duration::zero();
    return measured ? std::optional(pulse->beat.round_trip()) : std::nullopt;
}

void session_view::close() noexcept { session_.frames_.close(); }

void session_view::stop_server() const { session_.service_->ask_to_stop(); }

hawser::server::handle session_view::handle() const { return hawser::server::handle(session_.weak_from_this()); }

const hawser::server::peer& session_view::peer() const noexcept { return session_.peer_; }

std::stop_token session_view::stop_token() const { return session_.stop_token(); }

void* session_view::find_state(const std::type_info& type) const noexcept {
    if (!session_.extras_) return nullptr;
    const std::vector<session::state>& states = session_.extras_->states;
    const auto found = std::ranges::find(states, std::type_index(type), &session::state::type);
    return found == states.end() ? nullptr : found->kept.get();
}

void* session_view::keep_state(const std::type_info& type, std::shared_ptr<void> made) {
    return session_.more().states.emplace_back(type, std::move(made)).kept.get();
}

io::task<result<bytes>> connection::read_frame() { return session_.frames_.read_frame(); }
io::task<result<void>> connection::flush() { return session_.frames_.flush(); }
io::task<result<void>> connection::close_write() { return session_.frames_.close_write(); }
std::size_t connection::unwritten() const noexcept { return session_.frames_.unwritten(); }
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

io::task<result<void>> handle::push(frame::shared_frame made, push_as as) const {
    return push_shared(*this, std::move(made), as);
}

io::task<result<void>> handle::push_shared(handle to, frame::shared_frame made, push_as as) {
    std::shared_ptr<session> target = to.session_.lock();
    if (!target) co_return hawser::errc::closed;
    const io::executor there = target->frames_.get_executor();
    const io::executor here = co_await io::this_executor;
    if (here == there) co_return co_await push_on_its_thread(std::move(target), std::move(made), as);
    co_return co_await io::asio::co_spawn(there, push_on_its_thread(std::move(target), std::move(made), as), io::use_task);
}

io::task<result<void>> handle::push_on_its_thread(std::shared_ptr<session> target, frame::shared_frame made, push_as as) {
    co_return co_await target->context_.push(std::move(made), as);
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
