#include <hawser/client/reconnecting_client.hpp>

#include "link.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/io/random.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/intrusive/set.hpp>

#include <algorithm>
#include <new>
#include <stdexcept>
#include <utility>

namespace hawser::client {

using what = connection_state::what;

// One of the connections that are kept, and the pauses between those that it has been.
struct reconnecting_client::line {
    explicit line(const back_off_options& how) : pauses(how) {}

    back_off pauses;
    std::shared_ptr<link> over;   // while connected
    connection_state last;
};

// One request, for as long as it lasts; in the queue while it waits for a connection. Ordered by when it was made, so what
// is sent again keeps its place.
struct reconnecting_client::flight : boost::intrusive::set_base_hook<> {
    flight(shared& of, io::time_point until);
    flight(const flight&) = delete;
    flight& operator=(const flight&) = delete;
    ~flight() { leave(); }

    void line_up();
    void leave() noexcept;

    friend bool operator<(const flight& a, const flight& b) noexcept { return a.number < b.number; }

    shared& all;
    std::uint64_t number;
    io::event changed;
    io::deadline give_up;
    bool was_sent = false;
};

// What the client and its coroutines have in common.
struct reconnecting_client::shared {
    shared(const io::executor& where, dialler by, reconnecting_options with)
        : here(where),
          dial(std::move(by)),
          settings(std::move(with)),
          pushes(std::make_shared<inbox>(where, settings.connection.inbox)),
          lines(settings.connections, line(settings.pauses)),
          changed(where) {}

    // Keeping connections.
    static void start(const std::shared_ptr<shared>& all);
    [[nodiscard]] static io::task<void> keep(std::shared_ptr<shared> all, line& mine);
    [[nodiscard]] static io::task<error_code> connect(shared& all, line& mine, std::shared_ptr<link>& made);
    [[nodiscard]] static io::task<error_code> greet(shared& all, std::shared_ptr<link> fresh);
    [[nodiscard]] static io::task<io::duration> attend(shared& all, line& mine);
    [[nodiscard]] static io::task<void> see_off(std::shared_ptr<shared> all, std::shared_ptr<link> over);
    [[nodiscard]] io::duration leave(line& mine, const link& over);
    void enter(line& mine, what state);
    void ended();
    void stop();

    // Asking.
    [[nodiscard]] static io::task<result<std::shared_ptr<link>>> turn(shared& all, flight& self);
    [[nodiscard]] static io::task<result<byte_buffer>> exchange(std::shared_ptr<shared> all, packet::form form,
                                                                packet::identity answer, bytes body, io::time_point until);
    [[nodiscard]] static io::task<result<void>> send(std::shared_ptr<shared> all, byte_buffer body, io::time_point until);
    [[nodiscard]] std::shared_ptr<link> least_busy();
    void wake_first();
    [[nodiscard]] double chance() { return io::random::of(here).fraction(); }

    io::executor here;
    dialler dial;
    reconnecting_options settings;
    std::shared_ptr<inbox> pushes;
    std::shared_ptr<numbers> ids = std::make_shared<numbers>();
    std::vector<line> lines;
    std::vector<std::shared_ptr<link>> links;   // all that are not finished
    boost::intrusive::set<flight> queue;
    std::uint64_t flights = 0;                  // ever
    std::size_t turn_of = 0;                    // the line to look at first
    reconnecting_counters counters;
    io::event changed;                          // connected, or nothing runs any more
    std::stop_source stopping;
    std::size_t running = 0;                    // coroutines
};

// Requests.

reconnecting_client::flight::flight(shared& of, io::time_point until)
    : all(of),
      number(of.flights++),
      changed(of.here),
      give_up(io::watchdog::of(of.here), [](void* self) { static_cast<flight*>(self)->changed.notify(); }, this) {
    give_up.move(until);
}

void reconnecting_client::flight::line_up() { all.queue.insert(*this); }

void reconnecting_client::flight::leave() noexcept {
    if (!is_linked()) return;
    all.queue.erase(all.queue.iterator_to(*this));
    all.wake_first();
}

void reconnecting_client::shared::wake_first() {
    if (!queue.empty()) queue.begin()->changed.notify();
}

// Those with equally many take turns.
std::shared_ptr<link> reconnecting_client::shared::least_busy() {
    std::shared_ptr<link> best;
    ++turn_of;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::shared_ptr<link>& over = lines[(turn_of + i) % lines.size()].over;
        if (!over || !over->works() || over->told_to_leave()) continue;
        if (!best || over->in_flight() < best->in_flight()) best = over;
    }
    return best;
}

