// Time is an argument: nothing here waits.
#include <hawser/swarm/ledger.hpp>

#include <boost/test/unit_test.hpp>

using namespace hawser;
using namespace std::chrono_literals;
using swarm::ledger;
using verdict = swarm::ledger::verdict;

namespace {

constexpr bool good = true;
io::time_point at(io::duration since_start) { return io::time_point(1h + since_start); }

}   // namespace

namespace hawser::swarm {
std::ostream& operator<<(std::ostream& out, ledger::verdict v) { return out << static_cast<int>(v); }
}   // namespace hawser::swarm

BOOST_AUTO_TEST_SUITE(ledgers)

BOOST_AUTO_TEST_CASE(a_first_answer_is_acked_with_both_latencies_and_a_second_one_is_duplicate) {
    ledger of;
    of.sent(1, at(10ms), at(4ms));
    BOOST_TEST(of.in_flight() == 1U);
    const ledger::settled done = of.settle(1, good, at(15ms));
    BOOST_TEST(done.verdict == verdict::acked);
    BOOST_TEST((done.took == 5ms));
    BOOST_TEST((done.from_schedule == 11ms));
    BOOST_TEST(of.in_flight() == 0U);
    BOOST_TEST(of.settle(1, good, at(16ms)).verdict == verdict::duplicate);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_good_is_wrong) {
    ledger of;
    of.sent(1, at(0ms), at(0ms));
    BOOST_TEST(of.settle(1, !good, at(1ms)).verdict == verdict::wrong);
    BOOST_TEST(of.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(what_was_never_sent_is_unknown) {
    ledger of;
    BOOST_TEST(of.settle(1, good, at(0ms)).verdict == verdict::unknown);
    of.sent(1, at(0ms), at(0ms));
    BOOST_TEST(of.settle(2, good, at(0ms)).verdict == verdict::unknown);
    BOOST_TEST(of.settle(0, good, at(0ms)).verdict == verdict::unknown);
    BOOST_TEST(of.settle(packet::serial::last + 1, good, at(0ms)).verdict == verdict::unknown);
    BOOST_TEST(of.settle(1, good, at(1ms)).verdict == verdict::acked);
    BOOST_TEST(of.settle(2, good, at(1ms)).verdict == verdict::unknown);
    BOOST_TEST(of.settle(packet::serial::last, good, at(1ms)).verdict == verdict::unknown);
}

BOOST_AUTO_TEST_CASE(answers_may_come_in_any_order) {
    ledger of;
    for (std::uint32_t number = 1; number <= 5; ++number) of.sent(number, at(number * 1ms), at(number * 1ms));
    for (const std::uint32_t number : {3U, 1U, 5U, 2U, 4U})
        BOOST_TEST(of.settle(number, good, at(9ms)).verdict == verdict::acked);
    for (std::uint32_t number = 1; number <= 5; ++number)
        BOOST_TEST(of.settle(number, good, at(9ms)).verdict == verdict::duplicate);
    BOOST_TEST(of.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_given_up_is_missing_once_and_its_answer_late) {
    ledger of;
    for (std::uint32_t number = 1; number <= 3; ++number) of.sent(number, at(number * 1ms), at(number * 1ms));
    BOOST_TEST((of.oldest() == at(1ms)));
    BOOST_TEST(of.settle(2, good, at(4ms)).verdict == verdict::acked);
    BOOST_TEST(of.give_up(at(0ms)) == 0U);
    BOOST_TEST(of.give_up(at(2ms)) == 1U);
    BOOST_TEST(of.give_up(at(2ms)) == 0U);
    BOOST_TEST((of.oldest() == at(3ms)));
    BOOST_TEST(of.in_flight() == 1U);
    BOOST_TEST(of.settle(1, good, at(5ms)).verdict == verdict::late);
    BOOST_TEST(of.settle(2, good, at(5ms)).verdict == verdict::duplicate);
    BOOST_TEST(of.settle(3, good, at(5ms)).verdict == verdict::acked);
    BOOST_TEST((of.oldest() == io::time_point::max()));
}

BOOST_AUTO_TEST_CASE(a_missing_one_behind_others_in_flight_is_remembered_too) {
    ledger of;
    of.sent(1, at(5ms), at(5ms));
    of.sent(2, at(5ms), at(5ms));
    BOOST_TEST(of.settle(1, good, at(6ms)).verdict == verdict::acked);
    BOOST_TEST(of.give_up(at(5ms)) == 1U);
    of.sent(3, at(7ms), at(7ms));
    BOOST_TEST(of.settle(2, good, at(8ms)).verdict == verdict::late);
    BOOST_TEST(of.settle(3, good, at(8ms)).verdict == verdict::acked);
}

BOOST_AUTO_TEST_CASE(the_serial_wraps_around_without_confusion) {
    ledger of;
    for (const std::uint32_t number : {packet::serial::last - 1, packet::serial::last, 1U, 2U})
        of.sent(number, at(0ms), at(0ms));
    for (const std::uint32_t number : {1U, packet::serial::last, 2U, packet::serial::last - 1})
        BOOST_TEST(of.settle(number, good, at(1ms)).verdict == verdict::acked);
    BOOST_TEST(of.settle(3, good, at(1ms)).verdict == verdict::unknown);
    BOOST_TEST(of.settle(packet::serial::last, good, at(1ms)).verdict == verdict::duplicate);
    BOOST_TEST(of.settle(packet::serial::last - 2, good, at(1ms)).verdict == verdict::unknown);
}

BOOST_AUTO_TEST_CASE(what_it_remembers_is_bounded) {
    ledger of;
    const std::uint32_t many = ledger::remembered_missing + 10;
    for (std::uint32_t number = 1; number <= many; ++number) of.sent(number, at(0ms), at(0ms));
    BOOST_TEST(of.give_up(at(0ms)) == many);
    BOOST_TEST(of.settle(1, good, at(1ms)).verdict == verdict::duplicate);   // forgotten that it was missing
    BOOST_TEST(of.settle(11, good, at(1ms)).verdict == verdict::late);
}

BOOST_AUTO_TEST_CASE(with_few_numbers_none_is_given_twice_while_its_request_is_in_flight) {
    ledger of(3);
    for (std::uint32_t number = 1; number <= 3; ++number) {
        BOOST_TEST(!of.is_full());
        of.sent(number, at(0ms), at(0ms));
    }
    BOOST_TEST(of.is_full());
    BOOST_TEST(of.settle(2, good, at(1ms)).verdict == verdict::acked);
    BOOST_TEST(of.is_full());   // 1 would come next
    BOOST_TEST(of.settle(1, good, at(1ms)).verdict == verdict::acked);
    BOOST_TEST(!of.is_full());
    of.sent(1, at(2ms), at(2ms));
    BOOST_TEST(of.settle(1, good, at(3ms)).verdict == verdict::acked);
    BOOST_TEST(of.settle(3, good, at(3ms)).verdict == verdict::acked);
    BOOST_TEST(of.in_flight() == 0U);
}

BOOST_AUTO_TEST_CASE(an_answer_with_another_mark_than_its_request_is_wrong) {
    ledger book;
    book.sent(1, at(0s), at(0s), 77);
    book.sent(2, at(0s), at(0s), 78);
    BOOST_TEST((book.settle(1, true, at(1s), 77).verdict == verdict::acked));
    BOOST_TEST((book.settle(2, true, at(1s), 77).verdict == verdict::wrong));
}

BOOST_AUTO_TEST_SUITE_END()
