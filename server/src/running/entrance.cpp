#include "entrance.hpp"

#include "start_failure.hpp"

#include <hawser/io/watchdog.hpp>

#include <boost/asio/post.hpp>

#include <chrono>
#include <new>
#include <optional>
#include <string>
#include <utility>

namespace hawser::inline v0::server {

namespace {

// Connections that there was no memory to begin with accepting have to wait so long.
constexpr io::duration before_the_next_try = std::chrono::milliseconds(20);

// Of a Unix path the system says who began to listen. It need not be a server of ours, nor who has the socket now.
std::string who_has(const std::string& name, const error_code& why) {
    if (why != hawser::errc::address_in_use) return {};
    const result<io::address> where = io::address::parse(name);
    const std::optional<int> process = where ? io::listening_process(*where) : std::nullopt;
    return process ? ", process " + std::to_string(*process) + " began to listen there" : std::string();
}

[[noreturn]] void cannot_listen(const std::string& name, const error_code& why) {
    throw start_failure(why, "cannot listen on " + name + ": " + why.message() + who_has(name, why));
}

[[noreturn]] void refuse(const std::string& why) {
    throw start_failure(make_error_code(boost::system::errc::invalid_argument), why);
}

// For what can be told without listening.
void check(const definition& of, const io::address& where) {
    const bool is_udp = where.what == io::address::kind::udp;
    if (is_udp && !of.datagrams)
        throw start_failure(make_error_code(hawser::errc::wrong_network),
                            "cannot listen on " + where.text() + ": a udp address, and datagrams have no handler: " +
                                "give one to server::on_datagram(), or listen on a tcp address");
    if (!is_udp && !of.serves_connections())
        refuse("cannot listen on " + where.text() + ": connections come there, and this server has a handler of " +
               "datagrams alone: write udp: before it");
}

void listen_on_datagrams(const io::address& where, const effective_config& settings, const crew& on, bindings& into) {
    io::socket_options options = settings.sockets;
    options.receive_buffer = settings.datagrams.receive_buffer;
    auto made = io::listen_datagrams(home_of_port(on, into.datagrams.size()).executor(), where, options);
    if (!made) cannot_listen(where.text(), made.error());
    const io::endpoint local = (*made)->local();
    io::address named = where;
    named.port = local.port;
    const bool is_of_both = where.host.empty() && local.what == io::endpoint::kind::ipv6;
    into.addresses.push_back(is_of_both ? named.text() : "udp:" + local.text());
    into.ports.push_back(local.port);
    if (into.datagrams.empty()) into.datagram_port = local.port;
    into.datagrams.push_back(std::move(*made));
}

void listen_on_streams(const std::string& name, result<std::unique_ptr<io::listener>> made, bindings& into) {
    if (!made) cannot_listen(name, made.error());
    into.addresses.push_back((*made)->text());
    if ((*made)->port() != 0) into.ports.push_back((*made)->port());
    into.streams.push_back(std::move(*made));
}

}   // namespace

bindings listen_on_all(const definition& of, const std::vector<server::make_listener>& added, const crew& on) {
    bindings all;
    for (const std::string& text : of.settings.listen) {
        const result<io::address> where = io::address::parse(text);
        if (!where) cannot_listen(text, where.error());
        check(of, *where);
        if (where->what == io::address::kind::udp) listen_on_datagrams(*where, of.settings, on, all);
        else listen_on_streams(where->text(), io::listen(on.front(), *where, of.settings.sockets), all);
    }
    for (const server::make_listener& make : added) {
        if (!of.serves_connections()) refuse("a listener was added, and this server has a handler of datagrams alone");
        listen_on_streams("an added listener", make(on.front()), all);
    }
    if (all.addresses.empty()) refuse("nowhere to listen: the config names no address");
    if (of.datagrams && all.datagrams.empty())
        refuse("datagrams have a handler and nowhere to come: the config names no udp: address to listen on");
    return all;
}

entrance::entrance(const listeners& from, const crew& to, const admission_limits& limits, const event_chain& events,
                   acceptor::open_function open)
    : listeners_(from),
      front_(to.front()),
      door_(to, limits, events, std::move(open)),
      open_later_(io::watchdog::of(front_), io::calling<&entrance::open>(*this)) {}

void entrance::open_soon(std::shared_ptr<const void> owner) noexcept {
    owner_ = owner;
    io::asio::post(front_, opening_.keep([this, alive = std::move(owner)] { open(); }));
}

void entrance::open() noexcept try {
    for (; opened_ < listeners_.size(); ++opened_) door_.start(*listeners_[opened_], owner_.lock());
} catch (const std::bad_alloc&) {
    open_later_.move(io::after(io::clock::now(), before_the_next_try));
}

void entrance::close(bool in_peace) noexcept {
    opened_ = listeners_.size();
    open_later_.clear();
    for (const auto& source : listeners_) {
        if (in_peace) door_.accept_the_rest(*source);
        source->close();
    }
}

}   // namespace hawser::server
