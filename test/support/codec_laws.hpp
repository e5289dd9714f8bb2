// The laws of a codec, as one test: see hawser/testing/codec_laws.hpp.
//
//   test::codec_laws(frame::length_field::prefix_self(4, 64), {"", "abc"},
//                    {text_of_good_bytes, text_of_hostile_bytes});
#pragma once

#include "print.hpp"

#include <hawser/testing/codec_laws.hpp>

#include <boost/test/unit_test.hpp>

namespace hawser::test {

using testing::answer;
using testing::broken_law;
using testing::comes_back;
using testing::cut_at_once;
using testing::cut_in_pieces;
using testing::every_cut;
using testing::is_corrupt_skip;
using testing::law;

template <frame::codec Codec>
void codec_laws(const Codec& codec, const std::vector<std::string>& bodies, const std::vector<std::string>& streams) {
    try {
        testing::codec_laws(codec, bodies, streams);
        BOOST_TEST(true);   // it was asked
    } catch (const testing::broken_law& law) {
        BOOST_TEST(false, law.what());
    }
}

}   // namespace hawser::test
