#include <hawser/io/dial.hpp>

#include <hawser/io/event.hpp>
#include <hawser/io/watchdog.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::io {

namespace {

using asio::ip::tcp;
using resolver = asio::ip::basic_resolver<tcp, executor>;
using endpoints = std::vector<asio::generic::stream_protocol::endpoint>;

// One dial under way: shared with the look-up of the name, which cannot be interrupted and may outlive the dial.
struct attempt {
    explicit attempt(const executor& where) : names(where), changed(where) {}

    static void expired(void* self) { static_cast<attempt*>(self)->give_up(errc::connect_timeout); }

    void give_up(error_code why) {
        if (!given_up) given_up = why;
        error_code ignored;
        if (connecting != nullptr) connecting->close(ignored);
        changed.notify();
    }

    resolver names;
    event changed;
    error_code given_up;
    bool resolved = false;
    error_code error;
    endpoints found;
    socket* connecting = nullptr;
};

task<error_code> resolve(std::shared_ptr<attempt> dial, address where) {
    dial->names.async_resolve(where.host, std::to_string(where.port),
                              [dial](const error_code& error, const resolver::results_type& names) {
                                  dial->error = error;
                                  for (const auto& entry : names) dial->found.emplace_back(entry.endpoint());
                                  dial->resolved = true;
                                  dial->changed.notify();
                              });
    while (!dial->resolved && !dial->given_up) co_await dial->changed.wait();
    co_return dial->resolved ? dial->error : dial->given_up;
}

// The endpoints that need no look-up; none for a name.
endpoints numeric(const address& where) {
    if (where.what == address::kind::unix_path) return {asio::local::stream_protocol::endpoint(where.path)};
    if (where.host.empty())
        return {tcp::endpoint(asio::ip::address_v4::loopback(), where.port),
                tcp::endpoint(asio::ip::address_v6::loopback(), where.port)};
    error_code is_a_name;
    const asio::ip::address host = asio::ip::make_address(where.host, is_a_name);
    if (is_a_name) return {};
    return {tcp::endpoint(host, where.port)};
}

// How soon a Unix socket with a full queue is tried again: long for a server that accepts, short for people.
constexpr auto retry_after = std::chrono::milliseconds(10);

// A Unix socket with a full queue says "try again" instead of waiting, as TCP does, and Asio takes that for a success.
task<error_code> connect(socket& connecting, asio::generic::stream_protocol::endpoint where, const attempt& dial) {
    error_code error;
    while (!dial.given_up) {
        co_await connecting.async_connect(where, asio::redirect_error(use_task, error));
        if (error || where.protocol().family() != AF_UNIX) break;
        static_cast<void>(connecting.remote_endpoint(error));
        if (error != asio::error::not_connected) break;
        connecting.close(error);
        co_await sleep(retry_after);
    }
    co_return error;
}

// The token's own thread may be any.
struct giving_up {
    std::shared_ptr<attempt> dial;
    void operator()() const {
        asio::post(dial->changed.get_executor(), [dial = dial] { dial->give_up(errc::closed); });
    }
};

}  // namespace

task<result<transport>> dial(address where, duration timeout) {
    const std::stop_token never;
    return dial(std::move(where), timeout, never);
}

task<result<transport>> dial(address where, duration timeout, std::stop_token stop) {
    if (where.path.size() > address::max_path) co_return errc::bad_address;
    const executor here = co_await this_executor;
    const auto state = std::make_shared<attempt>(here);
    deadline give_up(watchdog::of(here), &attempt::expired, state.get());
    give_up.move(after(clock::now(), timeout));
    const giving_up stopped{state};
    const std::stop_callback on_stop(std::move(stop), stopped);

    state->found = numeric(where);
    if (state->found.empty())
        if (const error_code error = co_await resolve(state, where)) co_return error;

    error_code first_error;
    const endpoints candidates = state->found;
    for (const auto& candidate : candidates) {
        error_code error;
        socket connecting(here);
        state->connecting = &connecting;
        error = co_await connect(connecting, candidate, *state);
        state->connecting = nullptr;
        if (state->given_up) co_return state->given_up;
        if (!error) {
            if (where.what == address::kind::tcp) connecting.set_option(tcp::no_delay(true), error);
            co_return transport(std::move(connecting));
        }
        if (!first_error) first_error = error;
    }
    co_return first_error ? first_error : error_code(asio::error::host_not_found);
}

}  // namespace hawser::io
