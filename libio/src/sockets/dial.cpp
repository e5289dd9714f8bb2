#include <hawser/io/dial.hpp>

#include "hosts.hpp"
#include "open_socket.hpp"
#include "own_end.hpp"
#include "patience.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/socket_base.hpp>

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace hawser::inline v0::io {

namespace {

using asio::ip::tcp;
using generic_endpoint = asio::generic::stream_protocol::endpoint;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// How soon a Unix socket with a full queue is tried again: long for a server that accepts, short for people.
constexpr duration retry_after = 10ms;

// A first segment that is lost is sent again after a second.
constexpr duration least_share = 2s;

task<result<std::vector<generic_endpoint>>> candidates(address where, time_point until, std::stop_token stop) {
    std::vector<generic_endpoint> all;
    if (where.what == address::kind::unix_path) {
        all.emplace_back(asio::local::stream_protocol::endpoint(where.path.c_str()));
        co_return all;
    }
    const result<hosts> found = co_await hosts_to_connect(where, until, stop);
    if (!found) co_return found.error();
    for (const asio::ip::address& host : *found) all.emplace_back(tcp::endpoint(host, where.port));
    co_return all;
}

// When the first of `left` addresses has to have answered.
time_point share(time_point until, std::size_t left) {
    const time_point now = clock::now();
    const duration remaining = until - now;
    return now + std::max(remaining / static_cast<duration::rep>(left), std::min(remaining, least_share));
}

// A Unix socket with a full queue says "try again" instead of waiting, as TCP does, and Asio takes that for a success.
error_code not_really(const socket& connected, const generic_endpoint& where) {
    error_code error;
    if (where.protocol().family() == AF_UNIX) static_cast<void>(connected.remote_endpoint(error));
    return error;
}

// Leaves nothing of it behind.
void reset_and_close(socket& connected) {
    error_code ignored;
    connected.set_option(asio::socket_base::linger(true, 0), ignored);
    connected.close(ignored);
}

task<error_code> connect(socket& made, generic_endpoint where, const patience& patient, socket_options options) {
    error_code error;
    for (int with_itself = 0; !patient.over();) {
        error = open_socket(made, where.protocol());
        if (!error) error = apply(options, made.native_handle());
        if (!error) error = come_from<tcp>(options.source, made);
        if (error) break;
        co_await made.async_connect(where, asio::redirect_error(use_task, error));
        if (!error) error = not_really(made, where);
        if (!error && is_connected_with_itself(made)) {
            reset_and_close(made);
            if (++with_itself == most_with_itself) co_return asio::error::connection_refused;
            continue;
        }
        if (error != asio::error::not_connected && error != asio::error::interrupted) break;
        made.close(error);
        co_await sleep(retry_after);
    }
    co_return patient.over() ? patient.over() : error;
}

void close_it(socket& connecting) noexcept {
    error_code ignored;
    connecting.close(ignored);
}

}   // namespace

task<result<transport>> dial(address where, duration timeout, socket_options options) {
    const std::stop_token never;
    return dial(std::move(where), timeout, never, options);
}

task<result<transport>> dial(address where, duration timeout, std::stop_token stop, socket_options options) {
    if (where.what == address::kind::udp) co_return errc::wrong_network;
    const executor here = co_await this_executor;
    const time_point until = after(clock::now(), timeout);
    const result<std::vector<generic_endpoint>> found = co_await candidates(where, until, stop);
    if (!found) co_return found.error();

    error_code first_error;
    for (std::size_t index = 0; index < found->size(); ++index) {
        if (stop.stop_requested()) co_return errc::closed;
        socket made(here);
        const patience patient(here, share(until, found->size() - index), stop, calling<&close_it>(made));
        const error_code error = co_await connect(made, (*found)[index], patient, options);
        if (!error) co_return transport(std::move(made));
        if (clock::now() >= until) co_return errc::connect_timeout;
        if (!first_error) first_error = error;
    }
    co_return stop.stop_requested() ? make_error_code(errc::closed) : first_error;
}

}   // namespace hawser::io
