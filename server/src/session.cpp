// A session, from its beginning on. Its end is in session_end.cpp, its clocks in session_clocks.cpp.
#include "session.hpp"

#include "worker.hpp"

#include <hawser/io/random.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/detached.hpp>

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

// The whole life of a connection. What is named in here takes memory for as long as the connection is idle.
io::task<void> session::run() {
    open();
    try {
        if (service_->routes == nullptr) {
            if (io::task<void> call = begin_serving(); call.valid()) co_await std::move(call);
        } else {
            while (!is_over_) {
                if (io::task<void> call = handle_arrived(); call.valid()) co_await std::move(call);
                else if (!is_over_) note_filled(co_await frames_.fill());
            }
        }
    } catch (...) {
        call_threw(std::current_exception());
    }
    note_end();
    stage_ = stage::finishing;
    while (stage_ == stage::finishing) {
        try {
            if (parts_in_peace()) co_await end();
        } catch (...) {
            no_memory();
        }
        if (stage_ != stage::finishing) break;
        end_without_memory();
        co_await frames_.others_turn();
    }
    ended();
}

// What is thrown as it begins: without memory it is not the user's.
io::task<void> session::begin_serving() noexcept try {
    home_.begins(*this, serve_call);
    return service_->serve(connection_);
} catch (const std::bad_alloc&) {
    no_memory();
    return {};
} catch (...) {
    handler_failed(std::current_exception());
    return {};
}

// Gives what else than the peer has to be waited for.
io::task<void> session::handle_arrived() noexcept try {
    const router::pause next = service_->routes->handle_arrived(*this);
    if (next.awaits == router::pause::what::call) return service_->routes->handle(*this, *next.how, next.body);
    if (next.awaits == router::pause::what::end) ends(next.why);
    return {};
} catch (const std::bad_alloc&) {   // those of handlers and hooks are caught where they are called
    no_memory();
    return {};
}

void session::note_filled(const error_code& why_not) noexcept {
    if (is_over_) return;
    if (why_not) ends(why_not);
    else heard();
}

// A coroutine of the user's, while it serves; whatever else is awaited has no memory.
void session::call_threw(std::exception_ptr thrown) noexcept {
    const bool is_users = stage_ == stage::serving && service_->serve;
    if (is_users && frames_.failure() != io::asio::error::no_memory) handler_failed(std::move(thrown));
    else no_memory();
}

void session::no_memory() noexcept {
    ends(io::asio::error::no_memory);
    frames_.reject(io::asio::error::no_memory);
}

void session::open() {
    stage_ = stage::serving;
    life_.move(end_of_life());
    home_.add(*this);
    service_->events.opened(peer_);
    if (service_->routes != nullptr && service_->routes->on_open_) visit(service_->routes->on_open_, open_hook);
}

// Whoever is told to go away has some requests on their way that it sent before it knew. They are still answered: it is
// read from until it closes its half, or for as long as we would wait for that at the end.
void session::drain(io::time_point end) try {
    const io::time_point now = io::clock::now();
    const io::time_point latest = now + (end - now) / 2;
    if (leaving_) return life_.move(std::min(life_.at(), latest));
    if (std::exchange(is_draining_, true)) return;
    if (extras_) extras_->stop.request_stop();
    if (!knows_extensions_) return frames_.stop_reading();
    leaving_ = true;
    life_.move(latest);
    io::spawn(home_.executor(), send_away(shared_from_this(), latest), io::asio::detached);
} catch (const std::bad_alloc&) {
    frames_.fail(make_error_code(boost::system::errc::not_enough_memory));
}

// The peer may have much to take before there is room for it; its time begins when there is.
io::task<void> session::send_away(std::shared_ptr<session> self, io::time_point latest) {
    try {
        byte_buffer notice;
        packet::encode(packet::go_away{packet::no_id, self->reconnect_within()}, notice);
        static_cast<void>(co_await self->frames_.send(notice.view(), latest));
    } catch (const std::bad_alloc&) {
        self->frames_.fail(io::asio::error::no_memory);
    }
    if (self->leaving_ && !self->is_served_)
        self->life_.move(std::min(self->life_.at(), io::after(io::clock::now(), self->service_->settings.linger)));
}

// In milliseconds. Each gets a time of its own, so that not all of them come back in the same instant.
std::uint32_t session::reconnect_within() {
    const auto longest = static_cast<std::uint64_t>(service_->settings.reconnect_within.count());
    if (longest == 0) return 0;
    return static_cast<std::uint32_t>(1 + io::random::of(home_.executor()).below(longest));
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
        frames_.on_failure(io::calling<&session::stop_handlers>(*this));
        stop = std::stop_source();
        if (is_draining_ || is_lost()) stop.request_stop();
    }
    return stop.get_token();
}

request_watch& session::requests() {
    std::unique_ptr<request_watch>& watch = more().requests;
    if (!watch)
        watch = std::make_unique<request_watch>(home_.executor(), service_->settings.request_timeout, io::calling<&session::request_late>(*this));
    return *watch;
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
