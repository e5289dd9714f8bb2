// A conversation runs again and again, and each time one more allocation succeeds before one fails: whichever it is, it
// costs the connection at most. Both ends come to an end, nothing is thrown out of the io_context, no buffer is lost,
// and what the peer got are whole frames in their order.
//
// Every allocation counts that the program makes while both ends run: Asio's too, which do not come from operator new.
#include "support/failing_allocations.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hawser::io {

namespace {

using namespace test;   // every word of a conversation
using frame::any_codec;
using frame::shared_frame;
using frame::slow_consumer;

constexpr std::size_t most_allocations = 5000;   // no conversation here needs as many
constexpr std::size_t more_answers = 20;         // when the peer begins to read
constexpr frame_limits limits{.outbound_cap = 96 * 1024, .turn_frames = 16};

const error_condition no_memory = make_error_condition(boost::system::errc::not_enough_memory);

using message = std::array<char, 3000>;

// A kind, a number, and a filling that follows from both.
message message_of(char kind, std::size_t number) {
    message made{};
    made[0] = kind;
    std::to_chars(made.data() + 1, made.data() + 8, number);
    std::fill(made.begin() + 8, made.end(), static_cast<char>('a' + number % 26));
    return made;
}

bytes bytes_of(const message& body) { return std::as_bytes(std::span(body)); }

shared_frame push_of(std::size_t number) {
    const unarmed ours;
    byte_buffer wire;
    if (any_codec().encode(bytes_of(message_of('p', number)), wire)) throw std::logic_error("no frame");
    return std::make_shared<const byte_buffer>(std::move(wire));
}

struct ends {
    ends(const executor& here, transport ours, transport theirs)
        : writer(std::move(ours), any_codec(), limits), reader(std::move(theirs), any_codec(), limits), changed(here) {}

