#include "support/codec_laws.hpp"
#include "support/print.hpp"
#include "support/test_codecs.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/outbox.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

namespace hawser::frame {

namespace {

// The bytes of a length field, whatever they claim.
std::string header(std::uint64_t length) {
    std::string made;
    for (int shift = 24; shift >= 0; shift -= 8) made += static_cast<char>(length >> shift);
    return made;
}

std::string framed(std::string_view body) { return header(4 + body.size()) + std::string(body); }

// What a peer may send to a codec with this limit, in good or in bad faith.
std::vector<std::string> streams_for(std::size_t limit) {
    const std::string body(std::min<std::size_t>(limit - 4, 40), 'b');
    std::vector<std::string> streams{
        "",
        framed(""),
        framed(body),
        framed("") + framed(body) + framed("") + framed("xyz") + framed(body),   // several in one piece
        framed(body) + framed(body).substr(0, 2),                                // cut in the header
        framed(body) + framed("body").substr(0, 6),                              // cut in the body
        framed("a") + header(4 + body.size()),                                   // cut just behind the header
        std::string("\0", 1),
        std::string("\0\0\0", 3),
        "GET / HTTP/1.1\r\nHost: example\r\n\r\n",
        std::string(40, '\xff'),
        std::string(40, '\0'),
        framed("x") + "garbage",
    };
    for (const std::uint64_t claim :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{3}, std::uint64_t{4}, std::uint64_t{5}, std::uint64_t{12},
          std::uint64_t{limit}, std::uint64_t{limit} + 1, std::uint64_t{1} << 31, (std::uint64_t{1} << 32) - 1}) {
        streams.push_back(header(claim));
        streams.push_back(header(claim) + "some bytes that follow");
        streams.push_back(framed("first") + header(claim) + "tail");
    }
    return streams;
}

std::vector<std::string> bodies_for(std::size_t limit) {
    std::vector<std::string> bodies{"", "a", "abc", std::string(4, '\0'), framed("a frame inside a frame")};
    for (const std::size_t size : {limit - 5, limit - 4, limit - 3, limit})
        if (size < 70'000) bodies.emplace_back(size, 'x');   // limit - 5 may be huge, or wrapped around
    return bodies;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(codecs)

BOOST_AUTO_TEST_CASE(prefix_self_keeps_the_laws_whatever_its_limit) {
    constexpr std::size_t longest = std::numeric_limits<std::uint32_t>::max();
    for (const std::size_t limit : {std::size_t{4}, std::size_t{5}, std::size_t{9}, std::size_t{12}, std::size_t{64},
                                    std::size_t{65'536}, frame::default_max_frame, longest})
        BOOST_TEST_CONTEXT("limit " << limit)
    test::codec_laws(length_field::prefix_self(4, limit), bodies_for(limit), streams_for(limit));
}

BOOST_AUTO_TEST_CASE(a_codec_that_skips_keeps_the_laws) {
    using namespace std::string_literals;
    test::codec_laws(test::tagged(), {"", "a", "ss", std::string(255, 'x'), std::string(256, 'x')},
                     {"", "f\0"s, "f\3abcs\2xxf\1z"s, "s\0s\0f\0"s, "f\1as\5ab"s, "s\5"s, "s"s, "s\2abs\3abcx"s,
                      "f\1aX"s, "f\4ab"s, "s\10f\1af\1b"s});
}

BOOST_AUTO_TEST_CASE(a_codec_that_looks_for_an_end_keeps_the_laws) {
    test::codec_laws(test::lines(8), {"", "a", "1234567", "12345678", "with\nin"},
                     {"", "\n", "a\nbc\n\n", "cut", "1234567\n", "12345678\n", "ok\n123456789", "a\n\n\nb"});
}

BOOST_AUTO_TEST_CASE(a_limit_under_which_nothing_fits_is_refused_with_the_arithmetic) {
    constexpr std::size_t longest = std::numeric_limits<std::uint32_t>::max();
    const auto refusal = [](std::size_t limit) -> std::string {
        try {
            static_cast<void>(length_field::prefix_self(4, limit));
        } catch (const std::invalid_argument& error) {
            return error.what();
        }
        return {};
    };
    BOOST_TEST(refusal(4).empty());
    BOOST_TEST(refusal(longest).empty());
    BOOST_TEST(refusal(0) ==
               "length field: it must be that max >= offset + width + max(adjust, 0), the shortest frame (4); "
               "here offset=0, width=4, adjust=-4, strip=4, max=0");
    BOOST_TEST(refusal(3).find("max=3") != std::string::npos);
    BOOST_TEST(refusal(longest + 1) ==
               "length field: it must be that max <= offset + width + (256^width - 1) + adjust (4294967295); "
               "here offset=0, width=4, adjust=-4, strip=4, max=4294967296");
}

BOOST_AUTO_TEST_CASE(the_length_counts_itself_and_is_big_endian) {
    byte_buffer wire;
    BOOST_TEST(!length_field::prefix_self().encode(as_bytes("abc"), wire));
    BOOST_TEST(to_hex(wire.view()) == "00 00 00 07 61 62 63");
    const decoded four = length_field::prefix_self().decode({as_bytes(header(4)), 0, false});
    BOOST_TEST_REQUIRE(four.is_frame());
    BOOST_TEST(four.body().empty());
    BOOST_TEST(four.used() == 4U);
}

BOOST_AUTO_TEST_CASE(a_length_below_its_own_header_is_too_short) {
    for (std::uint64_t claim = 0; claim < 4U; ++claim) {
        const decoded refused = length_field::prefix_self().decode({as_bytes(header(claim) + "abc"), 0, false});
        BOOST_TEST_REQUIRE(refused.what() == decoded::kind::failed);
        BOOST_TEST(refused.error() == errc::too_short);
    }
}

BOOST_AUTO_TEST_CASE(the_limit_is_of_the_whole_frame_and_checked_on_the_length_alone) {
    const length_field codec = length_field::prefix_self(4, 10);
    const decoded allowed = codec.decode({as_bytes(header(10)), 0, false});
    BOOST_TEST_REQUIRE(allowed.what() == decoded::kind::need_more);
    BOOST_TEST(allowed.total() == 10U);
    for (const std::uint64_t claim : {std::uint64_t{11}, std::uint64_t{1} << 31, (std::uint64_t{1} << 32) - 1}) {
        const decoded refused = codec.decode({as_bytes(header(claim)), 0, false});
        BOOST_TEST_REQUIRE(refused.what() == decoded::kind::failed);
        BOOST_TEST(refused.error() == errc::too_long);
    }
    byte_buffer wire;
    BOOST_TEST(!codec.encode(as_bytes("123456"), wire));
    BOOST_TEST(codec.encode(as_bytes("1234567"), wire) == errc::too_long);
    BOOST_TEST(wire.size() == 10U);
}

BOOST_AUTO_TEST_CASE(truncated_header_at_eof_is_an_error) {
    const decoded cut = length_field::prefix_self().decode({as_bytes(header(10)).first(3), 0, true});
    BOOST_TEST_REQUIRE(cut.what() == decoded::kind::failed);
    BOOST_TEST(cut.error() == errc::truncated);
}

// Mistakes of whoever writes a codec are told, and do no harm to who looks for them. Frames of four bytes.

struct of_four {
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        if (body.size() != 4) return errc::unencodable;
        out.append(body);
        return {};
    }
    [[nodiscard]] std::size_t max_frame() const noexcept { return 4; }
};

struct says_what_is_missing : of_four {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        if (seen.data.size() >= 4) return decoded::frame(seen.data.first(4), 4);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(4 - seen.data.size());
    }
};

struct takes_more_than_has_come : of_four {
    [[nodiscard]] decoded decode(const window& seen) const noexcept { return decoded::frame(seen.data, 4); }
};

struct finds_a_body_elsewhere : of_four {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        if (seen.data.size() >= 4) return decoded::frame(as_bytes(std::string_view("its own")), 4);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(4);
    }
};

struct leaves_a_part_of_what_it_refuses : of_four {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        if (seen.data.size() >= 4) return decoded::frame(seen.data.first(4), 4);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(4);
    }
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        out.append(std::byte{'?'});
        return of_four::encode(body, out);
    }
};

template <codec Codec>
std::string broken_by() {
    try {
        laws::codec_laws(Codec(), {"four", "five!"}, {"fourfour"});
        return "nothing";
    } catch (const laws::broken_law& broken) {
        return broken.what();
    }
}

BOOST_AUTO_TEST_CASE(a_broken_law_is_told) {
    BOOST_TEST(broken_by<says_what_is_missing>().starts_with("need_more says more than it saw"));
    BOOST_TEST(broken_by<takes_more_than_has_come>().find("a frame is what has come; broken by") == 0U);
    BOOST_TEST(broken_by<finds_a_body_elsewhere>().find("a body lies in its frame") != std::string::npos);
    BOOST_TEST(broken_by<leaves_a_part_of_what_it_refuses>().find("broken by the body") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_a_codec_has_left_of_a_body_that_it_refuses_is_not_sent) {
    outbox box(100);
    BOOST_TEST(box.push(leaves_a_part_of_what_it_refuses(), as_bytes("five!")) == errc::unencodable);
    BOOST_TEST(box.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
