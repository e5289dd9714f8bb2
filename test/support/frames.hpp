// What tests of frame_stream say over and over: frames as bytes, and tasks that expect something of one end.
#pragma once

#include "print.hpp"
#include "run.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

using texts = std::vector<std::string>;

/// How long finish() may wait for a peer. Where it behaves, this is never waited for.
inline constexpr io::duration linger = 5s;

/// Of a connection whose peer may take its time.
inline constexpr io::frame_limits patient{.first_frame_timeout = io::duration::zero(),
                                          .frame_timeout = io::duration::zero(),
                                          .idle_timeout = io::duration::zero(),
                                          .write_stall_timeout = io::duration::zero()};

[[nodiscard]] inline std::string framed(std::string_view body) {
    byte_buffer wire;
    BOOST_TEST(!frame::any_codec().encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

[[nodiscard]] inline std::string framed(const texts& bodies) {
    std::string wire;
    for (const std::string& body : bodies) wire += framed(body);
    return wire;
}

/// Bodies of all sizes from nothing up, told apart by their content.
[[nodiscard]] inline texts bodies_of_many_sizes(std::size_t count, std::size_t longest) {
    texts made;
    for (std::size_t index = 0; index < count; ++index)
        made.emplace_back(index * 37 % (longest + 1), static_cast<char>('a' + index % 26));
    return made;
}

[[nodiscard]] inline io::task<void> write_raw(io::stream& to, std::string_view wire) {
    const io::transferred done = co_await to.write_all(as_bytes(wire));
    BOOST_TEST(!done.error, done.error.message());
}

[[nodiscard]] inline io::task<std::string> read_raw_to_the_end(io::stream& from, error_code& end) {
    std::string all;
    std::array<std::byte, 4096> room{};
    for (;;) {
        const result<std::size_t> count = co_await from.read_some(room);
        if (!count) {
            end = count.error();
            co_return all;
        }
        all += as_text(bytes(room).first(*count));
    }
}

[[nodiscard]] inline io::task<void> expects_raw(io::stream& from, std::string_view right, error_code right_end) {
    error_code end;
    const std::string got = co_await read_raw_to_the_end(from, end);
    BOOST_TEST((got == right), "not the right bytes: " << escaped(as_bytes(got)));
    BOOST_TEST(end == right_end, end.message());
}

[[nodiscard]] inline io::task<void> expects_frame(io::frame_stream& from, std::string_view right) {
    const result<bytes> body = co_await from.read_frame();
    BOOST_TEST(body.has_value(), (body ? "" : body.error().message()));
    if (body) BOOST_TEST((as_text(*body) == right), "not the right body: " << escaped(*body));
}

[[nodiscard]] inline io::task<void> expects_error(io::frame_stream& from, error_code right) {
    const result<bytes> body = co_await from.read_frame();
    BOOST_TEST(body.has_error());
    if (!body) BOOST_TEST(body.error() == right, body.error().message());
}

[[nodiscard]] inline io::task<void> expects_frames(io::frame_stream& from, const texts& right) {
    for (const std::string& body : right) co_await expects_frame(from, body);
}

[[nodiscard]] inline io::task<void> sends(io::frame_stream& to, std::string_view body) {
    const result<void> sent = co_await to.send(as_bytes(body));
    BOOST_TEST(sent.has_value(), (sent ? "" : sent.error().message()));
}

[[nodiscard]] inline io::task<void> sends_all(io::frame_stream& to, const texts& bodies) {
    for (const std::string& body : bodies) co_await sends(to, body);
}

}   // namespace hawser::test
