// What a handler of datagrams does with one: the port where it was received answers.
#include <hawser/server/datagram.hpp>

#include "datagram_port.hpp"

#include <algorithm>
#include <limits>

namespace hawser::inline v0::server {

namespace {

std::size_t allowed_for(std::size_t asked, std::size_t amplification) noexcept {
    constexpr std::size_t all = std::numeric_limits<std::size_t>::max();
    const std::size_t came = datagram_limits::headers + asked;
    return amplification == 0 || amplification > all / came ? all : amplification * came;
}

}   // namespace

datagram::datagram(datagram_port& at, const io::endpoint& from, std::size_t asked) noexcept
    : at_(at), from_(from), left_(allowed_for(asked, at.limits().amplification)) {}

io::endpoint datagram::local() const noexcept { return at_.socket_->local(); }

std::size_t datagram::most() const noexcept {
    return left_ < datagram_limits::headers ? 0 : std::min(at_.limits().largest, left_ - datagram_limits::headers);
}

mutable_bytes datagram::room() const noexcept { return at_.answer_.prepare(at_.limits().largest).first(most()); }

void datagram::answer(bytes body) noexcept {
    if (left_ < datagram_limits::headers || body.size() > most()) return refuse(body.size());
    left_ -= datagram_limits::headers + body.size();
    at_.send(body, from_);
}

void datagram::refuse(std::size_t size) noexcept {
    const bool is_too_long = size > at_.limits().largest;
    (is_too_long ? at_.counted_.answers_too_long : at_.counted_.answers_amplifying).add(1);
}

std::stop_token datagram::stop_token() const { return at_.calls_.token(); }

server_handle datagram::server() const { return at_.service_.handle(); }

}   // namespace hawser::server
