#include "../../client/src/overdue_answers.hpp"

#include <hawser/packet/packets.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdint>

using namespace hawser;
using client::overdue_answers;

namespace {

packet::identity numbered(std::uint16_t number, std::size_t size = 2) {
    packet::identity made{.command = 0x61, .id_size = size};
    made.id[0] = static_cast<std::byte>(number >> 8);
    made.id[1] = static_cast<std::byte>(number);
    return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(overdue)

BOOST_AUTO_TEST_CASE(an_answer_is_overdue_until_it_comes) {
    overdue_answers late;
    late.add(numbered(1));
    late.add(numbered(2));
    BOOST_TEST(late.has(numbered(1)));
    BOOST_TEST(!late.has(numbered(3)));
    late.remove(numbered(1));
    late.remove(numbered(3));
    BOOST_TEST(!late.has(numbered(1)));
    BOOST_TEST(late.has(numbered(2)));
}

BOOST_AUTO_TEST_CASE(the_last_ones_are_remembered_and_of_many_not_all) {
    overdue_answers late;
    constexpr std::uint16_t many = 10'000;
    for (std::uint16_t number = 1; number <= many; ++number) late.add(numbered(number));
    std::size_t known = 0;
    for (std::uint16_t number = 1; number <= many; ++number)
        if (late.has(numbered(number))) ++known;
    BOOST_TEST(known >= overdue_answers::least);
    BOOST_TEST(known <= 2 * overdue_answers::least);
    for (std::size_t number = many - overdue_answers::least + 1; number <= many; ++number)
        BOOST_TEST(late.has(numbered(static_cast<std::uint16_t>(number))));
}

BOOST_AUTO_TEST_CASE(an_id_of_many_bytes_is_not_worth_it) {
    overdue_answers late;
    late.add(numbered(1, 8));
    BOOST_TEST(!late.has(numbered(1, 8)));
}

BOOST_AUTO_TEST_SUITE_END()
