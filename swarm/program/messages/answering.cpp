#include "answering.hpp"

#include <hawser/packet/packets.hpp>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace hawser::swarm_program {

namespace {

bytes whole(bytes body) { return body; }

void check(const message& one, const std::optional<number_field>& match) {
    if (!match) return;
    if (!one.counter() && one.least_size() < match->offset + match->format.size)
        throw std::invalid_argument("a message without a {counter} gets its number where --match says, and is too short for that");
}

packet::decoded<swarm::heard> read(bytes body, const answering& with) {
    swarm::heard made{.number = 0, .good = !with.good || with.good->are_in(body)};
    if (!with.match) return made;
    const auto& [offset, format] = *with.match;
    if (body.size() < offset + format.size) return packet::malformed{.why = packet::errc::short_body, .offset = offset};
    made.number = format.read(body.subspan(offset, format.size));
    return made;
}

}  // namespace

swarm::traffic traffic_of(std::vector<message> messages, answering with) {
    swarm::traffic made;
    made.in_order = !with.match;
    if (with.match) made.last = with.match->format.last();
    for (const message& one : messages) {
        check(one, with.match);
        if (one.counter()) made.last = std::min(made.last, one.counter()->last());
    }
    made.make = [messages = std::move(messages), match = with.match](std::uint32_t number, swarm::material& from, byte_buffer& into) {
        const message& next = messages[(number - 1) % messages.size()];
        const std::size_t before = into.size();
        next.append(number, from, into);
        if (match && !next.counter())
            match->format.write(number, into.edit().subspan(before + match->offset, match->format.size));
        return error_code();
    };
    if (with.echo) made.echoes = swarm::echo{.sent = &whole, .came_back = &whole};
    made.read = [with = std::move(with)](bytes body) { return read(body, with); };
    return made;
}

swarm::opening opening_of(message first, std::optional<expected_bytes> good) {
    return {.make =
                [first = std::move(first)](std::uint32_t client, swarm::material& from, byte_buffer& into) {
                    first.append(client, from, into);
                    return error_code();
                },
            .is_good = [good = std::move(good)](bytes answer) { return !good || good->are_in(answer); }};
}

std::function<bool(bytes)> passing_over(std::vector<expected_bytes> any) {
    return [any = std::move(any)](bytes body) {
        return std::ranges::any_of(any, [body](const expected_bytes& one) { return one.are_in(body); });
    };
}

swarm::traffic echoed_submits() {
    swarm::traffic made = swarm::default_traffic();
    made.echoes = swarm::echo{.sent = &whole, .came_back = &whole};
    made.read = [](bytes body) -> packet::decoded<swarm::heard> {
        const packet::decoded<packet::submit> back = packet::decode_as<packet::submit>(body);
        if (!back) return back.error();
        return swarm::heard{.number = packet::serial::number(back->id), .good = true};
    };
    return made;
}

}  // namespace hawser::swarm_program
