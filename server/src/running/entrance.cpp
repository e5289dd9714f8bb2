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

}   // namespace

listeners listen_on_all(const effective_config& settings, const std::vector<server::make_listener>& added,
                        const io::executor& front) {
    listeners all;
    const auto take = [&all](const std::string& name, result<std::unique_ptr<io::listener>> made) {
        if (!made) cannot_listen(name, made.error());
        all.push_back(std::move(*made));
    };
    for (const std::string& text : settings.listen) {
        const result<io::address> where = io::address::parse(text);
        if (!where) cannot_listen(text, where.error());
        take(where->text(), io::listen(front, *where, settings.sockets));
    }
    for (const server::make_listener& make : added) take("an added listener", make(front));
    if (all.empty())
        throw start_failure(make_error_code(boost::system::errc::invalid_argument),
                            "nowhere to listen: the config names no address");
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
