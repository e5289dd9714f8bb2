// A session, from its beginning on. How it is drained and ends is in session_end.cpp, its clocks are in session_clocks.cpp.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/watchdog.hpp>

#include <algorithm>
#include <new>
#include <utility>

namespace hawser::server {

session::session(std::shared_ptr<const service> of, worker& home, io::accepted made, std::uint64_t number)
    : task_chain(home.executor()),
      service_(std::move(of)),
      home_(home),
      work_(io::asio::require(home.executor(), io::asio::execution::outstanding_work.tracked)),
      peer_{number, made.peer},
      frames_(std::move(made.carrier), service_->settings.codec,
              service_->settings.outgoing(), service_->limits),
      connection_(*this),
      life_(io::watchdog::of(home.executor()), io::calling<&session::life_over>(*this)) {}

void session::begin() {
    io::task<void> life = run();
    self_ = shared_from_this();
    start(std::move(life));
}

void session::completed() {
    const std::shared_ptr<session> self = std::move(self_);
    take();   // only an events object that throws comes here; what is left cannot be trusted
}

void session::abandon() noexcept {
    const std::shared_ptr<session> self = std::move(self_);
    destroy_frames();
}

// The whole life of a connection. It serves, then parts from its peer, and each time awaits a call, or the peer, or at its end a turn of the
// others: at one place, as all that can be awaited takes memory for as long as the connection is idle.
io::task<void> session::run() {
    open();
    io::task<void> call = first_call();
    while (serves(call) || parts(call)) {
        try {
            if (call.valid()) co_await std::move(call);
            else note_filled(co_await wait());
        } catch (...) {
            call_threw();
        }
    }
    ended();
}

void session::open() {
    stage_ = stage::serving;
    life_.move(end_of_life());
    home_.add(*this);
    service_->events.opened(peer_);
}

// The user's coroutine, if there is one; else the hook, which is no coroutine.
io::task<void> session::first_call() noexcept try {
    if (const router* const routes = service_->routes()) {
        if (routes->called().open) visit(routes->called().open, open_hook);
        return {};
    }
    home_.begins(*this, serve_call);
    return (*service_->serve())(connection_);
} catch (const std::bad_alloc&) {   // those of hooks are caught where they are called
    no_memory();
    return {};
} catch (...) {
    handler_failed(std::current_exception());
    return {};
}

// Of each frame, in one function with the loop that takes them.
inline bool dispatcher::handle(session& of, bytes body, io::task<void>& later) {
    const route& how = of.common().routes()->route_of(body);
    if (how.at_once == nullptr) [[unlikely]] return handle_another_way(of, how, body, later);
    worker& home = of.home();
    call here(of);
    home.begins(of, how.name);
    const bool is_done = how.at_once(how.handler.get(), here, body);
    home.has_ended();
    if (is_done) [[likely]] return true;
    return handle_rest(of, here, body, later);
}

// Handles what has arrived. Whether there is something to await before its end: `call`, if it is one then, or the peer.
bool session::serves(io::task<void>& call) noexcept try {
    if (call.valid()) return true;
    if (service_->routes() == nullptr || is_over()) return false;
    while (const std::optional<bytes> body = frames_.next())
        if (!dispatcher_.handle(*this, *body, call)) return call.valid();
    if (frames_.failure()) ends(frames_.failure());
    return !is_over();
} catch (const std::bad_alloc&) {   // those of handlers are caught where they are called
    no_memory();
    return false;
} catch (...) {   // of how the user's fields are read
    handler_failed(std::current_exception());
    return false;
}

io::frame_fill session::wait() noexcept { return is_over() ? frames_.others_turn() : frames_.fill(); }

void session::note_filled(const error_code& why_not) noexcept {
    if (is_over()) return;
    if (why_not) ends(why_not);
    else heard();
}

// A coroutine of the user's, while it serves, or how its fields are read; whatever else is awaited has no memory.
void session::call_threw() noexcept {
    awaited_ = awaited::in_vain;
    const bool is_users = service_->serve() != nullptr && stage_ < stage::joining && frames_.failure() != io::asio::error::no_memory;
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
    ends(io::asio::error::no_memory);
    frames_.fail(io::asio::error::no_memory);
}

std::string session::text() const {
    return "connection " + std::to_string(peer_.number) + " from " + peer_.address.text();
}

std::vector<std::string> session::under_way() const {
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
        if (drained_ != drained::no || is_lost()) stop.request_stop();
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

// Without memory for its place among what waits here, it is lost for this connection.
bool session::take_published(const frame::shared_frame& made, const push_as& as) try {
    return !connection_.try_push(made, as);
} catch (const std::bad_alloc&) {
    return false;
}

}  // namespace hawser::server
