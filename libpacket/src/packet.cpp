#include <hawser/packet/packets.hpp>

#include <boost/mp11/algorithm.hpp>

#include <algorithm>

namespace hawser::packet {

result<header> header::read(bytes body) noexcept {
    if (body.size() < size) return errc::short_body;
    header front{.code = command{std::to_integer<std::uint8_t>(body.front())}};
    std::ranges::copy(as_text(body.subspan(1, size - 1)), front.id.octets.begin());
    return front;
}

result<any> decode(bytes body) {
    if (body.empty()) return errc::short_body;
    const command code{std::to_integer<std::uint8_t>(body.front())};
    result<any> answer = errc::unknown_command;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, any>>([&](auto type) {
        using Packet = typename decltype(type)::type;
        if (Packet::code != code) return;
        const result<Packet> read = decode_as<Packet>(body);
        if (read) answer = any(*read);
        else answer = read.error();
    });
    return answer;
}

}  // namespace hawser::packet
