// How a cancellation of Asio's finds what a task waits for, whichever way tasks and coroutines
// of Asio await each other.
#include "support/run.hpp"

#include <hawser/error.hpp>
#include <hawser/io/call.hpp>
#include <hawser/io/spawn.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <exception>
#include <utility>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using asio::experimental::awaitable_operators::operator||;

// The innermost waits for a timer of its own, for longer than any test takes.
task<void> waits_an_hour() {
    asio::steady_timer hour(co_await this_executor, 1h);
    co_await hour.async_wait(use_task);
}
task<int> waits_inside() {
    co_await waits_an_hour();
    co_return 1;
}

asio::awaitable<void> plain_wait() {
    asio::steady_timer hour(co_await asio::this_coro::executor, 1h);
    co_await hour.async_wait(asio::use_awaitable);
}
task<int> waits_in_an_awaitable() {
    co_await call(plain_wait());
    co_return 1;
}

// A task that loses against a timer of an awaitable; `told` is which of the two came first.
asio::awaitable<void> awaits_a_task_or_a_timer(executor here, std::size_t& told) {
    asio::steady_timer soon(co_await asio::this_coro::executor, 1ms);
    const auto first = co_await (spawn(here, waits_in_an_awaitable(), asio::use_awaitable) ||
                                 soon.async_wait(asio::use_awaitable));
    told = first.index();
}

asio::awaitable<void> awaits_a_task(executor here) {
    static_cast<void>(co_await spawn(here, waits_inside(), asio::use_awaitable));
}

// Somebody who was told what became of a task.
struct told {
    bool is_told = false;
    error_code why;

    void operator()(const std::exception_ptr& thrown, int /* value */) {
        is_told = true;
        try {
            if (thrown) std::rethrow_exception(thrown);
        } catch (const boost::system::system_error& error) {
            why = error.code();
        }
    }
};

// Spawned with a slot; a partial cancellation does nothing, a terminal one ends it.
void is_ended_by_a_terminal_cancellation(task<int> work) {
    asio::io_context context;
    asio::cancellation_signal cancel;
    told end;
    spawn(context, std::move(work),
          asio::bind_cancellation_slot(cancel.slot(),
                                       [&end](const std::exception_ptr& thrown, int value) { end(thrown, value); }));
    test::settle(context);
    cancel.emit(asio::cancellation_type::partial);
    test::settle(context);
    BOOST_TEST(!end.is_told);
    cancel.emit(asio::cancellation_type::terminal);
    test::expect_nothing_left(context);
    BOOST_TEST(end.is_told);
    BOOST_TEST(end.why == asio::error::operation_aborted);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(cancellation)

BOOST_AUTO_TEST_CASE(a_terminal_cancellation_wakes_the_operation_and_ends_the_task) {
    is_ended_by_a_terminal_cancellation(waits_inside());
}

BOOST_AUTO_TEST_CASE(a_cancellation_reaches_a_coroutine_of_asio_that_the_task_awaits) {
    is_ended_by_a_terminal_cancellation(waits_in_an_awaitable());
}

BOOST_AUTO_TEST_CASE(a_coroutine_of_asio_that_is_cancelled_ends_the_task_that_it_awaits) {
    asio::io_context context;
    std::size_t first = 0;
    asio::co_spawn(context, awaits_a_task_or_a_timer(context.get_executor(), first), asio::detached);
    test::expect_nothing_left(context);
    BOOST_TEST(first == 1U);
}

// A coroutine on a strand may run on another thread, and nobody could look after both ends: the task goes on
// until its io_context ends.
BOOST_AUTO_TEST_CASE(a_cancellation_does_not_leave_a_strand) {
    asio::io_context context;
    asio::cancellation_signal cancel;   // keeps the strand, which goes before its io_context
    bool is_told = false;
    asio::co_spawn(asio::make_strand(context), awaits_a_task(context.get_executor()),
                   asio::bind_cancellation_slot(cancel.slot(),
                                                [&is_told](const std::exception_ptr&) { is_told = true; }));
    test::settle(context);
    cancel.emit(asio::cancellation_type::terminal);
    test::settle(context);
    BOOST_TEST(!is_told);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
