// Whether a handler that awaits is late: one deadline for all requests of a connection.
#include "support/run.hpp"

#include "../../server/src/request_watch.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using server::request_watch;

namespace {

struct fixture {
    // Runs for a time in which a deadline of a millisecond has passed for certain; one of an hour has not.
    void run() {
        test::run(context, io::sleep(10ms));
        test::settle(context);
    }

    void note() noexcept { ++late; }
    [[nodiscard]] request_watch with(io::duration timeout) {
        return {context.get_executor(), timeout, io::calling<&fixture::note>(*this)};
    }

    io::asio::io_context context{1};
    int late = 0;
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(request_watches, fixture)

BOOST_AUTO_TEST_CASE(a_request_that_takes_too_long_is_told_once) {
    request_watch watch = with(1ms);
    request_watch::request slow;
    watch.begin(slow);
    run();
    BOOST_TEST(late == 1);
    BOOST_TEST(watch.size() == 1U);
    watch.end(slow);
    run();
    BOOST_TEST(late == 1);
    BOOST_TEST(watch.size() == 0U);
}

BOOST_AUTO_TEST_CASE(one_that_has_ended_in_time_is_not) {
    request_watch watch = with(1ms);
    for (int i = 0; i < 3; ++i) {
        request_watch::request quick;
        watch.begin(quick);
        watch.end(quick);
        run();
    }
    BOOST_TEST(late == 0);
}

BOOST_AUTO_TEST_CASE(the_oldest_counts_whoever_ends_first) {
    request_watch watch = with(1h);
    request_watch::request first, second, third;
    watch.begin(first);
    watch.begin(second);
    watch.begin(third);
    BOOST_TEST((first.late_at <= second.late_at && second.late_at <= third.late_at));
    watch.end(second);
    watch.end(first);
    BOOST_TEST(watch.size() == 1U);
    watch.end(third);
    BOOST_TEST(watch.size() == 0U);
    run();
    BOOST_TEST(late == 0);
}

BOOST_AUTO_TEST_CASE(when_the_oldest_ends_the_next_one_may_be_late_at_once) {
    request_watch watch = with(1ms);
    request_watch::request first, second;
    watch.begin(first);
    watch.begin(second);
    run();
    BOOST_TEST(late == 1);   // the first
    watch.end(first);
    run();
    BOOST_TEST(late == 2);
    watch.end(second);
}

BOOST_AUTO_TEST_CASE(without_a_time_out_none_is_late_but_each_is_known_by_its_name) {
    request_watch watch = with(0ms);
    request_watch::request any;
    watch.begin(any, "submit");
    BOOST_TEST(watch.names() == std::vector<std::string>{"submit"});
    run();
    watch.end(any);
    BOOST_TEST(late == 0);
    BOOST_TEST(watch.names().empty());
}

BOOST_AUTO_TEST_CASE(a_request_may_be_destroyed_while_it_is_watched) {
    request_watch watch = with(1h);
    {
        request_watch::request gone;
        watch.begin(gone);
    }
    BOOST_TEST(watch.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
