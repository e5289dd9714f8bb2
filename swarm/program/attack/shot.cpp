#include "shot.hpp"

#include <hawser/frame/reader.hpp>
#include <hawser/swarm/material.hpp>

#include <algorithm>
#include <stdexcept>
#include <variant>
#include <vector>

namespace hawser::swarm_program {

namespace {

// What the server must do about the shot. An unfinished frame has its time-out.
duty asked_of(const scene& at) {
    frame::reader<frame::any_codec> reader(at.plan.codec);
    for (bytes rest = at.shot.view(); !rest.empty();) {
        const mutable_bytes room = reader.space(frame::fill::greedy);
        const bytes part = rest.first(std::min(rest.size(), room.size()));
        std::ranges::copy(part, room.begin());
        reader.commit(part.size());
        rest = rest.subspan(part.size());
    }
    const frame::decoded first = reader.next();
    switch (first.what()) {
        case frame::decoded::kind::failed:
        case frame::decoded::kind::need_more: return duty::close;
        case frame::decoded::kind::skip: return duty::survive;
        case frame::decoded::kind::frame: break;
    }
    const std::optional<packet::outline>& speaks = at.plan.says.speaks;
    return speaks && !speaks->check(first.body()) ? duty::close : duty::survive;
}

// The plan's, with the bodies that it would have.
error_code add_request(const scene& at, std::uint32_t number, swarm::material& from, byte_buffer& to) {
    byte_buffer body;
    if (const error_code error = at.plan.says.make(number, from, body)) return error;
    return at.plan.codec.encode(body.view(), to);
}

// A header with this in the length field, and some bytes behind it that are there whatever the length means.
std::string length_of(scene& at, bool most) {
    const auto* const format = std::get_if<frame::length_field>(&at.plan.codec.chosen());
    if (format == nullptr) return "the format has no length field of a fixed width";
    constexpr std::size_t behind = 16;
    const frame::length_layout& layout = format->layout();
    std::vector<std::byte> header(layout.prefix.begin(), layout.prefix.begin() + static_cast<std::ptrdiff_t>(layout.prefix_size));
    header.resize(format->header_size());
    std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(layout.offset), layout.width, std::byte(most ? 0xff : 0));
    at.shot.append(header);
    at.shot.append(as_bytes(std::string(behind, 'x')));
    at.server_must = asked_of(at);
    return {};
}

}  // namespace

std::string oversize(scene& at) {
    const std::size_t limit = at.plan.codec.max_frame();
    const std::vector<std::byte> body(limit + 1, std::byte('x'));
    // Room for a header, in whatever form the format writes a body; or for a header alone, if a length cannot say so much.
    for (const std::size_t larger : {2 * limit + 64, limit + 64}) {
        try {
            if (!at.plan.codec.with_max_frame(larger).encode(body, at.shot)) break;
        } catch (const std::invalid_argument&) {
            continue;
        }
    }
    if (at.shot.empty()) return "the format has no frame that is longer than " + std::to_string(limit) + " bytes";
    at.server_must = asked_of(at);
    return {};
}

std::string zero_length(scene& at) { return length_of(at, false); }
std::string huge_length(scene& at) { return length_of(at, true); }

std::string wrong_packet(scene& at) {
    // No command of anybody's, it is to be hoped, and no text either.
    constexpr std::size_t size = 16;
    const std::vector<std::byte> body(size, std::byte(0xff));
    if (const error_code error = at.plan.codec.encode(body, at.shot)) return "no such frame: " + error.message();
    at.server_must = asked_of(at);
    return {};
}

std::string garbage(scene& at) {
    constexpr std::size_t size = 64 * 1024;   // what a server reads at once, or more
    swarm::random_source random = swarm::seeded(at.plan.seed);
    std::vector<std::byte> data(size);
    std::ranges::generate(data, [&random] { return static_cast<std::byte>(random()); });
    at.shot.append(data);
    at.server_must = asked_of(at);
    return {};
}

std::string many_requests(scene& at) {
    constexpr std::uint32_t requests = 5000;           // enough for a write of them to be one piece
    constexpr std::size_t enough = 8 * 1024 * 1024;    // of long messages
    static_cast<void>(short_requests(at));
    swarm::random_source random = swarm::seeded(at.plan.seed);
    swarm::material stuff(random, at.payloads ? &*at.payloads : nullptr);
    for (std::uint32_t number = 1; number <= std::min(requests, at.plan.says.last) && at.shot.size() < enough; ++number)
        if (const error_code error = add_request(at, number, stuff, at.shot)) return "no such frame: " + error.message();
    return {};
}

std::string short_requests(scene& at) {
    swarm::random_source random = swarm::seeded(at.plan.seed);
    const swarm::payload_source nothing(0, random);
    swarm::material stuff(random, &nothing);
    byte_buffer request;
    if (!add_request(at, 1, stuff, request)) at.payloads = nothing;   // otherwise they are as short as all are
    return {};
}

}  // namespace hawser::swarm_program