// Waits for a connection, behind those who wait already. Whoever gets one sends at once, before the next in the queue is
// woken: that keeps the order.
io::task<result<std::shared_ptr<link>>> reconnecting_client::shared::turn(shared& all, flight& self) {
    if (all.queue.empty() && !all.stopping.stop_requested())
        if (std::shared_ptr<link> over = all.least_busy()) co_return over;
    if (!self.was_sent && all.queue.size() >= all.settings.most_waiting) co_return errc::too_many_waiting;
    self.line_up();
    for (;;) {
        if (all.stopping.stop_requested()) co_return hawser::errc::closed;
        if (self.give_up.expired()) co_return self.was_sent ? errc::request_timeout : errc::no_connection;
        if (&*all.queue.begin() == &self) {
            if (std::shared_ptr<link> over = all.least_busy()) {
                self.leave();
                co_return over;
            }
        }
        co_await self.changed.wait();
    }
}

io::task<result<byte_buffer>> reconnecting_client::shared::exchange(std::shared_ptr<shared> all, packet::form form,
                                                                    packet::identity answer, bytes body,
                                                                    io::time_point until) {
    flight self(*all, until);
    for (;;) {
        result<std::shared_ptr<link>> over = co_await turn(*all, self);
        if (!over) co_return over.error();
        if (std::exchange(self.was_sent, true)) ++all->counters.resent;
        result<byte_buffer> got = co_await link::exchange(*over, form, answer, body, until);
        if (got || got.error() == errc::request_timeout || got.error() == errc::id_in_flight) co_return got;
        const bool is_lost = !(*over)->works() && !all->stopping.stop_requested();
        if (!is_lost || all->settings.in_flight == on_break::fail) co_return got;
    }
}

io::task<result<void>> reconnecting_client::shared::send(std::shared_ptr<shared> all, byte_buffer body,
                                                         io::time_point until) {
    flight self(*all, until);
    result<std::shared_ptr<link>> over = co_await turn(*all, self);
    if (!over) co_return over.error();
    co_return co_await link::send(*over, std::move(body), until);
}

// Connections.

void reconnecting_client::shared::start(const std::shared_ptr<shared>& all) {
    for (line& each : all->lines) {
        ++all->running;
        io::asio::co_spawn(all->here, keep(all, each), io::asio::detached);
    }
}

void reconnecting_client::shared::enter(line& mine, what state) {
    mine.last.now = state;
    if (settings.watch) settings.watch(static_cast<std::size_t>(&mine - lines.data()), mine.last);
}

void reconnecting_client::shared::ended() {
    if (--running == 0) changed.notify();
}

// One line, for as long as the client lives.
io::task<void> reconnecting_client::shared::keep(std::shared_ptr<shared> all, line& mine) {
    const std::stop_token stop = all->stopping.get_token();
    while (!stop.stop_requested()) {
        std::shared_ptr<link> made;
        const error_code failed = co_await connect(*all, mine, made);
        io::duration pause{};
        if (failed) {
            ++all->counters.failed;
            mine.last.last_failure = failed;
            pause = mine.pauses.next(all->chance());
        } else {
            mine.over = made;
            pause = co_await attend(*all, mine);
        }
        if (made) {
            ++all->running;
            io::asio::co_spawn(all->here, see_off(all, made), io::asio::detached);
        }
        if (stop.stop_requested()) break;
        mine.last.until = io::after(io::clock::now(), pause);
        all->enter(mine, what::waiting);
        static_cast<void>(co_await io::sleep(pause, stop));
    }
    all->enter(mine, what::closed);
    all->ended();
}

