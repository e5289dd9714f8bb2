// The laws of a codec (hawser/frame/codec.hpp), as one test for all of them.
//
//   test::codec_laws(frame::length_field::prefix_self(4, 64), {"", "abc"},
//                    {text_of_good_bytes, text_of_hostile_bytes});
//
// Streams are cut at every single point, so keep them to some hundred bytes. How a stream should be cut is told by
// cut_at_once(); the reader must tell the same whatever the pieces that the bytes come in.
#pragma once

#include "cutting.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <optional>

namespace hawser::test {

template <frame::codec Codec>
void every_split_point_gives_the_same_answers(const Codec& codec, std::string_view stream) {
    const std::vector<answer> right = cut_at_once(codec, stream);
    const std::vector<std::size_t> every_byte = every_cut(stream.size());
    for (const frame::fill policy : {frame::fill::exact, frame::fill::greedy}) {
        BOOST_TEST_CONTEXT((policy == frame::fill::exact ? "exact" : "greedy") << " fill") {
            BOOST_TEST(cut_in_pieces(codec, stream, {}, policy) == right, boost::test_tools::per_element());
            BOOST_TEST(cut_in_pieces(codec, stream, every_byte, policy) == right, boost::test_tools::per_element());
            for (const std::size_t cut : every_byte) {
                BOOST_TEST_CONTEXT("cut at " << cut) {
                    BOOST_TEST(cut_in_pieces(codec, stream, {cut}, policy) == right, boost::test_tools::per_element());
                }
            }
        }
    }
}

// For the front of `stream`: as it grows, byte by byte, the codec asks for more and then says one thing for ever; only
// a skip of corrupt bytes may grow.
template <frame::codec Codec>
void more_input_never_changes_an_answer(const Codec& codec, std::string_view stream) {
    std::optional<answer> settled;
    std::size_t skipped = 0;
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const decoded open = codec.decode({seen, 0, false});
        if (open.what() == decoded::kind::need_more) {
            BOOST_TEST(!settled.has_value(), "asks for more after an answer");
            BOOST_TEST(open.total() > shown);
            BOOST_TEST(open.total() <= codec.max_frame());
            BOOST_TEST(open.scanned() <= shown);
        } else {
            if (!settled) settled = said(open);
            BOOST_TEST(said(open) == *settled);
        }
        if (open.what() == decoded::kind::skip) {
            BOOST_TEST(open.used() >= std::max<std::size_t>(skipped, 1));
            skipped = open.used();
        }
        if (shown == 0) continue;
        const decoded closed = codec.decode({seen, 0, true});
        BOOST_TEST(closed.what() != decoded::kind::need_more);
        if (settled) BOOST_TEST(said(closed) == *settled);
        if (closed.is_frame()) BOOST_TEST(closed.used() <= shown);
        if (closed.what() == decoded::kind::skip) BOOST_TEST(closed.used() > 0U);
    }
}

// What a codec has once scanned it may be told not to look at again: that must not change what it says.
template <frame::codec Codec>
void what_was_scanned_is_not_looked_at_again(const Codec& codec, std::string_view stream) {
    std::size_t scanned = 0;
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const answer fresh = said(codec.decode({seen, 0, false}));
        const decoded resumed = codec.decode({seen, scanned, false});
        BOOST_TEST(said(resumed) == fresh);
        if (resumed.what() != decoded::kind::need_more) return;
        BOOST_TEST(resumed.scanned() >= scanned);
        scanned = resumed.scanned();
    }
}

// A body behind the prefix for its size is the frame that encode() makes; there is none for what encode() refuses.
template <frame::prefixing_codec Codec>
void a_body_behind_its_prefix_is_the_frame_encoded(const Codec& codec, std::string_view text) {
    const std::size_t prefix = codec.prefix_size(text.size());
    if (prefix == 0) return;
    byte_buffer whole;
    BOOST_TEST(!codec.encode(as_bytes(text), whole));
    std::vector<std::byte> made(prefix + text.size() + 1);   // one more, which stays as it is
    BOOST_TEST((codec.write_prefix(text.size(), made.data()) == made.data() + prefix));
    std::ranges::copy(as_bytes(text), made.data() + prefix);
    BOOST_TEST(as_text(made) == std::string(as_text(whole.view())) + '\0');
}

// Of what is at the front, byte by byte, a codec measures what it says is a frame, and nothing
// else. It need not measure all.
template <frame::measuring_codec Codec>
void what_is_measured_is_the_frame_decoded(const Codec& codec, std::string_view stream) {
    for (std::size_t shown = 0; shown <= stream.size(); ++shown) {
        const bytes seen = as_bytes(stream.substr(0, shown));
        const frame::extent where = codec.measure(seen);
        if (where.total == 0) continue;
        const decoded told = codec.decode({seen, 0, false});
        BOOST_TEST_REQUIRE(told.is_frame());
        BOOST_TEST(told.used() == where.total);
        BOOST_TEST((told.body().data() == seen.data() + where.strip));
        BOOST_TEST(told.body().size() == where.total - where.strip);
    }
}

template <frame::codec Codec>
void codec_laws(const Codec& codec, const std::vector<std::string>& bodies, const std::vector<std::string>& streams) {
    std::vector<std::string> all_streams = streams;
    byte_buffer wire;
    for (const std::string& body : bodies) {
        BOOST_TEST_CONTEXT("a body of " << body.size() << " bytes") static_cast<void>(comes_back(codec, body));
        static_cast<void>(codec.encode(as_bytes(body), wire));   // those it refuses add nothing
        if constexpr (frame::prefixing_codec<Codec>) a_body_behind_its_prefix_is_the_frame_encoded(codec, body);
    }
    if (wire.size() <= 1000) all_streams.emplace_back(as_text(wire.view()));
    for (const std::string& stream : all_streams) {
        BOOST_TEST_CONTEXT("stream " << escaped(as_bytes(stream), 200)) {
            every_split_point_gives_the_same_answers(codec, stream);
            for (const answer& each : cut_at_once(codec, stream)) {
                if (each.position >= stream.size()) continue;
                more_input_never_changes_an_answer(codec, std::string_view(stream).substr(each.position));
                what_was_scanned_is_not_looked_at_again(codec, std::string_view(stream).substr(each.position));
                if constexpr (frame::measuring_codec<Codec>)
                    what_is_measured_is_the_frame_decoded(codec, std::string_view(stream).substr(each.position));
            }
            more_input_never_changes_an_answer(codec, stream);
        }
    }
}

}   // namespace hawser::test
