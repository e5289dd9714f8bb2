#include "support/codec_laws.hpp"
#include "support/marked_reference.hpp"
#include "support/print.hpp"

#include <hawser/frame/marked_crc.hpp>

#include <boost/crc.hpp>
#include <boost/test/unit_test.hpp>

#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

std::string framed(std::string_view body, std::size_t max_frame = marked_layout::longest_frame) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!marked_crc({.max_frame = max_frame}).encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

std::vector<test::found_frame> found(const marked_crc& codec, std::string_view stream) {
    std::vector<test::found_frame> all;
    for (test::answer& one : test::cut_at_once(codec, stream))
        if (one.what == kind::frame) all.push_back({one.position - one.used, std::move(one.body)});
    return all;
}

std::size_t stretches(const marked_crc& codec, std::string_view stream) {
    const auto all = test::cut_at_once(codec, stream);
    return static_cast<std::size_t>(std::ranges::count_if(all, test::is_corrupt_skip));
}

errc end_of(const marked_crc& codec, std::string_view stream) {
    return static_cast<errc>(test::cut_at_once(codec, stream).back().error.value());
}

// Random bytes in which marks, half marks, false lengths and pieces of frames are frequent.
std::string garbage(std::mt19937& random, std::size_t size) {
    static const std::vector<std::string> pieces{"\xff",          "\xff\xff",
                                                 "\xff\xfe",      "\xfe\xff",
                                                 "\xff\xff\0"s,   "\xff\xff\0\4"s,
                                                 "\0"s,           "\xff\xff\0\0\0\0\xff"s,
                                                 "\xff\xff\1\0"s, "\xff\xff\xff\xf0"};
    std::string made;
    while (made.size() < size) {
        const auto number = random();
        if (number % 3 == 0) made += static_cast<char>(number >> 8);
        else if (number % 3 == 1) made += pieces[(number >> 8) % pieces.size()];
        else made += framed("cut").substr(0, (number >> 8) % 11);
    }
    return made.substr(0, size);
}

// Against Boost.CRC.
std::uint32_t right_checksum(std::string_view data) {
    boost::crc_32_type right;
    right.process_bytes(data.data(), data.size());
    return right.checksum();
}