// Dials and greets. `made` is the connection, also if the greeting failed.
io::task<error_code> reconnecting_client::shared::connect(shared& all, line& mine, std::shared_ptr<link>& made) {
    const std::stop_token stop = all.stopping.get_token();
    error_code failed;
    try {
        all.enter(mine, what::dialling);
        result<io::transport> carrier = co_await all.dial(all.settings.connection.connect_timeout, stop);
        if (!carrier) co_return carrier.error();
        if (stop.stop_requested()) co_return hawser::errc::closed;
        made = std::make_shared<link>(std::move(*carrier), all.settings.connection, all.pushes, all.ids);
        all.links.push_back(made);
        link::start(made);
        all.enter(mine, what::greeting);
        failed = co_await greet(all, made);
    } catch (const std::bad_alloc&) {
        failed = make_error_code(boost::system::errc::not_enough_memory);
    } catch (...) {
        failed = errc::hook_failed;
    }
    if (!failed && made->ended()) failed = *made->ended();
    if (failed && made) made->fail(failed);
    co_return failed;
}

io::task<error_code> reconnecting_client::shared::greet(shared& all, std::shared_ptr<link> fresh) {
    io::deadline give_up(io::watchdog::of(all.here),
                         [](void* late) { static_cast<link*>(late)->fail(hawser::errc::connect_timeout); }, fresh.get());
    give_up.move(io::after(io::clock::now(), all.settings.connection.connect_timeout));
    client view(fresh);
    result<void> done = result<void>();
    if (all.settings.hello) done = co_await view.hello();
    if (done && all.settings.hook) done = co_await all.settings.hook(view);
    view.link_.reset();   // it goes on without the view
    if (give_up.expired()) co_return hawser::errc::connect_timeout;
    co_return done ? error_code() : done.error();
}

// While requests flow. Returns how long to wait for the next connection.
io::task<io::duration> reconnecting_client::shared::attend(shared& all, line& mine) {
    const std::shared_ptr<link> over = mine.over;
    const io::time_point began = io::clock::now();
    ++all.counters.connected;
    all.enter(mine, what::connected);
    all.changed.notify();
    all.wake_first();
    while (!over->ended() && !over->told_to_leave() && !all.stopping.stop_requested()) co_await over->changed().wait();
    mine.over = nullptr;
    if (all.stopping.stop_requested()) co_return io::duration::zero();
    mine.pauses.lived(io::clock::now() - began);
    if (!over->ended()) co_return all.leave(mine, *over);
    ++all.counters.broken;
    mine.last.last_failure = *over->ended();
    while (over->in_flight() > 0) co_await over->changed().wait();   // they are in the queue again before the next is dialled
    co_return mine.pauses.next(all.chance());
}

// At a random instant in the time that the server gave: it tells all of its clients at once.
io::duration reconnecting_client::shared::leave(line& mine, const link& over) {
    ++counters.sent_away;
    const io::duration longest = std::min(*over.told_to_leave(), settings.longest_leave);
    const std::chrono::duration<double, io::duration::period> some(static_cast<double>(longest.count()) * chance());
    return std::max(std::chrono::duration_cast<io::duration>(some), mine.pauses.next(chance()));
}

// A connection that gets no more requests ends when those on it have.
io::task<void> reconnecting_client::shared::see_off(std::shared_ptr<shared> all, std::shared_ptr<link> over) {
    while (over->in_flight() > 0 && !over->ended() && !all->stopping.stop_requested()) co_await over->changed().wait();
    over->stop();
    while (!over->finished()) co_await over->changed().wait();
    std::erase(all->links, over);
    all->ended();
}

void reconnecting_client::shared::stop() {
    stopping.request_stop();
    for (flight& each : queue) each.changed.notify();
    for (const auto& over : links) {
        over->stop();
        over->changed().notify();
    }
    pushes->changed().notify();
    changed.notify();
}

// The client itself.

