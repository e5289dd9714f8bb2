// bench-codec: what a frame costs to decode and to encode, for each format and for the packets of the default protocol,
// beside a memcpy of the same bytes.
//
//   bench-codec                                               # a table: nanoseconds a frame, median of the rounds
//   bench-codec --json
//   bench-codec --only "decode varint" --frames 100000   # that alone, so often, for callgrind: see bench/codec/run
//
// Decoding is done as a connection does it: the bytes of 64 frames are copied into the buffer of a frame::reader, where
// recv() would put them, and taken from there frame by frame. Encoding appends 64 frames to one
// buffer, as an outbox does.
#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>
#include <hawser/packet/packets.hpp>
#include <tools/command_line.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace hawser;

namespace {

constexpr std::size_t batch = 64;
constexpr std::size_t room = 64 * 1024;   // a lent buffer

// Makes the compiler assume that the value is used.
template <class Value>
void look_at(const Value& value) {
    asm volatile("" : : "r"(&value) : "memory");
}

struct work {
    std::string name;
    std::size_t bytes;                // of one frame
    std::function<void()> do_batch;   // 64 frames
};

void must(bool so) {
    if (!so) throw std::logic_error("a codec does not take back what it has made");
}

std::string repeated(bytes one) {
    std::string all;
    for (std::size_t i = 0; i < batch; ++i) all += as_text(one);
    return all;
}

// The arrival of the frames, and each of them looked at once.
work memcpy_of(std::size_t size) {
    const auto copy = [from = std::string(size * batch, 'x'), to = std::string(size * batch, 'y'), size]() mutable {
        for (std::size_t at = 0; at < from.size(); at += size) {
            std::memcpy(to.data() + at, from.data() + at, size);
            look_at(to[at]);
        }
    };
    return {"memcpy", size, copy};
}

work decoding(const std::string& format, const frame::any_codec& codec, bytes wire) {
    const auto frames = std::make_shared<frame::reader<frame::any_codec>>(codec);
    frames->adopt(byte_buffer(room));
    const auto take_all = [frames, stream = repeated(wire)] {
        std::memcpy(frames->space(frame::fill::greedy).data(), stream.data(), stream.size());
        frames->commit(stream.size());
        for (std::size_t i = 0; i < batch; ++i) {
            const frame::decoded next = frames->next();
            must(next.is_frame());
            look_at(next.body());
        }
    };
    return {"decode " + format, wire.size(), take_all};
}

work encoding(const std::string& format, const frame::any_codec& codec, bytes body, std::size_t size) {
    const auto out = std::make_shared<byte_buffer>(room);
    const auto make_all = [out, codec, text = std::string(as_text(body))] {
        out->clear();
        for (std::size_t i = 0; i < batch; ++i) must(!codec.encode(as_bytes(text), *out));
        look_at(*out->view().data());
    };
    return {"encode " + format, size, make_all};
}

void add_format(std::vector<work>& all, const std::string& format, const std::string& text) {
    const frame::any_codec codec = frame::any_codec::parse(format);
    byte_buffer wire;
    must(!codec.encode(as_bytes(text), wire));
    all.push_back(decoding(format, codec, wire.view()));
    all.push_back(encoding(format, codec, as_bytes(text), wire.size()));
}

template <packet::packet Packet>
void add_packet(std::vector<work>& all, const std::string& name, const Packet& sample) {
    byte_buffer body;
    must(!packet::encode(sample, body));
    const auto decode = [text = std::string(as_text(body.view()))] {
        for (std::size_t i = 0; i < batch; ++i) {
            look_at(text);
            const packet::decoded<Packet> read = packet::decode_as<Packet>(as_bytes(text));
            must(read.has_value());
            look_at(*read);
        }
    };
    const auto out = std::make_shared<byte_buffer>(room);
    const auto encode = [out, sample] {
        out->clear();
        for (std::size_t i = 0; i < batch; ++i) must(!packet::encode(sample, *out));
        look_at(*out->view().data());
    };
    all.push_back({"decode " + name, body.size(), decode});
    all.push_back({"encode " + name, body.size(), encode});
}

std::vector<work> all_work(const std::string& payload) {
    std::vector<work> all;
    for (const char* format : {"prefix-self", "prefix-body:width=2", "varint", "lines", "base64-lines", "marked-crc",
                               "netstring", "http-chunk", "cobs", "slip"})
        add_format(all, format, payload);
    add_format(all, "fixed:" + std::to_string(payload.size()), payload);
    const packet::id id = packet::serial::from_number(1);
    add_packet(all, "conn", packet::conn{id, as_bytes(payload)});
    add_packet(all, "conn_ack", packet::conn_ack{id, packet::outcome::ok});
    add_packet(all, "submit", packet::submit{id, as_bytes(payload)});
    add_packet(all, "submit_ack", packet::submit_ack{id, packet::outcome::ok});
    add_packet(all, "ping", packet::ping{id});
    add_packet(all, "pong", packet::pong{id});
    add_packet(all, "go_away", packet::go_away{id, 1000});
    return all;
}

// Not inlined: callgrind counts what is inside.
[[gnu::noinline]] void do_work(const work& what, std::size_t frames) {
    for (std::size_t done = 0; done < frames; done += batch) what.do_batch();
}

// Nanoseconds a frame: the median of rounds of some milliseconds.
double measured(const work& what) {
    using clock = std::chrono::steady_clock;
    constexpr std::size_t frames = batch * 500;
    std::array<double, 11> rounds{};
    do_work(what, frames);
    for (double& round : rounds) {
        const clock::time_point begin = clock::now();
        do_work(what, frames);
        round = std::chrono::duration<double, std::nano>(clock::now() - begin).count() / static_cast<double>(frames);
    }
    std::ranges::sort(rounds);
    return rounds[rounds.size() / 2];
}

void measure(const std::vector<work>& all, bool json) {
    boost::json::array rows;
    if (!json)
        std::cout << std::left << std::setw(30) << "" << "bytes      ns  memcpy  ratio\n"
                  << std::fixed << std::setprecision(1);
    for (const work& what : all) {
        const double time = measured(what), copying = measured(memcpy_of(what.bytes));
        rows.push_back({{"name", what.name}, {"bytes", what.bytes}, {"ns", time}, {"memcpy_ns", copying}});
        if (json) continue;
        std::cout << std::left << std::setw(30) << what.name << std::right << std::setw(5) << what.bytes << std::setw(8)
                  << time << std::setw(8) << copying << std::setw(7) << time / copying << '\n';
    }
    if (json) std::cout << rows << '\n';
}

}   // namespace

