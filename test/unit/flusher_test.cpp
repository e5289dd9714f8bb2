// What the connections of a thread have pushed leaves when whoever runs there has suspended: in one write, and
// never for one that is gone.
#include "support/frames.hpp"
#include "support/run.hpp"
#include "support/transports.hpp"

#include "../../libio/src/frames/flusher.hpp"

#include <hawser/io/memory.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/detached.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::io {

namespace {

using frame::any_codec;

// A connection, and what has arrived at its peer.
struct pair {
    explicit pair(asio::io_context& context)
        : ends(memory_pair(context.get_executor(), context.get_executor())),
          peer(std::move(ends.first)),
          frames(std::make_unique<frame_stream>(transport(std::move(ends.second)), any_codec())) {}

    [[nodiscard]] std::size_t arrived() { return peer.available(); }
    void push(const std::string& body) { BOOST_TEST(!frames->push(as_bytes(body))); }

    std::pair<memory_end, memory_end> ends;
    memory_end peer;
    std::unique_ptr<frame_stream> frames;
};

struct fixture {
    asio::io_context context{1};
    flusher& soon = flusher::of(context.get_executor());
};

}   // namespace

BOOST_FIXTURE_TEST_SUITE(flushers, fixture)

BOOST_AUTO_TEST_CASE(what_is_pushed_in_one_turn_leaves_in_one_write_after_it) {
    pair one(context);
    test::settle(context);
    one.push("first");
    soon.add(*one.frames);
    one.push("second");
    soon.add(*one.frames);   // waits already
    BOOST_TEST(one.arrived() == 0U);
    context.restart();
    BOOST_TEST(context.poll_one() == 1U);   // one function for both
    BOOST_TEST(one.arrived() == test::framed(test::texts{"first", "second"}).size());
}

task<void> pushes_elsewhere(pair& one, asio::io_context& there) {
    one.push("x");
    flusher::of(there.get_executor()).add(*one.frames);
    there.restart();
    there.poll();
    BOOST_TEST(one.arrived() > 0U);
    co_return;
}

BOOST_AUTO_TEST_CASE(what_is_pushed_on_another_io_context_does_not_wait_for_the_coroutine_that_runs) {
    asio::io_context there;
    pair one(there);
    test::settle(there);
    spawn(context, pushes_elsewhere(one, there), asio::detached);
    context.restart();
    context.run();
}

task<void> pushes_and_says_when(pair& one, flusher& soon) {
    one.push("x");
    soon.add(*one.frames);
    BOOST_TEST(one.arrived() == 0U);
    co_return;
}

BOOST_AUTO_TEST_CASE(what_a_coroutine_pushes_leaves_after_it_has_suspended) {
    pair one(context);
    test::settle(context);
    context.restart();
    spawn(context, pushes_and_says_when(one, soon), asio::detached);
    context.run();
    BOOST_TEST(one.arrived() > 0U);
}

BOOST_AUTO_TEST_CASE(one_posted_function_serves_all_connections_of_the_thread) {
    std::vector<std::unique_ptr<pair>> all;
    for (int i = 0; i < 10; ++i) all.push_back(std::make_unique<pair>(context));
    test::settle(context);
    for (const auto& each : all) {
        each->push("x");
        soon.add(*each->frames);
    }
    context.restart();
    BOOST_TEST(context.poll_one() == 1U);
    for (const auto& each : all) BOOST_TEST(each->arrived() == test::framed("x").size());
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_gone_by_then_is_not_touched) {
    pair stays(context);
    auto goes = std::make_unique<pair>(context);
    goes->push("lost");
    soon.add(*goes->frames);
    stays.push("kept");
    soon.add(*stays.frames);
    goes->frames->fail(hawser::errc::closed);
    goes.reset();
    test::settle(context);
    BOOST_TEST(stays.arrived() == test::framed("kept").size());
}

BOOST_AUTO_TEST_CASE(it_can_be_asked_again_after_it_has_flushed) {
    pair one(context);
    for (std::size_t times = 1; times <= 3; ++times) {
        one.push("x");
        soon.add(*one.frames);
        test::settle(context);
        BOOST_TEST(one.arrived() == times * test::framed("x").size());
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