namespace {

struct dial_to {
    io::address where;
    io::socket_options sockets;
    io::task<result<io::transport>> operator()(io::duration timeout, std::stop_token stop) const {
        return io::dial(where, timeout, std::move(stop), sockets);
    }
};

io::task<result<void>> refuse(error_code why) { co_return why; }

void check(const reconnecting_options& settings) {
    if (settings.connections == 0) throw std::invalid_argument("connections: 0, at least 1 is needed");
    const bool greets = settings.hello || settings.connection.ping_interval > io::duration::zero();
    if (greets && !settings.connection.speaks.has_extensions())
        throw std::invalid_argument("hello and ping_interval are of the default protocol only, which this client does not speak");
}

}  // namespace

std::string_view name_of(connection_state::what state) noexcept {
    switch (state) {
        case what::dialling: return "dialling";
        case what::greeting: return "greeting";
        case what::connected: return "connected";
        case what::waiting: return "waiting";
        case what::closed: return "closed";
    }
    return "?";
}

// In braces, which are evaluated from left to right: the settings are read before they are moved.
reconnecting_client::reconnecting_client(const io::executor& here, io::address where, reconnecting_options settings)
    : reconnecting_client{here, dialler(dial_to{std::move(where), settings.connection.sockets}), std::move(settings)} {}

reconnecting_client::reconnecting_client(const io::executor& here, dialler dial, reconnecting_options settings) {
    check(settings);
    shared_ = std::make_shared<shared>(here, std::move(dial), std::move(settings));
    shared::start(shared_);
}

reconnecting_client::~reconnecting_client() {
    shared_->settings.watch = nullptr;   // what it looks at may be gone before the last coroutine is
    shared_->stop();
    for (const auto& over : shared_->links) over->fail(hawser::errc::closed);
}

io::task<result<void>> reconnecting_client::ready(io::duration timeout) {
    const std::shared_ptr<shared> all = shared_;
    io::deadline give_up(io::watchdog::of(all->here), [](void* of) { static_cast<shared*>(of)->changed.notify(); }, all.get());
    give_up.move(io::after(io::clock::now(), timeout));
    while (!all->least_busy()) {
        if (all->stopping.stop_requested()) co_return hawser::errc::closed;
        if (give_up.expired()) co_return errc::no_connection;
        co_await all->changed.wait();
    }
    co_return result<void>();
}

io::task<result<byte_buffer>> reconnecting_client::next() {
    const std::shared_ptr<shared> all = shared_;
    while (all->pushes->empty() && !all->stopping.stop_requested()) co_await all->pushes->changed().wait();
    if (all->pushes->empty()) co_return hawser::errc::closed;
    co_return all->pushes->take();
}

io::task<void> reconnecting_client::close() {
    const std::shared_ptr<shared> all = shared_;
    all->stop();
    while (all->running > 0) co_await all->changed.wait();
}

std::size_t reconnecting_client::connections() const noexcept { return shared_->lines.size(); }

connection_state reconnecting_client::state(std::size_t which) const {
    const line& asked = shared_->lines.at(which);
    connection_state now = asked.last;
    if (!asked.over) return now;
    now.in_flight = asked.over->in_flight();
    now.round_trip = asked.over->round_trip();
    return now;
}

const reconnecting_counters& reconnecting_client::counters() const noexcept { return shared_->counters; }
std::size_t reconnecting_client::waiting() const noexcept { return shared_->queue.size(); }
std::uint64_t reconnecting_client::dropped() const noexcept { return shared_->pushes->dropped(); }

bool reconnecting_client::has_command_at(const packet::command_place& place) const noexcept {
    return shared_->settings.connection.speaks.place() == place;
}
io::duration reconnecting_client::request_timeout() const noexcept { return shared_->settings.connection.request_timeout; }
std::uint32_t reconnecting_client::next_number(std::uint32_t last) noexcept { return shared_->ids->next(last); }

io::task<result<byte_buffer>> reconnecting_client::exchange(packet::form form, packet::identity answer, bytes body,
                                                            io::duration timeout) {
    return shared::exchange(shared_, form, answer, body, io::after(io::clock::now(), timeout));
}

io::task<result<void>> reconnecting_client::send_body(byte_buffer body, error_code failed) {
    if (failed) return refuse(failed);
    return shared::send(shared_, std::move(body), io::after(io::clock::now(), request_timeout()));
}

}  // namespace hawser::client
