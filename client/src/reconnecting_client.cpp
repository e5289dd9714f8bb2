// The face of it: the work is done by a connection_pool, made of kept_connections and a request_queue.
#include <hawser/client/reconnecting_client.hpp>

#include "connection_pool.hpp"

#include <hawser/io/dial.hpp>

#include <stdexcept>
#include <utility>

namespace hawser::inline v0::client {

namespace {

struct dial_to {
    io::address where;
    io::socket_options sockets;
    io::task<result<io::transport>> operator()(io::duration timeout, std::stop_token stop) const {
        return io::dial(where, timeout, std::move(stop), sockets);
    }
};

io::task<result<void>> refuse_unsent(error_code why) { co_return why; }

void check(const reconnecting_options& settings) {
    if (settings.connections == 0) throw std::invalid_argument("connections: 0, at least 1 is needed");
    if (settings.hello) settings.connection.speaks.require_greeting();
    if (settings.connection.ping_interval > io::duration::zero()) settings.connection.speaks.require_pings();
}

}   // namespace

std::string_view name_of(connection_state::phase state) noexcept {
    using phase = connection_state::phase;
    switch (state) {
        case phase::dialling: return "dialling";
        case phase::greeting: return "greeting";
        case phase::connected: return "connected";
        case phase::waiting: return "waiting";
        case phase::closed: return "closed";
    }
    return "?";
}

// In braces, which are evaluated from left to right: the settings are read before they are moved.
reconnecting_client::reconnecting_client(const io::executor& here, io::address where, reconnecting_options settings)
    : reconnecting_client{here, dialler(dial_to{std::move(where), settings.connection.sockets}), std::move(settings)} {}

reconnecting_client::reconnecting_client(const io::executor& here, dialler dial, reconnecting_options settings) {
    check(settings);
    pool_ = std::make_shared<connection_pool>(here, std::move(dial), std::move(settings));
    connection_pool::start(pool_);
}

reconnecting_client::~reconnecting_client() { pool_->close_now(); }

io::task<result<void>> reconnecting_client::ready(io::duration timeout) {
    return connection_pool::ready(pool_, io::after(io::clock::now(), timeout));
}
io::task<result<byte_buffer>> reconnecting_client::next() { return connection_pool::next(pool_); }
io::task<void> reconnecting_client::close() { return connection_pool::close(pool_); }

std::size_t reconnecting_client::connections() const noexcept { return pool_->size(); }
connection_state reconnecting_client::state(std::size_t which) const { return pool_->state(which); }
const reconnecting_counters& reconnecting_client::counters() const noexcept { return pool_->counters(); }
std::size_t reconnecting_client::waiting() const noexcept { return pool_->waiting(); }
std::uint64_t reconnecting_client::dropped() const noexcept { return pool_->dropped(); }

bool reconnecting_client::has_command_at(const packet::command_place& place) const noexcept {
    return pool_->settings().speaks.place() == place;
}
io::duration reconnecting_client::request_timeout() const noexcept { return pool_->settings().request_timeout; }
std::uint32_t reconnecting_client::next_number(std::uint32_t last) noexcept { return pool_->next_number(last); }
id_use reconnecting_client::use_of(const packet::identity& answer) const noexcept { return pool_->use_of(answer); }

io::task<result<byte_buffer>> reconnecting_client::exchange(packet::form form, packet::identity answer, bytes body,
                                                            io::duration timeout) {
    return connection_pool::exchange(pool_, form, answer, body, io::after(io::clock::now(), timeout));
}

io::task<result<void>> reconnecting_client::send_body(byte_buffer body, error_code failed) {
    if (failed) return refuse_unsent(failed);
    return connection_pool::send(pool_, std::move(body), io::after(io::clock::now(), request_timeout()));
}

}   // namespace hawser::client