int main(int argc, char** argv) {
    std::uint32_t payload = 32, frames = 0;
    std::string only;
    bool json = false, names = false;
    tools::command_line line("bench-codec", "[options]", "Measures what a frame costs to decode and to encode.");
    line.add("payload", "N", "bytes of payload; default 32", tools::into_count(payload, 1, 900));
    line.add("only", "NAME", "this alone, see --names", [&](const std::string& text) {
        only = text;
        return true;
    });
    line.add("frames", "N", "do it so often, and print nothing", tools::into_count(frames, 1, 1'000'000'000));
    line.add_switch("json", "print JSON", json);
    line.add_switch("names", "print the names instead, with the bytes of each frame", names);
    if (const auto status = line.parse(argc, argv)) return *status;

    std::vector<work> all = all_work(std::string(payload, 'x'));
    if (only == "memcpy") all = {memcpy_of(payload)};
    else if (!only.empty()) std::erase_if(all, [&](const work& what) { return what.name != only; });
    if (all.empty()) return line.refuse("there is no '" + only + "': --names prints those that there are");
    for (const work& what : all) {
        if (names) std::cout << what.bytes << ' ' << what.name << '\n';
        else if (frames > 0) do_work(what, frames);
    }
    if (!names && frames == 0) measure(all, json);
    return 0;
}
