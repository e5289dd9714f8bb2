// What docs/framing.md shows in C++, word for word.
#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hawser;

namespace {

template <frame::codec Codec>
std::vector<std::string> bodies_of(const Codec& codec, bytes arrived) {
    frame::reader frames(codec);
    std::vector<std::string> bodies;
    for (;;) {
        const frame::decoded next = frames.next();
        if (next.is_frame()) {
            bodies.emplace_back(as_text(next.body()));
        } else if (next.what() == frame::decoded::kind::need_more) {
            if (arrived.empty()) return bodies;   // here: wait for more
            const mutable_bytes room = frames.space(frame::fill::greedy);
            const bytes part = arrived.first(std::min(room.size(), arrived.size()));
            std::ranges::copy(part, room.begin());
            frames.commit(part.size());
            arrived = arrived.subspan(part.size());
        } else if (next.what() == frame::decoded::kind::failed) {
            throw std::runtime_error(make_error_code(next.error()).message());   // a skip is only told, and goes on
        }
    }
}

constexpr auto ours = frame::length_field::prefix_self();   // the default protocol
constexpr frame::length_field theirs({.order = byte_order::little, .width = 2, .offset = 1, .max_frame = 4096});
const frame::delimiter records({.marks = {"\x1e"}, .max_frame = 64 * 1024});
const auto chosen = frame::any_codec::parse("varint:max=64KiB");   // throws std::invalid_argument, with one line

}   // namespace

BOOST_AUTO_TEST_SUITE(the_page_about_framing)

BOOST_AUTO_TEST_CASE(what_it_shows_cuts_streams) {
    using namespace std::string_literals;
    using texts = std::vector<std::string>;
    BOOST_TEST(bodies_of(ours, as_bytes("\0\0\0\5a\0\0\0\4"s)) == (texts{"a", ""}), boost::test_tools::per_element());
    BOOST_TEST(bodies_of(theirs, as_bytes("?\2\0hi"s)) == (texts{"hi"}), boost::test_tools::per_element());
    BOOST_TEST(bodies_of(records, as_bytes("a\x1e"
                                           "b\x1e"
                                           "c")) == (texts{"a", "b"}),
               boost::test_tools::per_element());
    BOOST_TEST(bodies_of(chosen, as_bytes("\2hi"s + std::string("\x88\x27") + std::string(5000, 'x'))).back().size() ==
               5000U);
    BOOST_CHECK_THROW(bodies_of(ours, as_bytes("\0\0\0\1"s)), std::runtime_error);
}

BOOST_AUTO_TEST_SUITE_END()
