#include "datagram_ports.hpp"

#include <hawser/io/random.hpp>

#include <boost/asio/post.hpp>

#include <utility>

namespace hawser::inline v0::server {

worker& home_of_port(const crew& of, std::size_t number) noexcept {
    const auto& workers = of.workers();
    return *workers[workers.size() - 1 - number % workers.size()];
}

datagram_ports::datagram_ports(datagram_sockets sockets, const crew& on, const service& of,
                               std::function<void()> one_ended)
    : front_(on.front()), service_(of), one_ended_(std::move(one_ended)) {
    for (std::unique_ptr<io::datagram_socket>& socket : sockets) {
        worker& home = home_of_port(on, ports_.size());
        const std::uint64_t secret = io::random::of(home.executor()).next();   // no thread runs it yet, or it is ours
        const std::size_t number = ports_.size();
        ports_.push_back(std::make_unique<one>(datagram_port::parts{home, of, std::move(socket), secret},
                                               [this, number](std::shared_ptr<const void> owner) {
                                                   tell_end(*ports_[number], std::move(owner));
                                               }));
        home.add(ports_.back()->port);
    }
}

void datagram_ports::open_soon(const std::shared_ptr<const void>& owner) noexcept {
    open_ = ports_.size();
    for (const auto& each : ports_) each->port.open_soon(owner);
}

// What is left after the end goes down with its io_context, and is not counted.
void datagram_ports::tell_end(one& of, std::shared_ptr<const void> owner) noexcept {
    if (service_.is_over) return;
    io::asio::post(front_, of.telling.keep([this, owner = std::move(owner)] {
        --open_;
        one_ended_();
    }));
}

}   // namespace hawser::server
