// Conversations run again and again, with one more step succeeding each time before one end's connection fails under
// it: whichever read or write it is, both ends come to an end, the one that failed says why, no buffer is lost, and the
// answers up to there are right.
#include "support/frames.hpp"
#include "support/run.hpp"

#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace hawser::io {

namespace {

using namespace test;   // every word of a conversation
using frame::any_codec;

constexpr std::size_t rounds = 5;
// No conversation here has as many steps, so one that never succeeds is noticed.
constexpr std::size_t most_steps = 2000;

std::string question(std::size_t round) { return "question " + std::string(round * 300, '?'); }
std::string answer(std::string_view asked) { return "answer to " + std::string(asked); }

struct outcome {
    texts answers;
    error_code client;   // the first error that a call of this end gave
    error_code server;
};

void note(error_code& first, const error_code& error) {
    if (!first) first = error;
}

task<void> serves(transport carrier, error_code& first) {
    frame_stream frames(std::move(carrier), any_codec());
    while (!first) {
        const result<bytes> asked = co_await frames.read_frame();
        if (!asked) {
            note(first, asked.error());
            break;
        }
        const std::string body = answer(as_text(*asked));
        const result<void> sent = co_await frames.send(as_bytes(body));
        if (!sent) note(first, sent.error());
    }
    co_await frames.finish(linger);
    // That the client is done is no failure; what kept the answers from it is.
    if (first == condition::ended) first = frames.failure();
}

task<void> read_answer(frame_stream& from, outcome& told) {
    const result<bytes> body = co_await from.read_frame();
    if (body) told.answers.emplace_back(as_text(*body));
    else note(told.client, body.error());
}

task<void> asks_and_waits(transport carrier, outcome& told) {
    frame_stream frames(std::move(carrier), any_codec());
    for (std::size_t round = 0; round < rounds && !told.client; ++round) {
        const std::string body = question(round);
        const result<void> sent = co_await frames.send(as_bytes(body));
        if (!sent) note(told.client, sent.error());
        else co_await read_answer(frames, told);
    }
    co_await frames.finish(linger);
}

task<void> asks_everything_first(transport carrier, outcome& told) {
    frame_stream frames(std::move(carrier), any_codec());
    for (std::size_t round = 0; round < rounds && !told.client; ++round) {
        const std::string body = question(round);
        const result<void> sent = co_await frames.send(as_bytes(body));
        if (!sent) note(told.client, sent.error());
    }
    const result<void> closed = co_await frames.close_write();
    if (!closed) note(told.client, closed.error());
    while (!told.client) co_await read_answer(frames, told);
    if (told.client == condition::ended) told.client = {};   // as it should be
    co_await frames.finish(linger);
}

using asking = task<void> (*)(transport, outcome&);

outcome run_once(asking asks, const memory_options& ours, const memory_options& theirs) {
    outcome told;
    asio::io_context context;
    const executor here = context.get_executor();
    auto [near, far] = memory_pair(here, here, ours, theirs);
    test::run(context, together(asks(std::move(near), told), serves(std::move(far), told.server)));
    expect_nothing_left(context);
    BOOST_TEST(buffer_pool::of(here).lent() == 0U);
    return told;
}

void answers_are_right_as_far_as_they_go(const outcome& told) {
    BOOST_TEST(told.answers.size() <= rounds);
    for (std::size_t round = 0; round < told.answers.size(); ++round)
        BOOST_TEST((told.answers[round] == answer(question(round))), "answer " << round);
}

enum class side { client, server };

// The outcome when `failing`'s operation number `step` fails.
outcome run_failing(asking asks, side failing, std::size_t step, const error_code& why, memory_options options) {
    memory_options breaking = options;
    breaking.fail_at = step;
    breaking.failure = why;
    return failing == side::client ? run_once(asks, breaking, options) : run_once(asks, options, breaking);
}

void fails_well_at_every_step(asking asks, side failing, memory_options options, const error_code& why) {
    bool succeeded = false;
    std::size_t step = 1;
    for (; step < most_steps && !succeeded; ++step) {
        BOOST_TEST_CONTEXT((failing == side::client ? "client" : "server") << " fails at step " << step) {
            const outcome told = run_failing(asks, failing, step, why, options);
            answers_are_right_as_far_as_they_go(told);
            succeeded = told.answers.size() == rounds && !told.client && told.server == errc::end_of_stream;
            const error_code& reported = failing == side::client ? told.client : told.server;
            if (!succeeded) BOOST_TEST(reported == why, reported.message());
        }
    }
    BOOST_TEST(succeeded);
    BOOST_TEST(step > 2 * 2U);   // at least two steps failed first, or nothing was tested
    // Steps of the farewell: nobody reports them, but they must end as well.
    for (const std::size_t last = step + 10; step < last; ++step)
        answers_are_right_as_far_as_they_go(run_failing(asks, failing, step, why, options));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(failing_at_every_step)

BOOST_AUTO_TEST_CASE(a_conversation_that_nothing_disturbs_succeeds) {
    for (const asking asks : {asks_and_waits, asks_everything_first}) {
        const outcome told = run_once(asks, {}, {});
        BOOST_TEST(told.answers.size() == rounds);
        BOOST_TEST(!told.client);
        BOOST_TEST(told.server == errc::end_of_stream);
    }
}

BOOST_AUTO_TEST_CASE(whichever_step_fails_both_ends_come_to_an_end_and_the_failing_one_says_why) {
    // network_reset cannot be mistaken for the reset that the other end sees when this one closes.
    for (const error_code why : {error_code(asio::error::network_reset), error_code(asio::error::connection_reset)})
        for (const asking asks : {asks_and_waits, asks_everything_first})
            for (const side failing : {side::client, side::server}) {
                fails_well_at_every_step(asks, failing, {}, why);
                fails_well_at_every_step(asks, failing, {.capacity = 100, .most_a_read = 50}, why);
            }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
