// What the errors of a client mean.
#include <hawser/client/error.hpp>

#include <boost/test/unit_test.hpp>

#include <utility>

using namespace hawser;
using code = client::errc;

BOOST_AUTO_TEST_SUITE(errors_of_a_client)

BOOST_AUTO_TEST_CASE(every_error_of_a_client_has_a_message_and_a_condition) {
    constexpr std::pair<code, condition> all[] = {
        {code::request_timeout, condition::timeout}, {code::id_in_flight, condition::misuse},
        {code::other_protocol, condition::misuse},   {code::heartbeat_lost, condition::timeout},
        {code::refused, condition::limit},           {code::no_connection, condition::timeout},
        {code::too_many_waiting, condition::limit},  {code::hook_failed, condition::misuse},
    };
    int value = 0;
    for (const auto& [value_of, means] : all) {
        const error_code error = value_of;
        BOOST_TEST(error.value() == ++value);   // append-only
        BOOST_TEST((error == means), error.message());
        BOOST_TEST(error.message() != "unknown error");
    }
    BOOST_TEST(error_code(value + 1, client::client_category()).message() == "unknown error");
}

BOOST_AUTO_TEST_SUITE_END()
