// A session, from its beginning on. How it is drained and ends is in session_end.cpp, its clocks
// are in session_clocks.cpp.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::inline v0::server {

session::session(std::shared_ptr<const service> of, worker& home, io::accepted made, std::uint64_t number)
    : task_chain(home.executor()),
      service_(std::move(of)),
      home_(home),
      work_(io::asio::require(home.executor(), io::asio::execution::outstanding_work.tracked)),
      peer_{number, made.peer},
      frames_(std::move(made.carrier),
              service_->asks_who() ? service_->settings.incoming_of_strangers() : service_->settings.codec,
              service_->asks_who() ? service_->settings.outgoing_of_strangers() : service_->settings.outgoing(),
              service_->asks_who() ? service_->settings.limits_of_strangers() : service_->limits),
      connection_(*this),
      life_(io::watchdog::of(home.executor()), io::calling<&session::life_over>(*this)) {}

// A `serve` coroutine has none around it: it would take memory for as long as the connection is idle.
void session::begin() {
    const bool has_router = service_->routes() != nullptr;
    io::task<void> serving = has_router ? handle_frames() : io::task<void>();
    self_ = shared_from_this();
    open();
    if (!has_router) serving = called_serve();
    if (serving.valid()) start(std::move(serving));
    else come_to_end();
}

// One of its coroutines has. The next begins, if there is one.
void session::completed() {
    try {
        take();
    } catch (...) {
        call_threw();
    }
    come_to_end();
}

// Runs after the others had their turn, or destroys the session with its io_context. In the chain's
// memory, as nothing else waits.
class session::turn_of_others {
public:
    explicit turn_of_others(session& before) noexcept : before_(&before) {}
    turn_of_others(turn_of_others&& other) noexcept : before_(std::exchange(other.before_, nullptr)) {}
    turn_of_others(const turn_of_others&) = delete;
    turn_of_others& operator=(const turn_of_others&) = delete;
    ~turn_of_others() {
        if (before_ != nullptr) before_->abandon();
    }
    void operator()() { std::exchange(before_, nullptr)->come_to_end(); }

private:
    session* before_;
};

// Parts from its peer, by a coroutine or a step after each turn of the others, until that is done.
void session::come_to_end() noexcept {
    io::task<void> next;
    if (!parts(next)) {
        const std::shared_ptr<session> self = std::move(self_);
        ended();
    } else if (next.valid()) {
        start(std::move(next));
    } else {
        io::asio::post(home_.executor(), memory().keep(turn_of_others(*this)));
    }
}

void session::abandon() noexcept {
    const std::shared_ptr<session> self = std::move(self_);
    destroy_frames();
}

// With a router: takes frames until nothing more is handled, and each time awaits a call or the peer: at one place, as
// all that can be awaited takes memory for as long as the connection is idle.
io::task<void> session::handle_frames() {
    call_open_hook();
    io::task<void> call;
    while (serves(call)) {
        try {
            if (call.valid()) co_await std::move(call);
            else note_filled(co_await frames_.fill());
        } catch (...) {
            call_threw();
        }
    }
}

void session::open() {
    stage_ = stage::serving;
    life_.move(end_of_life());
    const packet::control* const control = service_->control();
    if (service_->asks_who()) be_a_stranger();
    else if (control != nullptr && control->when == packet::control::sent::always) learn_at_once();
    home_.add(*this);   // which may drain it
    service_->events.opened(peer_);
}

// It is as old as it may get once its time to say who it is has passed.
void session::be_a_stranger() {
    standing_ = standing::stranger;
    const io::duration longest = service_->settings.strangers.timeout;
    if (longest != io::duration::zero())
        life_.move(std::min(life_.at(), io::after(frames_.connection().opened_at(), longest)));
}

void session::learn_at_once() noexcept try { learn_control(); } catch (const std::bad_alloc&) {
    no_memory();
}

void session::call_open_hook() {
    if (const auto& hook = service_->routes()->called().open) visit(hook, open_hook);
}

// The user's coroutine. None if there is no memory for it.
io::task<void> session::called_serve() noexcept try {
    home_.begins(*this, serve_call);
    return service_->serve_bytes() != nullptr ? serve_bytes() : (*service_->serve())(connection_);
} catch (const std::bad_alloc&) {
    no_memory();
    return {};
} catch (...) {
    handler_failed(std::current_exception());
    return {};
}