    frame_stream writer;
    frame_stream reader;
    event changed;
    bool may_read = false;
    std::size_t answers = 0;   // taken by the writer
    std::size_t pushes = 0;
    std::size_t queued_when_full = 0;
    std::vector<message> arrived;
    error_code written;   // the first error of each end
    error_code read;
    int ended = 0;
};

void note(error_code& first, const error_code& error) {
    if (!first) first = error;
}

// Until nobody takes any more: the kernel's buffers are full, and behind them are answers and a backlog of pushes.
error_code fill_up(ends& both) {
    for (;;) {
        if (both.pushes == 4 * (both.answers + 1)) {
            if (const error_code error = both.writer.push(bytes_of(message_of('a', both.answers)))) return error;
            ++both.answers;
        }
        const error_code error = both.writer.offer(push_of(both.pushes), {}, slow_consumer::wait);
        both.writer.flush_soon();
        if (error) return error;
        ++both.pushes;
    }
}

task<void> fills_up_and_goes_on(ends& both) {
    if (const error_code full = fill_up(both); full != errc::outbox_full) note(both.written, full);
    both.queued_when_full = both.writer.out().queued();
    both.may_read = true;
    both.changed.notify();
    for (std::size_t round = 0; round < more_answers && !both.written; ++round) {
        const message body = message_of('a', both.answers);
        const result<void> sent = co_await both.writer.send(bytes_of(body));
        if (sent) ++both.answers;
        else note(both.written, sent.error());
        const shared_frame pushed = push_of(both.pushes);
        const result<void> published = co_await both.writer.publish(pushed, {}, slow_consumer::wait);
        if (published) ++both.pushes;
        else note(both.written, published.error());
    }
    const result<void> closed = co_await both.writer.close_write();
    if (!closed) note(both.written, closed.error());
}

task<void> reads_late(ends& both) {
    while (!both.may_read) co_await both.changed.wait();
    while (!both.read) {
        const result<bytes> body = co_await both.reader.read_frame();
        const unarmed ours;
        if (!body) note(both.read, body.error());
        else if (body->size() == sizeof(message))
            std::memcpy(both.arrived.emplace_back().data(), body->data(), body->size());
        else throw std::logic_error("a body of another size");
    }
}

// As the owner of a connection has to: what runs out of memory fails, and is finished nevertheless.
task<void> sees_to(frame_stream& frames, task<void> (*does)(ends&), ends& both, error_code& first) {
    bool finished = false;
    try {
        co_await does(both);
    } catch (const std::bad_alloc&) {
        note(first, asio::error::no_memory);
        frames.fail(asio::error::no_memory);
    }
    both.may_read = true;
    both.changed.notify();
    while (!finished) {
        try {
            co_await frames.finish(long_enough);
            finished = true;
        } catch (const std::bad_alloc&) {
            frames.fail(asio::error::no_memory);
        }
    }
    if (frames.failure() == no_memory) note(first, frames.failure());   // while it was finished
    ++both.ended;
}

// What has arrived is whole, and of each kind all that was taken before it has arrived, too.
void is_right_as_far_as_it_goes(const ends& both) {
    std::size_t answers = 0;
    std::size_t pushes = 0;
    for (const message& each : both.arrived) {
        std::size_t& number = each[0] == 'a' ? answers : pushes;
        BOOST_TEST((each == message_of(each[0], number)), "not " << each[0] << number);
        ++number;
    }
    BOOST_TEST(answers <= both.answers);
    BOOST_TEST(pushes <= both.pushes);
    if (both.written || both.read != errc::end_of_stream) return;
    BOOST_TEST(answers == both.answers);
    BOOST_TEST(pushes == both.pushes);
    BOOST_TEST(both.queued_when_full > limits.outbound_cap * 3 / 4);   // more than half is a backlog
}

using connecting = std::pair<transport, transport> (*)(asio::io_context&);

std::pair<transport, transport> over_memory(asio::io_context& context) {
    return memory_pair(context.get_executor(), context.get_executor());
}

std::pair<transport, transport> over_tcp(asio::io_context& context) {
    static std::optional<std::pair<transport, transport>> connected;
    const conversation keep = [](transport ours, transport theirs) -> task<void> {
        connected.emplace(std::move(ours), std::move(theirs));
        co_return;
    };
    const address local{.host = "127.0.0.1", .port = 0};
    test::run(context, talk_over_sockets(local, keep));
    std::pair<transport, transport> both = std::move(*connected);
    connected.reset();
    return both;
}

void run_armed(asio::io_context& context, ends& both, std::size_t failing) {
    const auto ignored = [](std::exception_ptr) {};
    asio::co_spawn(context, sees_to(both.writer, fills_up_and_goes_on, both, both.written), ignored);
    asio::co_spawn(context, sees_to(both.reader, reads_late, both, both.read), ignored);
    context.restart();
    const auto give_up = std::chrono::steady_clock::now() + long_enough;
    allocations = {.armed = true, .made = 0, .failing = failing};
    try {
        while (both.ended < 2 && context.run_one_until(give_up) > 0) {}
        allocations.armed = false;
    } catch (const std::bad_alloc&) {
        allocations.armed = false;
        BOOST_ERROR("it left the io_context");
    }
}

// Whether the conversation needs more allocations than those before the first that fails.
bool survives(connecting connect, std::size_t failing) {
    asio::io_context context;
    auto [ours, theirs] = connect(context);
    auto both = std::make_unique<ends>(context.get_executor(), std::move(ours), std::move(theirs));
    run_armed(context, *both, failing);
    const bool has_ended = both->ended == 2;
    BOOST_TEST(has_ended, "a wait that does not end");
    if (!has_ended) static_cast<void>(both.release());   // something still refers to it
    BOOST_TEST_REQUIRE(has_ended);
    is_right_as_far_as_it_goes(*both);
    const bool went_well = !both->written && both->read == errc::end_of_stream;
    BOOST_TEST((went_well || both->written == no_memory || both->read == no_memory),
               both->written.message() << ", " << both->read.message());
    expect_nothing_left(context);
    BOOST_TEST(buffer_pool::of(context.get_executor()).lent() == 0U);
    return allocations.made >= failing;
}

void survives_every_failure(connecting connect) {
    std::size_t number = 1;
    for (bool is_needed = true; is_needed && number < most_allocations; ++number) {
        BOOST_TEST_CONTEXT("allocation " << number << " fails") { is_needed = survives(connect, number); }
    }
    BOOST_TEST(number < most_allocations);
    BOOST_TEST(number > 50U);   // or nothing was tested
    BOOST_TEST_MESSAGE(number - 2 << " allocations, and each has failed");
}

// Whoever tries again and again, and lets nobody else run, comes to the end of this.
constexpr std::size_t many = 10'000;

// The kernel is full and the writer waits for it; from here on there is no memory.
task<void> finishes_without_memory(frame_stream& frames) {
    while (!frames.push(bytes_of(message_of('a', 0)))) {}
    BOOST_TEST(frames.out().queued() > 0U);
    task<void> finishing = frames.finish(long_enough);
    allocations = {.armed = true, .made = 0, .failing = 1, .in_a_row = many};
    co_await std::move(finishing);
    allocations.armed = false;
}

void ends_without_memory(connecting connect) {
    asio::io_context context;
    auto [ours, theirs] = connect(context);
    {
        frame_stream frames(std::move(ours), any_codec(), limits);
        test::run(context, finishes_without_memory(frames));
        BOOST_TEST(allocations.made > 0U);
        BOOST_TEST(allocations.made < many);
        BOOST_TEST((frames.failure() == no_memory));
        BOOST_TEST(buffer_pool::of(context.get_executor()).lent() == 0U);
    }
    { const transport gone = std::move(theirs); }
    expect_nothing_left(context);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(out_of_memory)

BOOST_AUTO_TEST_CASE(without_any_memory_a_writer_over_memory_is_seen_to_its_end) { ends_without_memory(over_memory); }

BOOST_AUTO_TEST_CASE(without_any_memory_a_writer_over_tcp_is_seen_to_its_end) { ends_without_memory(over_tcp); }

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_over_memory_both_ends_come_to_an_end) {
    survives_every_failure(over_memory);
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_over_tcp_both_ends_come_to_an_end) { survives_every_failure(over_tcp); }

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
