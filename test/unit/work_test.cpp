// The law that no byte is scanned more than a constant number of times: twice the stream is twice the work, whatever is
// in it. Work is counted, not timed.
#include "steps.hpp"
#include "support/print.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <functional>
#include <string>

namespace hawser::frame {

namespace {

using namespace std::string_literals;

// Made of what is repeated, as long as it has to be.
std::function<std::string(std::size_t)> repeated(std::string piece) {
    return [piece](std::size_t size) {
        std::string made;
        while (made.size() < size) made += piece;
        return made.substr(0, size);
    };
}

std::string framed(const char* format, std::string_view body) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!any_codec::parse(format).encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

// False marks that share one end, with good frames between them.
std::string shared_end(std::size_t size, std::string_view between) {
    std::string made;
    while (made.size() + between.size() + 8 <= size) {
        const std::size_t length = std::min<std::size_t>(size - 8 - made.size(), 65'000);
        made += {'\xff', '\xff', static_cast<char>(length >> 8), static_cast<char>(length)};
        made += between;
    }
    made.resize(size - 4, 'x');
    return made + "\x12\x34\xff\xfe";
}

// Each eight bytes begin a false frame, and end the one that began 32 KiB before.
std::string sliding_ends(std::size_t size) { return repeated("\xff\xff\x7f\xf8\x12\x34\xff\xfe")(size); }

// The work of reading all of the stream, `piece` bytes at a time, from a block of 64 KiB.
std::uint64_t work(const any_codec& codec, const std::string& stream, std::size_t piece) {
    return test::steps_of([&] {
        reader<any_codec> frames(codec);
        frames.adopt(byte_buffer(65'536));
        for (std::size_t given = 0;;) {
            const decoded next = frames.next();
            if (next.what() == decoded::kind::failed) return;
            if (next.what() != decoded::kind::need_more) continue;
            if (given == stream.size()) {
                frames.end();
                continue;
            }
            const mutable_bytes room = frames.space(fill::greedy);
            const std::size_t count = std::min({room.size(), piece, stream.size() - given});
            std::memcpy(room.data(), stream.data() + given, count);
            frames.commit(count);
            given += count;
        }
    });
}

void twice_the_stream_is_twice_the_work(const char* format, const std::function<std::string(std::size_t)>& stream,
                                        std::size_t piece) {
    const any_codec codec = any_codec::parse(format);
    constexpr std::size_t half = 8 * 1024;   // where the law is broken, this still ends soon
    const std::uint64_t once = work(codec, stream(half), piece), twice = work(codec, stream(2 * half), piece);
    BOOST_TEST_CONTEXT(format << " in pieces of " << piece) {
        BOOST_TEST(once > half / 100);   // it is counted
        BOOST_TEST(twice < 2.5 * static_cast<double>(once));
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(the_work_of_decoding)

BOOST_AUTO_TEST_CASE(many_tiny_frames_in_one_large_buffer) {
    for (const std::size_t piece : {1U, 100U, 65'536U}) {
        twice_the_stream_is_twice_the_work("lines", repeated("a\n"), piece);
        twice_the_stream_is_twice_the_work("lines", repeated("\r\n"), piece);
        twice_the_stream_is_twice_the_work("delimiter:2d2d|0a", repeated("--"), piece);
        twice_the_stream_is_twice_the_work("prefix-body:width=1", repeated("\0"s), piece);
        twice_the_stream_is_twice_the_work("prefix-self", repeated("\0\0\0\4"s), piece);
        twice_the_stream_is_twice_the_work("varint", repeated("\0\1a"s), piece);
        twice_the_stream_is_twice_the_work("fixed:1", repeated("a"), piece);
        twice_the_stream_is_twice_the_work("base64-lines", repeated("YQ==\n"), piece);
        twice_the_stream_is_twice_the_work("marked-crc", repeated(framed("marked-crc", "")), piece);
    }
}

BOOST_AUTO_TEST_CASE(one_frame_that_does_not_end) {
    for (const std::size_t piece : {1U, 100U, 65'536U}) {
        twice_the_stream_is_twice_the_work("lines", repeated("a"), piece);
        twice_the_stream_is_twice_the_work("lines", repeated("\r"), piece);
        twice_the_stream_is_twice_the_work("delimiter:2d2d|2d0a", repeated("a-"), piece);
        twice_the_stream_is_twice_the_work("delimiter:6161616161616161616161616161610a", repeated("a"), piece);
        twice_the_stream_is_twice_the_work("base64-lines", repeated("A"), piece);
        twice_the_stream_is_twice_the_work("prefix-body", repeated("\0\x0e\0\0"s), piece);
        twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff\xff\xff\xf0"), piece);
    }
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_dropped) {
    for (const std::size_t piece : {1U, 100U, 65'536U}) {
        twice_the_stream_is_twice_the_work("prefix-body:over=discard,max=8", repeated("\0\0\0\x09garbage.."s), piece);
        twice_the_stream_is_twice_the_work("prefix-body:over=discard,max=8", repeated("\xff\xff\xff\xff"), piece);
        twice_the_stream_is_twice_the_work("marked-crc", repeated("garbage"), piece);
        twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff"), piece);
        twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff\xff\0\0??\xff\xfe"s), piece);
    }
}

BOOST_AUTO_TEST_CASE(false_frames_that_overlap_do_not_pay) {
    const std::string good = framed("marked-crc", "");
    for (const std::size_t piece : {8U, 100U, 65'536U}) {
        twice_the_stream_is_twice_the_work("marked-crc", [](std::size_t size) { return shared_end(size, ""); }, piece);
        twice_the_stream_is_twice_the_work(
            "marked-crc", [&](std::size_t size) { return shared_end(size, good); }, piece);
        twice_the_stream_is_twice_the_work(
            "marked-crc", [&](std::size_t size) { return "\xff\xff\xff\xf0" + shared_end(size - 4, good); }, piece);
    }
    const any_codec codec = any_codec::parse("marked-crc");
    constexpr std::size_t size = 65'536;
    const std::uint64_t plain = work(codec, repeated(framed("marked-crc", std::string(500, 'x')))(size), size);
    for (const std::size_t piece : {8U, 65'536U}) {
        BOOST_TEST(work(codec, shared_end(size, ""), piece) < 100 * plain);
        BOOST_TEST(work(codec, shared_end(size, good), piece) < 100 * plain);
        BOOST_TEST(work(codec, sliding_ends(2 * size), piece) < 100 * plain);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
