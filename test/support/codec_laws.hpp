// The laws of a codec, as one test: see hawser/testing/codec_laws.hpp.
//
//   test::codec_laws(frame::length_field::prefix_self(4, 64), {"", "abc"},
//                    {text_of_good_bytes, text_of_hostile_bytes});
#pragma once

#include "print.hpp"

#include <hawser/testing/codec_laws.hpp>

#include <boost/test/unit_test.hpp>

namespace hawser::test {

using laws::answer;
using laws::broken_law;
using laws::comes_back;
using laws::cut_at_once;
using laws::cut_in_pieces;
using laws::every_cut;
using laws::is_corrupt_skip;
using laws::law;

template <frame::codec Codec>
void codec_laws(const Codec& codec, const std::vector<std::string>& bodies, const std::vector<std::string>& streams) {
    try {
        laws::codec_laws(codec, bodies, streams);
        BOOST_TEST(true);   // it was asked
    } catch (const laws::broken_law& broken) {
        BOOST_TEST(false, broken.what());
    }
}

}   // namespace hawser::test
