#include "answer_rules.hpp"

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
        throw std::invalid_argument(
            "a message without a {counter} gets its number where --match says, and is too short for that");
}

packet::decoded<swarm::received_answer> read(bytes body, const answer_rules& rules) {
    swarm::received_answer answer{.number = 0, .good = !rules.good || rules.good->are_in(body)};
    if (!rules.match) return answer;
    const auto& [offset, format] = *rules.match;
    if (body.size() < offset + format.size) return packet::malformed{.why = packet::errc::short_body, .offset = offset};
    answer.number = format.read(body.subspan(offset, format.size));
    return answer;
}

}   // namespace

swarm::traffic traffic_of(std::vector<message> messages, answer_rules rules) {
    swarm::traffic traffic;
    traffic.in_order = !rules.match;
    if (rules.match) traffic.last = rules.match->format.last();
    for (const message& one : messages) {
        check(one, rules.match);
        if (one.counter()) traffic.last = std::min(traffic.last, one.counter()->last());
    }
    traffic.make = [messages = std::move(messages),
                    match = rules.match](std::uint32_t number, swarm::random_values& values, byte_buffer& into) {
        const message& next = messages[(number - 1) % messages.size()];
        const std::size_t before = into.size();
        next.append(number, values, into);
        if (match && !next.counter())
            match->format.write(number, into.edit().subspan(before + match->offset, match->format.size));
        return error_code();
    };
    if (rules.echo) traffic.echoes = swarm::echo{.sent = &whole, .came_back = &whole};
    traffic.read = [rules = std::move(rules)](bytes body) { return read(body, rules); };
    return traffic;
}

swarm::opening opening_of(message first, std::optional<expected_bytes> good) {
    return {.make =
                [first = std::move(first)](std::uint32_t client, swarm::random_values& values, byte_buffer& into) {
                    first.append(client, values, into);
                    return error_code();
                },
            .is_good = [good = std::move(good)](bytes answer) { return !good || good->are_in(answer); }};
}

std::function<bool(bytes)> ignoring(std::vector<expected_bytes> any) {
    return [any = std::move(any)](bytes body) {
        return std::ranges::any_of(any, [body](const expected_bytes& one) { return one.are_in(body); });
    };
}

swarm::traffic echoed_submits() {
    swarm::traffic traffic = swarm::default_traffic();
    traffic.echoes = swarm::echo{.sent = &whole, .came_back = &whole};
    traffic.read = [](bytes body) -> packet::decoded<swarm::received_answer> {
        const packet::decoded<packet::submit> back = packet::decode_as<packet::submit>(body);
        if (!back) return back.error();
        return swarm::received_answer{.number = packet::serial::number(back->id), .good = true};
    };
    return traffic;
}

}   // namespace hawser::swarm_program
