#include "wire_bytes.hpp"

#include <hawser/frame/reader.hpp>
#include <hawser/swarm/random_values.hpp>

#include <algorithm>
#include <stdexcept>
#include <variant>
#include <vector>

namespace hawser::swarm_program {

namespace {

// What the server must do about the bytes. An unfinished frame counts as wrong: it runs into its time-out.
duty duty_for(const attack_setup& setup) {
    frame::reader<frame::any_codec> reader(setup.plan.codec);
    for (bytes rest = setup.wire_bytes.view(); !rest.empty();) {
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
    const std::optional<packet::outline>& speaks = setup.plan.traffic.speaks;
    return speaks && !speaks->check(first.body()) ? duty::close : duty::survive;
}

// Appends the frame of a request of the plan.
error_code add_request(const attack_setup& setup, std::uint32_t number, swarm::random_values& values, byte_buffer& to) {
    byte_buffer body;
    if (const error_code error = setup.plan.traffic.make(number, values, body)) return error;
    return setup.plan.codec.encode(body.view(), to);
}

// Appends a frame of `body` that would be legal under another limit. Where a body is the whole frame, and so has to
// hold its own length, that is written into it. Throws std::invalid_argument if the format cannot have that limit.
error_code add_frame(const frame::any_codec& format, std::size_t max_frame, bytes body, byte_buffer& to) {
    if (const auto* const field = std::get_if<frame::length_field>(&format.chosen())) {
        frame::length_layout layout = field->layout();
        layout.max_frame = max_frame;
        layout.fill = *layout.strip < field->header_size();
        return frame::length_field(layout).encode(body, to);
    }
    const auto* const varint = std::get_if<frame::varint_prefix>(&format.chosen());
    if (varint == nullptr || !varint->layout().whole) return format.with_max_frame(max_frame).encode(body, to);
    byte_buffer counted;   // all but what the length does not count
    const frame::varint_layout layout{.longest = varint->layout().longest, .max_frame = max_frame};
    if (const error_code error = frame::varint_prefix(layout).encode(body, counted)) return error;
    to.append(std::vector<std::byte>(varint->layout().offset));
    to.append(counted.view());
    return {};
}

// A header with this in the length field, and some bytes behind it that are there whatever the length means.
std::string length_of(attack_setup& setup, bool most) {
    const auto* const format = std::get_if<frame::length_field>(&setup.plan.codec.chosen());
    if (format == nullptr) return "the format has no length field of a fixed width";
    constexpr std::size_t behind = 16;
    const frame::length_layout& layout = format->layout();
    std::vector<std::byte> header(layout.prefix.begin(),
                                  layout.prefix.begin() + static_cast<std::ptrdiff_t>(layout.prefix_size));
    header.resize(format->header_size());
    std::fill_n(header.begin() + static_cast<std::ptrdiff_t>(layout.offset), layout.width, std::byte(most ? 0xff : 0));
    setup.wire_bytes.append(header);
    setup.wire_bytes.append(as_bytes(std::string(behind, 'x')));
    setup.server_must = duty_for(setup);
    return {};
}

}   // namespace

std::string oversize(attack_setup& setup) {
    const std::size_t limit = setup.plan.codec.max_frame();
    const std::vector<std::byte> body(limit + 1, std::byte('x'));
    // Room for a header, in whatever form the format writes a body; or for a header alone, if a
    // length cannot say so much.
    for (const std::size_t larger : {2 * limit + 64, limit + 64}) {
        try {
            if (!add_frame(setup.plan.codec, larger, body, setup.wire_bytes)) break;
        } catch (const std::invalid_argument&) {
            continue;
        }
    }
    if (setup.wire_bytes.empty())
        return "the format has no frame that is longer than " + std::to_string(limit) + " bytes";
    setup.server_must = duty_for(setup);
    return {};
}

std::string zero_length(attack_setup& setup) { return length_of(setup, false); }
std::string huge_length(attack_setup& setup) { return length_of(setup, true); }

std::string wrong_packet(attack_setup& setup) {
    // No command of anybody's, it is to be hoped, and no text either.
    constexpr std::size_t size = 16;
    const std::vector<std::byte> body(size, std::byte(0xff));
    if (const error_code error = setup.plan.codec.encode(body, setup.wire_bytes))
        return "no such frame: " + error.message();
    setup.server_must = duty_for(setup);
    return {};
}

std::string garbage(attack_setup& setup) {
    constexpr std::size_t size = 64 * 1024;   // what a server reads at once, or more
    swarm::random_source random = swarm::seeded(setup.plan.seed);
    std::vector<std::byte> data(size);
    std::ranges::generate(data, [&random] { return static_cast<std::byte>(random()); });
    setup.wire_bytes.append(data);
    setup.server_must = duty_for(setup);
    return {};
}

std::string many_requests(attack_setup& setup) {
    constexpr std::uint32_t requests = 5000;          // enough for a write of them to be one piece
    constexpr std::size_t enough = 8 * 1024 * 1024;   // of long messages
    static_cast<void>(short_requests(setup));
    swarm::random_source random = swarm::seeded(setup.plan.seed);
    swarm::random_values values(random, setup.payloads ? &*setup.payloads : nullptr);
    for (std::uint32_t number = 1;
         number <= std::min(requests, setup.plan.traffic.last) && setup.wire_bytes.size() < enough; ++number)
        if (const error_code error = add_request(setup, number, values, setup.wire_bytes))
            return "no such frame: " + error.message();
    return {};
}

std::string short_requests(attack_setup& setup) {
    swarm::random_source random = swarm::seeded(setup.plan.seed);
    const swarm::payload_source nothing(0, random);
    swarm::random_values values(random, &nothing);
    byte_buffer request;
    if (!add_request(setup, 1, values, request)) setup.payloads = nothing;   // otherwise they are as short as all are
    return {};
}

}   // namespace hawser::swarm_program