// Around a coroutine for bytes, which need a little more than others: it is here.
io::task<void> session::serve_bytes() {
    byte_connection here(*this);
    io::task<void> served = (*service_->serve_bytes())(here);
    co_await std::move(served);
}

// Of each frame, in one function with the loop that takes them: the body is where that has it, and is not copied.
inline bool dispatcher::handle(session& of, const route_table& routes, call& here, const bytes& body,
                               io::task<void>& to_await) {
    const route& how = routes.of(body);
    if (how.at_once == nullptr) [[unlikely]]
        return handle_another_way(of, how, body, to_await);
    worker& home = of.home();
    home.begins(of, how.name);
    const bool is_done = how.at_once(how.handler.get(), here, body);
    home.has_ended();
    if (is_done) [[likely]]
        return true;
    return handle_rest(of, here, body, to_await);
}

// Handles what has arrived. Whether there is something to await before its end: `to_await`, if it is
// a call then, or the peer.
bool session::serves(io::task<void>& to_await) noexcept try {
    if (to_await.valid()) return true;
    if (is_over()) return false;
    const route_table& routes = handled_by();
    call here(*this);   // for one after the other
    for (bytes body; frames_.next(body);)
        if (!dispatcher_.handle(*this, routes, here, body, to_await)) return to_await.valid();
    if (frames_.failure()) stop_handling(frames_.failure());
    return !is_over();
} catch (const std::bad_alloc&) {   // those of handlers are caught where they are called
    no_memory();
    return false;
} catch (...) {   // of how the user's fields are read
    handler_failed(std::current_exception());
    return false;
}

void session::note_filled(const error_code& why_not) noexcept {
    if (is_over()) return;
    if (why_not) stop_handling(why_not);
    else heard();
}

// A coroutine of the user's, while it serves, or how its fields are read; whatever else is awaited has no memory.
void session::call_threw() noexcept {
    awaited_ = awaited::in_vain;
    const bool is_users = service_->routes() == nullptr && stage_ < stage::joining &&
                          frames_.failure() != io::asio::error::no_memory;
    try {
        throw;
    } catch (const std::bad_alloc&) {
        if (is_users) handler_failed(std::current_exception());
        else no_memory();
    } catch (...) {
        handler_failed(std::current_exception());
    }
}

void session::no_memory() noexcept {
    stop_handling(io::asio::error::no_memory);
    frames_.fail(io::asio::error::no_memory);
}

std::string session::text() const {
    return "connection " + std::to_string(peer_.number) + " from " + peer_.address.text();
}

std::vector<std::string> session::under_way() const {
    if (stage_ >= stage::joining && dispatcher_.has_children()) return {std::string(spawned_task)};
    if (service_->routes() != nullptr) return dispatcher_.names();
    return stage_ < stage::parting ? std::vector{std::string(serve_call)} : std::vector<std::string>();
}

session::extras& session::more() {
    if (!extras_) extras_ = std::make_unique<extras>();
    return *extras_;
}

// Made when a handler asks for it; few do.
std::stop_token session::stop_token() {
    std::stop_source& stop = more().stop;
    if (!stop.stop_possible()) {
        frames_.on_failure(io::calling<&session::stop_handlers>(*this));
        stop = std::stop_source();
        const bool only_children_are_left = stage_ >= stage::joining && !dispatcher_.has_running();
        if (drained_ != drained::no || is_lost() || only_children_are_left) stop.request_stop();
    }
    return stop.get_token();
}

void session::visit(const std::function<void(context&)>& what, const std::string_view& name) {
    home_.begins(*this, name);
    context here(*this);
    try {
        what(here);
    } catch (...) {
        handler_failed(std::current_exception());
    }
}

error_code session::spawn(io::task<void> child) {
    if (is_over()) return hawser::errc::closed;
    return dispatcher_.spawn(*this, std::move(child));
}

// Without memory for its place among what waits here, it is lost for this connection.
bool session::take_published(const frame::shared_frame& made, const push_as& as) try {
    return !connection_.try_push(made, as);
} catch (const std::bad_alloc&) {
    return false;
}

}   // namespace hawser::server
