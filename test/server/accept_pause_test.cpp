// How long an accept loop pauses: no socket, no clock.
#include "../../server/src/accept_pause.hpp"

#include <hawser/server/error.hpp>

#include <boost/test/unit_test.hpp>

#include <system_error>

using namespace hawser;
using namespace std::chrono_literals;
using server::accept_pause;

namespace {

error_code of_the_system(boost::system::errc::errc_t value) { return boost::system::errc::make_error_code(value); }

const error_code no_descriptors = of_the_system(boost::system::errc::too_many_files_open);
const error_code aborted = of_the_system(boost::system::errc::connection_aborted);

}   // namespace

BOOST_AUTO_TEST_SUITE(pauses_of_an_accept_loop)

BOOST_AUTO_TEST_CASE(a_failure_of_the_system_pauses_at_once_and_twice_as_long_each_time_up_to_500_ms) {
    accept_pause pauses;
    for (const auto pause : {10ms, 20ms, 40ms, 80ms, 160ms, 320ms, 500ms, 500ms})
        BOOST_TEST((pauses.after(no_descriptors) == pause));
}

BOOST_AUTO_TEST_CASE(letting_one_in_begins_anew) {
    accept_pause pauses;
    for (int i = 0; i < 5; ++i) static_cast<void>(pauses.after(no_descriptors));
    BOOST_TEST((pauses.after({}) == 0ms));
    BOOST_TEST((pauses.after(no_descriptors) == 10ms));
}

BOOST_AUTO_TEST_CASE(what_befell_one_connection_pauses_only_after_256_on_end) {
    for (const error_code one :
         {aborted, error_code(server::errc::too_many_connections), error_code(server::errc::out_of_descriptors)}) {
        accept_pause pauses;
        for (unsigned i = 1; i < accept_pause::burst; ++i) BOOST_TEST((pauses.after(one) == 0ms));
        BOOST_TEST((pauses.after(one) == 10ms), one.message());
        for (unsigned i = 1; i < accept_pause::burst; ++i) BOOST_TEST((pauses.after(one) == 0ms));
        BOOST_TEST((pauses.after(one) == 20ms), one.message());
    }
}

BOOST_AUTO_TEST_CASE(one_that_may_not_come_in_never_makes_the_others_wait) {
    for (const auto one :
         {server::errc::denied, server::errc::too_many_from_address, server::errc::accept_rate_exceeded}) {
        accept_pause pauses;
        for (unsigned i = 0; i < 10 * accept_pause::burst; ++i) BOOST_TEST((pauses.after(one) == 0ms));
    }
}

BOOST_AUTO_TEST_CASE(what_accept_says_of_one_connection_is_told_from_what_it_says_of_the_system) {
    using namespace boost::system::errc;
    for (const auto one : {connection_aborted, protocol_error, host_unreachable, interrupted, timed_out})
        BOOST_TEST(server::concerns_one_connection(of_the_system(one)));
    for (const auto all : {too_many_files_open, not_enough_memory, no_buffer_space, bad_file_descriptor})
        BOOST_TEST(!server::concerns_one_connection(of_the_system(all)));
    BOOST_TEST(server::is_out_of_descriptors(no_descriptors));
    BOOST_TEST(server::is_out_of_descriptors(of_the_system(too_many_files_open_in_system)));
    BOOST_TEST(!server::is_out_of_descriptors(aborted));
}

BOOST_AUTO_TEST_SUITE_END()
