// What a budget of memory is divided into, and what does not fit.
#include <support/running_server.hpp>

#include <hawser/frame/length_field.hpp>
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

// Why a server of it is not made; empty if it is.
std::string refusal(const server::config& settings) {
    try {
        const server::server server(settings, acking());
        return {};
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

struct notes_plan final : server::events {
    server::memory_plan plan;
    void planned(const server::memory_plan& made) override { plan = made; }
};

// The plan of a server that has started.
server::memory_plan planned(server::config settings) {
    notes_plan notes;
    settings.listen = {"127.0.0.1:0"};
    settings.events = {&notes};
    server::server server(settings, acking());
    BOOST_TEST_REQUIRE(server.start().has_value(), server.failure());
    return notes.plan;
}

frame::any_codec frames_of(std::size_t most) { return frame::length_field({.max_frame = most}); }

}   // namespace

BOOST_AUTO_TEST_SUITE(memory_plans)

BOOST_AUTO_TEST_CASE(a_plan_says_what_it_is_made_of_and_refuses_what_does_not_fit) {
    const server::memory_plan plan{.budget = 128 * mib, .threads = 2, .connections = 10'000};
    BOOST_TEST(plan.text() ==
               "128.0 MiB = 20.0 MiB fixed + 10000 connections x 6.0 KiB + 49.4 MiB for what peers can make grow");
    BOOST_TEST(plan.fixed() + plan.of_connections() + plan.pool() == plan.budget);
    BOOST_TEST(refusal(plan, mib).empty());
    BOOST_TEST(
        refusal(plan, 32 * mib) ==
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

BOOST_AUTO_TEST_CASE(there_are_as_many_threads_as_fit_beside_what_was_asked_for) {
    const server::memory_plan plan{.budget = 64 * mib, .connections = 1024};   // 6 MiB of those, 16 of the program
    BOOST_TEST(plan.threads_within(mib) == (48U - 16) / 2);                    // three quarters of it
    BOOST_TEST(plan.threads_within(16 * mib) == (64U - 16 - 6 - 32) / 2);
    BOOST_TEST(plan.threads_within(22 * mib) == 0U);
    BOOST_TEST((server::memory_plan{.budget = mib}.threads_within(mib) == 0U));
}

// One thread and the frame just fit: with more of them nothing would.
BOOST_AUTO_TEST_CASE(threads_that_nobody_asked_for_are_fewer_rather_than_too_many) {
    server::config settings{.codec = frames_of(22 * mib), .memory_budget = 63 * mib};
    BOOST_TEST(refusal(settings) == "");
    BOOST_TEST(planned(settings).threads == 1U);
    settings.threads = 2;
    BOOST_TEST(refusal(settings) ==
               "64.0 MiB of memory are needed, and there are 63.0 MiB: 20.0 MiB fixed, and 44.0 MiB for one frame of "
               "22.0 MiB while it arrives: raise memory_budget, have fewer threads, or allow shorter frames only");
}

BOOST_AUTO_TEST_CASE(there_are_no_more_threads_than_connections_may_be) {
    BOOST_TEST(planned({.admission = {.max_connections = 1}}).threads == 1U);
    BOOST_TEST(planned({.threads = 2, .admission = {.max_connections = 1}}).threads == 2U);
}

BOOST_AUTO_TEST_CASE(on_the_users_io_context_one_thread_counts) {
    notes_plan notes;
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 3, .events = {&notes}}, acking());
    BOOST_TEST_REQUIRE(server.start(context).has_value());
    BOOST_TEST(notes.plan.threads == 1U);
    server.stop(io::duration::zero());
    context.run();
}

BOOST_AUTO_TEST_CASE(a_refusal_has_no_number_of_connections_that_nobody_gave) {
    BOOST_TEST(refusal({.memory_budget = mib}) ==
               "20.0 MiB of memory are needed, and there are 1.0 MiB: 18.0 MiB fixed, and 2.0 MiB for one frame of "
               "1.0 MiB while it arrives: raise memory_budget, or allow shorter frames only");
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
    BOOST_TEST(refusal(plan, byte_buffer::most + 1) ==
               "frames of 4.0 GiB are too long: a buffer holds less than 4 GiB");
}

BOOST_AUTO_TEST_SUITE_END()
