// Who has to give memory back.
#include "../../server/src/eviction.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using server::eviction;

namespace {

struct holder {
    std::size_t bytes;
    io::duration age;
};

std::vector<holder> many(std::size_t count, const holder& each) { return std::vector<holder>(count, each); }

std::vector<holder> together(std::vector<holder> some, const std::vector<holder>& others) {
    some.insert(some.end(), others.begin(), others.end());
    return some;
}

// Which of them go when so much is to come back.
std::vector<holder> evicted(const std::vector<holder>& from, std::size_t too_much, io::duration grace = {}) {
    eviction chosen(grace);
    for (const holder& one : from) chosen.consider(one.bytes, one.age);
    chosen.choose(too_much);
    std::vector<holder> gone;
    for (const holder& one : from)
        if (chosen.takes(one.bytes, one.age)) gone.push_back(one);
    return gone;
}

std::size_t bytes_of(const std::vector<holder>& some) {
    std::size_t sum = 0;
    for (const holder& one : some) sum += one.bytes;
    return sum;
}

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

}   // namespace

BOOST_AUTO_TEST_SUITE(evictions)

BOOST_AUTO_TEST_CASE(as_much_comes_back_as_is_asked_and_one_more_at_most) {
    const auto gone = evicted(many(1000, {16 * kib, 1s}), 3 * mib + 1);
    BOOST_TEST(gone.size() == 3 * mib / (16 * kib) + 1);
}

BOOST_AUTO_TEST_CASE(nobody_goes_when_nothing_is_asked) { BOOST_TEST(evicted(many(10, {16 * kib, 1s}), 0).empty()); }

BOOST_AUTO_TEST_CASE(everybody_goes_when_more_is_asked_than_there_is) {
    BOOST_TEST(evicted(many(10, {16 * kib, 1s}), mib).size() == 10U);
}

// An upload that goes on at speed is young, whatever it holds.
BOOST_AUTO_TEST_CASE(many_who_hold_little_for_long_go_before_one_who_holds_much) {
    const auto gone = evicted(together({{mib, 50ms}}, many(500, {16 * kib, 5s})), 2 * mib);
    BOOST_TEST(gone.size() == 128U);
    for (const holder& one : gone) BOOST_TEST(one.bytes == 16 * kib);
}

BOOST_AUTO_TEST_CASE(few_who_hold_much_go_before_one_who_holds_little_for_as_long) {
    const auto gone = evicted(together({{20 * kib, 5s}}, many(6, {2 * mib, 5s})), 3 * mib);
    BOOST_TEST(gone.size() == 2U);
    BOOST_TEST(bytes_of(gone) == 4 * mib);
}

BOOST_AUTO_TEST_CASE(of_those_who_hold_as_much_the_longest_go) {
    const auto gone = evicted(together(many(100, {16 * kib, 300ms}), many(20, {17 * kib, 9s})), 300 * kib);
    BOOST_TEST(gone.size() == 18U);
    for (const holder& one : gone) BOOST_TEST((one.age == 9s));
}

// One crowd goes until the next weighs more, and not to the last.
BOOST_AUTO_TEST_CASE(crowds_that_weigh_as_much_pay_both) {
    std::vector<holder> all;
    for (int second = 1; second <= 64; second *= 2) {
        all = together(all, many(64, {16 * kib, std::chrono::seconds(second)}));
        all = together(all, many(1, {mib, std::chrono::seconds(second)}));
    }
    const auto gone = evicted(all, 4 * mib);
    std::size_t of_small = 0;
    for (const holder& one : gone) of_small += one.bytes == 16 * kib ? one.bytes : 0;
    BOOST_TEST(of_small == 2 * mib);
    BOOST_TEST(bytes_of(gone) == 4 * mib);
}

BOOST_AUTO_TEST_CASE(whoever_has_held_it_for_a_moment_only_is_left_alone_if_that_is_the_grace) {
    BOOST_TEST(evicted(many(10, {mib, 99ms}), mib, 100ms).empty());
    BOOST_TEST(evicted(many(10, {mib, 100ms}), mib, 100ms).size() == 1U);
}

BOOST_AUTO_TEST_CASE(any_size_and_any_age_has_its_place) {
    for (const std::size_t bytes : {std::size_t{1}, 4 * kib, std::size_t{0xffff'ffff}, std::size_t{1} << 62})
        for (const io::duration age : {io::duration::zero(), io::duration(1), io::duration::max()})
            BOOST_TEST(evicted({{bytes, age}}, 1).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
