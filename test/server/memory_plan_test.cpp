// What a budget of memory is divided into, and what does not fit.
#include <support/running_server.hpp>

#include <hawser/server/memory_plan.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>
#include <string>

using namespace hawser;
using namespace hawser::test;

namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t most = std::numeric_limits<std::size_t>::max();

// Why it is refused; empty if it is not.
std::string refusal(const server::memory_plan& plan, std::size_t max_frame) {
    try {
        plan.check(max_frame);
        return {};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(memory_plans)

BOOST_AUTO_TEST_CASE(a_plan_says_what_it_is_made_of_and_refuses_what_does_not_fit) {
    const server::memory_plan plan{.budget = 128 * mib, .threads = 2, .connections = 10'000};
    BOOST_TEST(plan.text() ==
               "128.0 MiB = 20.0 MiB fixed + 10000 connections x 6.0 KiB + 49.4 MiB for what peers can make grow");
    BOOST_TEST(plan.fixed() + plan.of_connections() + plan.pool() == plan.budget);
    BOOST_TEST(refusal(plan, mib).empty());
    BOOST_TEST(refusal(plan, 32 * mib) ==
               "142.6 MiB of memory are needed, and there are 128.0 MiB: 20.0 MiB fixed, 10000 connections of 6.0 KiB, and "
               "64.0 MiB for one frame of 32.0 MiB while it arrives");
}

BOOST_AUTO_TEST_CASE(a_server_whose_memory_does_not_hold_one_frame_is_refused) {
    server::config settings;
    settings.memory_budget = mib;
    BOOST_CHECK_THROW(server::server(settings, acking()), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_small_budget_means_fewer_connections_unless_they_are_asked_for) {
    server::config settings;
    settings.memory_budget = 64 * mib;
    settings.threads = 2;
    const server::server as_many_as_fit(settings, acking());
    settings.admission.max_connections = 10'000;
    BOOST_CHECK_THROW(server::server(settings, acking()), std::invalid_argument);
    const server::memory_plan plan{.budget = 64 * mib, .threads = 2};
    BOOST_TEST(plan.connections_within(mib) == 32U * kib / 6);
}

// No sum and no product of a plan comes out small because it is too large.
BOOST_AUTO_TEST_CASE(numbers_at_their_ends_are_refused_and_never_wrap_around) {
    for (const std::size_t max_frame : {most / 2, most / 2 + 1, most / 2 + 2, most - 1, most})
        for (const std::size_t budget : {64 * mib, most})
            BOOST_TEST(!refusal({.budget = budget, .threads = 2, .connections = 1}, max_frame).empty());
    for (const std::size_t connections : {most / server::memory_plan::per_connection + 1, most / 2, most}) {
        const server::memory_plan plan{.budget = 64 * mib, .threads = 2, .connections = connections};
        BOOST_TEST(!refusal(plan, mib).empty());
        BOOST_TEST(plan.pool() == 0U);
    }
    const server::memory_plan all{.budget = most, .threads = 1024, .connections = 10'000};
    BOOST_TEST(refusal(all, mib).empty());
    BOOST_TEST(all.pool() == most - all.fixed() - all.of_connections());
    BOOST_TEST((server::memory_plan{.budget = 64 * mib, .threads = 2}.connections_within(most) == 0U));
    BOOST_TEST((server::memory_plan{.budget = 0, .threads = 2}.connections_within(mib) == 0U));
}

BOOST_AUTO_TEST_CASE(a_frame_that_no_buffer_holds_is_refused_whatever_the_budget) {
    const server::memory_plan plan{.budget = 64 * 1024 * mib, .threads = 2, .connections = 1};
    BOOST_TEST(refusal(plan, byte_buffer::most).empty());
    BOOST_TEST(refusal(plan, byte_buffer::most + 1) == "frames of 4.0 GiB are too long: a buffer holds less than 4 GiB");
}

BOOST_AUTO_TEST_SUITE_END()
