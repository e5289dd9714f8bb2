#include <hawser/client/pending.hpp>

#include <hawser/packet/packets.hpp>

#include <boost/test/unit_test.hpp>

#include <vector>

using namespace hawser;
using packet::identity;

BOOST_AUTO_TEST_SUITE(pending)

BOOST_AUTO_TEST_CASE(an_answer_belongs_to_whoever_waits_for_its_command_and_id) {
    client::pending<int> waiting;
    int first = 1;
    int second = 2;
    const packet::id id = packet::serial::from_number(7);
    BOOST_TEST(waiting.add(identity::of<packet::submit_ack>(id), first));
    BOOST_TEST(waiting.add(identity::of<packet::pong>(id), second));
    BOOST_TEST(waiting.take(identity::of<packet::conn_ack>(id)) == nullptr);
    BOOST_TEST(waiting.take(identity::of<packet::submit_ack>(packet::no_id)) == nullptr);
    BOOST_TEST(waiting.take(identity::of<packet::pong>(id)) == &second);
    BOOST_TEST(waiting.take(identity::of<packet::submit_ack>(id)) == &first);
    BOOST_TEST(waiting.take(identity::of<packet::submit_ack>(id)) == nullptr);
}

BOOST_AUTO_TEST_CASE(one_id_can_wait_for_one_answer_only_until_it_is_removed) {
    client::pending<int> waiting;
    int first = 1;
    int second = 2;
    const packet::id id = packet::serial::from_number(7);
    const identity answer = identity::of<packet::submit_ack>(id);
    BOOST_TEST(waiting.add(answer, first));
    BOOST_TEST(!waiting.add(answer, second));
    waiting.remove(answer);
    BOOST_TEST(waiting.add(answer, second));
    BOOST_TEST(waiting.take(answer) == &second);
}

BOOST_AUTO_TEST_CASE(all_are_told_once_when_the_connection_is_lost) {
    client::pending<int> waiting;
    std::vector<int> values(10, 0);
    for (std::uint32_t number = 0; number < 10; ++number)
        BOOST_TEST(waiting.add(identity::of<packet::pong>(packet::serial::from_number(number)), values[number]));
    waiting.take_all([](int& value) { ++value; });
    waiting.take_all([](int& value) { ++value; });
    BOOST_TEST(values == std::vector<int>(10, 1), boost::test_tools::per_element());
    BOOST_TEST(waiting.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
