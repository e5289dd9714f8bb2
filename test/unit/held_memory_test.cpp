// What a connection holds, and for how long its peer has kept it from giving that back.
#include <hawser/io/held_memory.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

struct holding {
    asio::io_context context;
    memory_account& account = memory_account::of(context.get_executor());
    held_memory held;
    time_point start = clock::now();
};

constexpr std::size_t page = memory_account::allowance;

}   // namespace

BOOST_AUTO_TEST_SUITE(memory_that_is_held)

BOOST_AUTO_TEST_CASE(a_page_is_not_charged_and_does_not_count) {
    holding one;
    one.held.become(one.account, page);
    one.held.begin_wait(one.start);
    BOOST_TEST(one.account.used() == 0U);
    BOOST_TEST(!one.held.is_kept());
    one.held.become(one.account, page + 1);
    BOOST_TEST(one.account.used() == page + 1);
    BOOST_TEST(one.held.counts());
    one.held.become(one.account, 0);
    BOOST_TEST(one.account.used() == 0U);
}

BOOST_AUTO_TEST_CASE(time_counts_from_the_first_wait_and_ends_when_it_is_given_back) {
    holding one;
    one.held.become(one.account, 2 * page);
    one.held.begin_wait(one.start);
    one.held.become(one.account, 3 * page);
    one.held.begin_wait(one.start + 1s);
    BOOST_TEST((one.held.kept_for(one.start + 3s) == 3s));
    one.held.become(one.account, page);
    BOOST_TEST((one.held.kept_for(one.start + 4s) == 0s));
    one.held.become(one.account, 2 * page);
    one.held.begin_wait(one.start + 5s);
    BOOST_TEST((one.held.kept_for(one.start + 6s) == 1s));
    one.held.become(one.account, 0);
}

BOOST_AUTO_TEST_CASE(progress_buys_time_that_has_passed_and_no_other) {
    holding one;
    one.held.become(one.account, 2 * page);
    one.held.begin_wait(one.start);
    one.held.progress(1, one.start + 2s);
    BOOST_TEST((one.held.kept_for(one.start + 2s) == 2s - 15us));
    one.held.progress(1024 * 1024, one.start + 2s);
    BOOST_TEST((one.held.kept_for(one.start + 2s) == 0s));
    BOOST_TEST((one.held.kept_for(one.start + 3s) == 1s));
    one.held.excuse(600ms);
    BOOST_TEST((one.held.kept_for(one.start + 3s) == 400ms));
    one.held.become(one.account, 0);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
