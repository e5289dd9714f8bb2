// The law that no byte is scanned more than a constant number of times: twice the stream is twice the work, whatever is
// in it. Work is counted, not timed.
#include "support/netstring.hpp"
#include "support/print.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/testing/codec_work.hpp>

#include <boost/test/unit_test.hpp>

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

template <codec Codec>
void holds(const Codec& of, const std::function<std::string(std::size_t)>& stream) {
    try {
        laws::work_is_in_proportion(of, stream);
        BOOST_TEST(true);   // it was asked
    } catch (const laws::broken_law& broken) {
        BOOST_TEST(false, broken.what());
    }
}

void twice_the_stream_is_twice_the_work(const char* format, const std::function<std::string(std::size_t)>& stream) {
    BOOST_TEST_CONTEXT(format) holds(any_codec::parse(format), stream);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(the_work_of_decoding)

BOOST_AUTO_TEST_CASE(many_tiny_frames_in_one_large_buffer) {
    twice_the_stream_is_twice_the_work("lines", repeated("a\n"));
    twice_the_stream_is_twice_the_work("lines", repeated("\r\n"));
    twice_the_stream_is_twice_the_work("delimiter:2d2d|0a", repeated("--"));
    twice_the_stream_is_twice_the_work("prefix-body:width=1", repeated("\0"s));
    twice_the_stream_is_twice_the_work("prefix-self", repeated("\0\0\0\4"s));
    twice_the_stream_is_twice_the_work("varint", repeated("\0\1a"s));
    twice_the_stream_is_twice_the_work("fixed:1", repeated("a"));
    twice_the_stream_is_twice_the_work("base64-lines", repeated("YQ==\n"));
    twice_the_stream_is_twice_the_work("marked-crc", repeated(framed("marked-crc", "")));
    twice_the_stream_is_twice_the_work("netstring", repeated("0:,"));
    twice_the_stream_is_twice_the_work("http-chunk", repeated("0\r\n\r\n"));
    twice_the_stream_is_twice_the_work("http-chunk", repeated("1;" + std::string(250, 'x') + "\r\na\r\n"));
    twice_the_stream_is_twice_the_work("cobs", repeated("\1\0"s));
    twice_the_stream_is_twice_the_work("slip", repeated("a\xc0"));
}

BOOST_AUTO_TEST_CASE(one_frame_that_does_not_end) {
    twice_the_stream_is_twice_the_work("lines", repeated("a"));
    twice_the_stream_is_twice_the_work("lines", repeated("\r"));
    twice_the_stream_is_twice_the_work("delimiter:2d2d|2d0a", repeated("a-"));
    twice_the_stream_is_twice_the_work("delimiter:6161616161616161616161616161610a", repeated("a"));
    twice_the_stream_is_twice_the_work("base64-lines", repeated("A"));
    twice_the_stream_is_twice_the_work("prefix-body", repeated("\0\x0e\0\0"s));
    twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff\xff\xff\xf0"));
    twice_the_stream_is_twice_the_work("cobs", repeated("\1"));
    twice_the_stream_is_twice_the_work("http-chunk", [](std::size_t size) {
        return "80000;" + std::string(240, 'x') + "\r\n" + std::string(size, 'f');
    });
    twice_the_stream_is_twice_the_work("slip", repeated("\xdb\xdc"));
    twice_the_stream_is_twice_the_work("netstring",
                                       [](std::size_t size) { return "1000000:" + std::string(size, '9'); });
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_dropped) {
    twice_the_stream_is_twice_the_work("prefix-body:over=discard,max=8", repeated("\0\0\0\x09garbage.."s));
    twice_the_stream_is_twice_the_work("prefix-body:over=discard,max=8", repeated("\xff\xff\xff\xff"));
    twice_the_stream_is_twice_the_work("cobs", repeated("\xff\0"s));
    twice_the_stream_is_twice_the_work("cobs", repeated("\0"s));
    twice_the_stream_is_twice_the_work("slip", repeated("\xdb\xc0"));
    twice_the_stream_is_twice_the_work("slip", repeated("\xc0"));
    twice_the_stream_is_twice_the_work("marked-crc", repeated("garbage"));
    twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff"));
    twice_the_stream_is_twice_the_work("marked-crc", repeated("\xff\xff\0\0??\xff\xfe"s));
}

BOOST_AUTO_TEST_CASE(false_frames_that_overlap_do_not_pay) {
    const std::string good = framed("marked-crc", "");
    twice_the_stream_is_twice_the_work("marked-crc", [](std::size_t size) { return shared_end(size, ""); });
    twice_the_stream_is_twice_the_work("marked-crc", [&](std::size_t size) { return shared_end(size, good); });
    twice_the_stream_is_twice_the_work("marked-crc", [&](std::size_t size) {
        return "\xff\xff\xff\xf0" + shared_end(size - 4, good);
    });
    const any_codec codec = any_codec::parse("marked-crc");
    constexpr std::size_t size = 65'536;
    const std::uint64_t plain = laws::work_of(codec, repeated(framed("marked-crc", std::string(500, 'x')))(size), size);
    for (const std::size_t piece : {8U, 65'536U}) {
        BOOST_TEST(laws::work_of(codec, shared_end(size, ""), piece) < 100 * plain);
        BOOST_TEST(laws::work_of(codec, shared_end(size, good), piece) < 100 * plain);
        BOOST_TEST(laws::work_of(codec, sliding_ends(2 * size), piece) < 100 * plain);
    }
}

BOOST_AUTO_TEST_CASE(a_codec_of_a_users_own) {
    const auto one_that_does_not_end = [](std::size_t size) { return "60000:" + std::string(size, 'x'); };
    holds(test::netstring(), repeated("0:,"));
    holds(test::netstring(), one_that_does_not_end);
    holds(any_codec::own(test::netstring(), "netstring"), one_that_does_not_end);
}

// Looks for an end from the front each time, however much of it it has seen.
struct forgetful {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        for (std::size_t at = 0; at < seen.data.size(); ++at)
            if (seen.data[at] == std::byte{'\n'}) return decoded::frame(seen.data.first(at), at + 1);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(seen.data.size() + 1);
    }
    [[nodiscard]] error_code encode(bytes, byte_buffer&) const { return errc::too_long; }
    [[nodiscard]] std::size_t max_frame() const noexcept { return default_max_frame; }
};

// The same by a function of the library.
struct forgetful_by_library : forgetful {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        const std::size_t at = as_text(seen.data).find('\n');
        if (at != std::string_view::npos) return decoded::frame(seen.data.first(at), at + 1);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(seen.data.size() + 1);
    }
};

BOOST_AUTO_TEST_CASE(one_that_scans_all_again_is_found) {
    BOOST_CHECK_THROW(laws::work_is_in_proportion(forgetful_by_library(), repeated("a")), laws::broken_law);
    BOOST_CHECK_EXCEPTION(laws::work_is_in_proportion(forgetful(), repeated("a")), laws::broken_law,
                          [](const auto& law) {
                              return std::string(law.what()).find("in pieces of 1 it is") != std::string::npos;
                          });
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