std::string random_bytes(std::mt19937& random, std::size_t size) {
    std::string made(size, '\0');
    for (char& letter : made) letter = static_cast<char>(random());
    return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(frames_with_marks_and_checksums)

BOOST_AUTO_TEST_CASE(the_bytes_are_those_of_the_format) {
    // CRC-32/ISO-HDLC of "123456789" is cbf43926: the check value of the catalogue of CRCs.
    BOOST_TEST(to_hex(as_bytes(framed("123456789"))) == "ff ff 00 09 31 32 33 34 35 36 37 38 39 cb f4 ff fe");
    BOOST_TEST(to_hex(as_bytes(framed(""))) == "ff ff 00 00 00 00 ff fe");
    BOOST_TEST(framed(std::string(65'535, 'x')).size() == marked_layout::longest_frame);
}

BOOST_AUTO_TEST_CASE(frames_with_marks_keep_the_laws) {
    const std::string good = framed("good"), empty = framed("");
    std::string spoilt = framed("spoilt");
    spoilt[6] ^= 1;
    std::string no_end = framed("no end");
    no_end.back() = '\xff';
    std::vector<std::string> streams{"",
                                     good,
                                     empty,
                                     good + empty + good,
                                     "garbage" + good,
                                     good + "garbage",
                                     spoilt + good,
                                     no_end + good,
                                     spoilt + no_end + good,
                                     good.substr(0, 5) + good,
                                     good.substr(0, 9) + good + good,
                                     good.substr(1) + good,
                                     "\xff",
                                     "\xff\xff",
                                     "\xff\xff\xff",
                                     "\xff\xff\0"s,
                                     "\xff\xff\0\4go"s,
                                     good + "\xff\xff\0\x14"s + good + good,
                                     std::string(30, '\xff'),
                                     "\xff" + good + "\xff\xff" + good,
                                     framed(good) + good,
                                     framed(good).substr(0, 19) + "x",
                                     framed(framed(good)).substr(1)};
    std::mt19937 random(5);
    for (int i = 0; i < 10; ++i) streams.push_back(garbage(random, 40) + good + garbage(random, 20) + empty);
    for (const std::size_t limit : {std::size_t{8}, std::size_t{12}, std::size_t{40}, marked_layout::longest_frame})
        BOOST_TEST_CONTEXT("limit " << limit)
    test::codec_laws(marked_crc({.max_frame = limit}),
                     {"", "a", "\xff\xff", "\xff\xfe", "good", good, std::string(300, '\xff')}, streams);
}

BOOST_AUTO_TEST_CASE(a_wrong_checksum_or_end_is_dropped_and_counted) {
    const std::string good = framed("good");
    for (std::size_t at = 0; at < good.size(); ++at) {
        if (at == 2 || at == 3) continue;   // another length may be unfinished; see below
        std::string spoilt = framed("lost");
        spoilt[at] ^= 0x10;
        const std::string stream = good + spoilt + good;
        BOOST_TEST(found(marked_crc(), stream) == (std::vector<test::found_frame>{{0, "good"}, {24, "good"}}));
        BOOST_TEST(stretches(marked_crc(), stream) == 1U);
        BOOST_TEST(end_of(marked_crc(), stream) == errc::end_of_stream);
    }
}

BOOST_AUTO_TEST_CASE(any_single_flipped_bit_costs_one_frame_only) {
    const std::string before = framed("before"), middle = framed("in the middle"),
                      after = framed("after") + framed("it");
    for (std::size_t bit = 0; bit < 8 * middle.size(); ++bit) {
        std::string spoilt = middle;
        spoilt[bit / 8] = static_cast<char>(spoilt[bit / 8] ^ (1 << bit % 8));
        const auto all = found(marked_crc(), before + spoilt + after);
        BOOST_TEST_REQUIRE(all.size() == 3U);
        BOOST_TEST(all[0].body == "before");
        BOOST_TEST(all[1].body == "after");
        BOOST_TEST(all[2].body == "it");
    }
}

BOOST_AUTO_TEST_CASE(a_cut_frame_does_not_take_the_next_one_with_it) {
    const std::string whole = framed("the one that is cut");
    const std::string next = framed("next") + framed("and one more");
    for (std::size_t cut = 1; cut < whole.size(); ++cut)
        for (std::size_t from = 0; from <= 1; ++from) {   // its end is missing, or its begin
            const std::string part = from == 0 ? whole.substr(0, cut) : whole.substr(cut);
            const auto all = found(marked_crc(), part + next);
            BOOST_TEST_REQUIRE(all.size() == 2U);
            BOOST_TEST(all[0].offset == part.size());
            BOOST_TEST(all[1].body == "and one more");
            BOOST_TEST(stretches(marked_crc(), part + next) == 1U);
        }
}

BOOST_AUTO_TEST_CASE(good_frames_between_random_garbage_all_come_out) {
    std::mt19937 random(6);
    std::size_t frames = 0;
    for (int round = 0; round < 400; ++round) {
        std::string stream;
        std::vector<test::found_frame> put;
        for (int i = 0; i < 8; ++i) {
            if (random() % 4 != 0) stream += garbage(random, random() % 60);
            const std::string body = garbage(random, random() % 50);
            put.push_back({stream.size(), body});
            stream += framed(body);
        }
        const marked_crc codec({.max_frame = round % 2 == 0 ? 300 : marked_layout::longest_frame});
        const auto all = found(codec, stream);
        BOOST_TEST((all == test::good_marked_frames(stream, codec.max_frame())));
        // What is not found must be inside of garbage that is a frame by chance: the piece "ff ff
        // 00 00 00 00 ff" and an fe.
        for (const test::found_frame& one : put) {
            const bool is_there = std::ranges::find(all, one) != all.end();
            const bool is_covered = std::ranges::any_of(all, [&](const test::found_frame& other) {
                return other.offset < one.offset + 8 + one.body.size() &&
                       one.offset < other.offset + 8 + other.body.size();
            });
            BOOST_TEST((is_there || is_covered), "a good frame at " << one.offset << " is lost");
            frames += is_there ? 1 : 0;
        }
        const auto told = test::cut_at_once(codec, stream);
        for (const std::size_t piece : {1U, 7U, 64U}) {
            std::vector<std::size_t> cuts;
            for (std::size_t at = piece; at < stream.size(); at += piece) cuts.push_back(at);
            BOOST_TEST((test::cut_in_pieces(codec, stream, cuts, fill::greedy) == told));
        }
    }
    BOOST_TEST(frames > 3100U);   // of 3200
}

BOOST_AUTO_TEST_CASE(a_frame_inside_of_a_frame_is_data) {
    const std::string outer = framed(framed("inner") + "\xff\xff");
    const auto all = found(marked_crc(), outer + outer);
    BOOST_TEST_REQUIRE(all.size() == 2U);
    BOOST_TEST(all[1].offset == outer.size());
}

BOOST_AUTO_TEST_CASE(a_false_mark_hides_what_follows_only_until_its_frame_should_end) {
    const marked_crc codec;
    const std::string false_mark = "\xff\xff\0\x20"s;   // as if 40 bytes long
    const std::string stream = false_mark + framed("good") + std::string(16, 'x');
    BOOST_TEST(codec.decode({as_bytes(stream), 0, false}).total() == 40U);
    const std::string enough = stream + std::string(8, 'x');
    const decoded dropped = codec.decode({as_bytes(enough), 0, false});
    BOOST_TEST_REQUIRE(dropped.what() == kind::skip);
    BOOST_TEST(found(codec, enough).size() == 1U);
    // At the end of the stream nothing is waited for.
    BOOST_TEST((found(codec, stream) == std::vector<test::found_frame>{{4, "good"}}));
}

BOOST_AUTO_TEST_CASE(what_claims_to_be_longer_than_the_limit_is_no_frame) {
    const marked_crc codec({.max_frame = 12});
    const std::string stream = framed("12345") + framed("1234");
    BOOST_TEST((found(codec, stream) == std::vector<test::found_frame>{{13, "1234"}}));
    const decoded at_once = codec.decode({as_bytes("\xff\xff\0\5"s), 0, false});
    BOOST_TEST((at_once.what() == kind::skip));
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("12345"), wire) == errc::too_long);
    BOOST_TEST(marked_crc().encode(as_bytes(std::string(65'536, 'x')), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
}

BOOST_AUTO_TEST_CASE(an_unfinished_frame_at_the_end_is_truncated) {
    const std::string good = framed("good");
    for (std::size_t cut = 1; cut < good.size(); ++cut)
        BOOST_TEST(end_of(marked_crc(), good + good.substr(0, cut)) == errc::truncated);
    BOOST_TEST(end_of(marked_crc(), good + "x") == errc::end_of_stream);   // dropped, and then nothing is unfinished
    BOOST_TEST(stretches(marked_crc(), good + "x") == 1U);
}

BOOST_AUTO_TEST_CASE(limits_that_make_no_sense_are_refused) {
    for (const std::size_t limit : {std::size_t{0}, std::size_t{7}, marked_layout::longest_frame + 1})
        BOOST_CHECK_THROW(marked_crc({.max_frame = limit}), std::invalid_argument);
    BOOST_TEST(marked_crc().max_frame() == 65'543U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(running_crcs)

BOOST_AUTO_TEST_CASE(the_checksum_of_any_range_is_right_however_ranges_overlap) {
    std::mt19937 random(7);
    const std::string stream = random_bytes(random, 200'000);
    for (const std::size_t longest : {300U, 5'000U, 65'535U}) {
        running_crc sums;
        for (std::size_t at = 0, front = 0; at < stream.size();
             at += random() % 7 == 0 ? random() % (2 * longest) : random() % 100) {
            if (random() % 2 == 0) front = at;
            const std::size_t size = std::min<std::size_t>(random() % (longest + 1), stream.size() - at);
            const window seen{as_bytes(std::string_view(stream).substr(front)), 0, false, front};
            BOOST_TEST_REQUIRE(sums.of(seen, at - front, size) ==
                               right_checksum(std::string_view(stream).substr(at, size)));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_checksum_of_any_range_is_right_in_whatever_order_they_come) {
    std::mt19937 random(8);
    const std::string stream = random_bytes(random, 300'000);
    running_crc sums;
    for (int round = 0; round < 1000; ++round) {
        const std::size_t at = random() % stream.size();
        const std::size_t size = std::min<std::size_t>(random() % 65'536, stream.size() - at);
        BOOST_TEST_REQUIRE(sums.of({as_bytes(stream)}, at, size) ==
                           right_checksum(std::string_view(stream).substr(at, size)));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
