// The views of a session: what connection and context do with it.
#include <hawser/io/whereabouts.hpp>
#include <hawser/server/context.hpp>
#include <hawser/server/route.hpp>

#include "session.hpp"
#include "worker.hpp"

#include <algorithm>
#include <new>
#include <typeindex>
#include <utility>

namespace hawser::inline v0::server {

io::task<result<void>> session_view::send(bytes body) { return session_.frames_.send(body); }

io::task<result<void>> session_view::outcome(error_code error) {
    return error ? io::task<result<void>>::of(error) : io::task<result<void>>::done();
}

io::task<result<void>> session_view::send_kept(session& by, byte_buffer body) {
    co_return co_await by.frames_.send(body.view());
}

error_code session_view::try_send(bytes body) {
    const error_code error = session_.frames_.push(body);
    flush_soon();
    return error;
}

std::byte* session_view::begin_frame(std::size_t size) { return session_.frames_.begin_frame(size); }

// Others of this thread use the scratch while it waits.
error_code session_view::enqueue_scratch(byte_buffer& waiting) {
    byte_buffer& encoded = session_.home_.scratch;
    const error_code error = session_.frames_.push(encoded.view());
    if (error == hawser::errc::outbox_full) waiting = std::move(encoded);
    return error;
}

void session_view::flush_soon() noexcept { session_.frames_.flush_soon(); }

byte_buffer& session_view::cleared_scratch() noexcept {
    session_.home_.scratch.clear();
    return session_.home_.scratch;
}

io::task<result<void>> session_view::push(frame::shared_frame made, push_as as) {
    return push_on(session_, std::move(made), as);
}

io::task<result<void>> session_view::push_on(session& by, frame::shared_frame made, push_as as) {
    const frame::label known_as{as.message_class, as.key};
    const frame::slow_consumer policy = policy_of(by, as);
    co_return co_await by.frames_.publish(std::move(made), known_as, policy);
}

error_code session_view::try_push(const frame::shared_frame& made, const push_as& as) {
    const error_code error = session_.frames_.offer(made, {as.message_class, as.key}, policy_of(session_, as));
    session_.frames_.flush_soon();
    return error;
}

result<frame::shared_frame> session_view::frame_of(bytes body) const {
    return session_.service_->frame_for_many(body, session_.service_->pool);
}

// When memory is short, the policy says what becomes of it.
result<frame::shared_frame> session_view::own_frame_of(bytes body) const {
    return session_.service_->frame_of(body, session_.service_->pool);
}

frame::slow_consumer session_view::policy_of(const session& by, const push_as& message) {
    const session::extras* const more = by.extras_.get();
    return (more != nullptr && more->pushes ? *more->pushes : by.service_->settings.pushes).policy_of(message);
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

void session_view::finish() noexcept { session_.finish(hawser::errc::closed); }

server_handle session_view::server() const { return session_.service_->handle(); }

error_code session_view::spawn(io::task<void> child) { return session_.spawn(std::move(child)); }

// What closing through it takes is made now: that may not fail.
hawser::server::handle session_view::handle() const {
    std::unique_ptr<session::orders>& orders = session_.more().by_handle;
    if (!orders) orders = std::make_unique<session::orders>();
    return hawser::server::handle(session_.weak_from_this());
}

const hawser::server::peer& session_view::peer() const noexcept { return session_.peer_; }

std::stop_token session_view::stop_token() const { return session_.stop_token(); }

std::vector<std::string> session_view::waits() const { return io::waits_of(session_); }

void* session_view::find_state(const std::type_info& type) const noexcept {
    if (!session_.extras_) return nullptr;
    const std::vector<session::state>& states = session_.extras_->states;
    const auto found = std::ranges::find(states, std::type_index(type), &session::state::type);
    return found == states.end() ? nullptr : found->kept.get();
}

void* session_view::keep_state(const std::type_info& type, std::shared_ptr<void> made) {
    return session_.more().states.emplace_back(type, std::move(made)).kept.get();
}

// What the request's own answer came to. It leaves with what else is sent in this turn, or waits here for the handler's
// end. If there is none, another may be given.
error_code context::note_answer(bool is_on_its_way) noexcept {
    if (!is_on_its_way)
        if (const error_code* const why = std::get_if<error_code>(&remainder_)) {
            const error_code said = *why;
            remainder_ = std::monostate();
            return said;
        }
    may_answer_ = false;
    flush_soon();
    return {};
}

bool call::handler_threw() noexcept {
    session_.handler_failed(std::current_exception());
    return failed(errc::handler_failed);
}

io::frame_read connection::read_frame() { return session_.frames().read_frame(); }
std::optional<bytes> connection::next_frame() {
    bytes body;
    return session_.frames().next(body) ? std::optional(body) : std::nullopt;
}
io::frame_fill connection::fill() noexcept { return session_.frames().fill(); }
error_code connection::put(bytes body) { return session_.frames().push(body); }
io::task<result<void>> connection::flush() { return session_.frames().flush(); }
io::task<result<void>> connection::close_write() { return session_.frames().close_write(); }
std::size_t connection::unwritten() const noexcept { return session_.frames().out().unwritten(); }

void session_view::set_read_deadline(io::time_point at) noexcept { session_.frames_.set_read_deadline(at); }
void session_view::set_write_deadline(io::time_point at) noexcept { session_.frames_.set_write_deadline(at); }

void session_view::set_deadline(io::time_point at) noexcept {
    set_read_deadline(at);
    set_write_deadline(at);
}

// A pong for which there is no room tells a peer nothing that does not read.
bool connection::take_control(bytes body) {
    session_.heard();
    call here(session_);
    const std::optional<error_code> taken = session_.take_control(here, body);
    if (taken && *taken) session_.breach(*taken, session_.last_frame(), {});
    return taken.has_value();
}

io::endpoint session_view::local() const noexcept { return session_.frames_.connection().local(); }

std::uint64_t connection::skips() const noexcept { return session_.frames().in().skips(); }

}   // namespace hawser::server
