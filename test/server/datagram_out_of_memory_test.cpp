// A server of datagrams without memory: whichever allocation fails, it costs a datagram at most. Nothing is thrown out
// of the io_context, the next datagram is answered, and the server stops.
#include <support/datagram_peer.hpp>
#include <support/failing_allocations.hpp>

#include <hawser/io/next_turn.hpp>
#include <hawser/server.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_allocations = 500;   // nothing here needs as many

// These need no memory themselves.

void echo(server::datagram& here, bytes asked) { here.answer(asked); }

io::task<void> echo_later(server::datagram& here, bytes asked) {
    const io::executor on = co_await io::this_executor;
    io::operation_memory posted;
    co_await io::next_turn(on, posted);
    here.answer(asked);
}

struct service {
    explicit service(const server::datagram_handler& handler)
        : server({.listen = {"udp:127.0.0.1:0"}, .events = {&quiet}}, handler) {}
    void start() {
        if (!server.start(context)) throw std::runtime_error(server.failure());
        context.poll();
    }
    /// Until nothing is left to do now.
    void run() {
        try {
            while (context.poll() > 0) continue;
        } catch (const std::bad_alloc&) {
            const unarmed ours;
            BOOST_ERROR("it left the io_context");
        }
    }

    server::events quiet;
    io::asio::io_context context{1};
    server::server server;
};

// While it serves.
std::size_t allocations_of_questions(const server::datagram_handler& handler, const failing_allocations& fail) {
    service with(handler);
    with.start();
    datagram_peer peer(with.server.datagram_port());
    for (int i = 0; i < 3; ++i) peer.ask("x");
    allocations = fail;
    with.run();
    const std::size_t made = std::exchange(allocations, {}).made;
    while (peer.hear_without_waiting()) continue;   // as many as there was memory for
    peer.ask("after it");
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    std::optional<std::string> heard;
    while (!heard || *heard == "x") {
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < give_up), "the next datagram is not answered");
        with.context.poll();
        heard = peer.hear_without_waiting();
    }
    BOOST_TEST(*heard == "after it");
    with.server.stop(5s);
    with.context.run_for(10s);
    BOOST_TEST(with.context.stopped());
    const server::report report = with.server.wait();
    BOOST_TEST(report.datagrams.in == 4U);
    BOOST_TEST(report.datagrams.out + report.datagrams.no_memory + report.datagrams.failed == 4U);
    return made;
}

// From the stop to the end, with a question in the kernel.
std::size_t allocations_of_a_stop(const server::datagram_handler& handler, const failing_allocations& fail) {
    service with(handler);
    with.start();
    datagram_peer peer(with.server.datagram_port());
    peer.ask("x");
    allocations = fail;
    with.server.stop(5s);
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    for (bool goes_on = true; goes_on;) {
        try {
            goes_on = with.context.run_one_until(give_up) > 0;
        } catch (const std::bad_alloc&) {
            const unarmed ours;
            BOOST_ERROR("it left the io_context");
        }
    }
    const std::size_t made = std::exchange(allocations, {}).made;
    BOOST_TEST((std::chrono::steady_clock::now() < give_up), "it does not stop");
    BOOST_TEST(with.server.wait().datagrams.in == 1U);
    return made;
}

// It starts, or is as if it had never been asked to.
std::size_t allocations_of_a_start(const server::datagram_handler& handler, const failing_allocations& fail) {
    service with(handler);
    allocations = fail;
    const bool has_started = with.server.start(with.context).has_value();
    const std::size_t made = std::exchange(allocations, {}).made;
    if (!has_started) {
        with.context.run_for(10s);
        BOOST_TEST(with.context.stopped(), "something of it goes on");
        with.context.restart();
        BOOST_TEST(!with.server.failure().empty());
        with.start();
    }
    with.context.poll();
    datagram_peer peer(with.server.datagram_port());
    peer.ask("x");
    for (int i = 0; i < 3; ++i) with.run();
    BOOST_TEST(peer.hear() == "x");
    with.server.stop(5s);
    with.context.run_for(10s);
    return made;
}

using experiment = std::size_t (*)(const server::datagram_handler&, const failing_allocations&);

// The number of allocations.
std::size_t survives_every_failure(experiment what, const server::datagram_handler& handler) {
    std::size_t number = 1;
    for (const std::size_t in_a_row : {1U, 3U, 40U}) {
        number = 1;
        for (bool is_needed = true; is_needed && number < most_allocations; ++number)
            BOOST_TEST_CONTEXT("allocation " << number << " fails, " << in_a_row << " on end") {
                const failing_allocations fail{.armed = true, .made = 0, .failing = number, .in_a_row = in_a_row};
                is_needed = what(handler, fail) >= number;
            }
        BOOST_TEST(number < most_allocations);
    }
    return number - 2;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(datagrams_out_of_memory)

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_it_costs_a_datagram_at_most) {
    static_cast<void>(survives_every_failure(allocations_of_questions, echo));
    BOOST_TEST(survives_every_failure(allocations_of_questions, echo_later) > 3U);   // or nothing was tested
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_start_it_fails_as_a_whole) {
    BOOST_TEST(survives_every_failure(allocations_of_a_start, echo) > 10U);
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_stop_it_comes_to_its_end) {
    static_cast<void>(survives_every_failure(allocations_of_a_stop, echo));
    BOOST_TEST(survives_every_failure(allocations_of_a_stop, echo_later) > 0U);
}

BOOST_AUTO_TEST_SUITE_END()
