// What stays as it is for who writes Asio, and what takes its place: docs/from-asio.md, where no other test shows it.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/frame/delimiter.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/run.hpp>
#include <hawser/io/spawn.hpp>
#include <hawser/io/stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

task<int> gives(int value) {
    co_await test::yield();
    co_return value;
}

task<int> throws() {
    co_await test::yield();
    throw std::runtime_error("thrown");
}

task<void> sets(bool& done) {
    co_await test::yield();
    done = true;
}

// One operation of Asio, with each of the tokens that it may be given in a coroutine.
task<int> waits_in_every_way() {
    int ways = 0;
    asio::steady_timer soon(co_await this_executor, 1ms);
    co_await soon.async_wait(use_task);
    ++ways;
    const auto [late] = co_await soon.async_wait(asio::as_tuple(use_task));
    if (!late) ++ways;
    error_code why;
    soon.expires_after(1h);
    asio::post(soon.get_executor(), [&soon] { soon.cancel(); });
    co_await soon.async_wait(asio::redirect_error(use_task, why));
    if (why == asio::error::operation_aborted) ++ways;
    soon.expires_after(1ms);
    co_await soon.async_wait(asio::deferred);
    ++ways;
    co_return ways;
}

task<std::size_t> addresses_of(std::string host) {
    tcp::resolver names(co_await this_executor);
    const auto [error, found] = co_await names.async_resolve(host, "80", asio::as_tuple(use_task));
    BOOST_TEST(!error);
    co_return found.size();
}

asio::awaitable<void> awaits_with(executor here, int& told) {
    const auto [thrown, value] = co_await spawn(here, gives(3), asio::as_tuple(asio::use_awaitable));
    if (!thrown) told = value;
}

task<int> awaits_deferred() {
    auto later = spawn(co_await this_executor, gives(7), asio::deferred);
    const int got = co_await std::move(later);
    co_return got;
}

// A library with callbacks, on a thread of its own.
struct library {
    std::thread thread;

    void look_up(std::string name, std::function<void(std::string)> tell) {
        thread = std::thread([name, tell] { tell(name + " found"); });
    }
};

// It becomes an operation: with this, any token will do.
template <class Token>
auto async_look_up(library& in, std::string name, Token&& token) {
    const auto start = [&in, name](auto handler) {
        const auto kept = std::make_shared<decltype(handler)>(std::move(handler));   // a std::function is copied
        const auto where = asio::make_work_guard(asio::get_associated_executor(*kept));
        in.look_up(name, [kept, where](std::string found) {
            asio::post(where.get_executor(), [kept, found] { std::move (*kept)(found); });
        });
    };
    return asio::async_initiate<Token, void(std::string)>(start, token);
}

task<void> looks_up(library& in, std::string& found, std::thread::id& where) {
    found = co_await async_look_up(in, "ada", use_task);
    where = std::this_thread::get_id();
}

// Connected by Asio, on the executor of a task.
using asios_socket = asio::basic_stream_socket<tcp, executor>;

task<void> hands_over(std::string& got) {
    const executor here = co_await this_executor;
    asio::basic_socket_acceptor<tcp, executor> acceptor(here, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    asios_socket client(here);
    asios_socket server(here);
    co_await client.async_connect(acceptor.local_endpoint(), use_task);
    co_await acceptor.async_accept(server, use_task);
    stream ours{socket(std::move(client))};
    stream theirs{socket(std::move(server))};
    const std::string text = "handed over";
    const transferred written = co_await ours.write_all(as_bytes(text));
    BOOST_TEST(!written.error);
    std::array<std::byte, 64> room{};
    theirs.set_read_deadline(after(clock::now(), test::long_enough));
    const result<std::size_t> read = co_await theirs.read_some(room);
    BOOST_TEST_REQUIRE(read.has_value());
    got = as_text(bytes(room).first(*read));
}

task<void> reads(stream& from, std::string& got) {
    std::array<std::byte, 64> room{};
    const result<std::size_t> read = co_await from.read_some(room);
    if (read) got += as_text(bytes(room).first(*read));
}

task<void> reads_a_frame(frame_stream& from, std::string& got) {
    const result<bytes> frame = co_await from.read_frame();
    if (frame) got += as_text(*frame);
}

// A read that Asio's way to cancel is tried on. That ends a wait for a socket by an exception, and no other wait.
struct cancellable {
    asio::cancellation_signal cancel;
    bool has_ended = false;

    void start(const executor& here, task<void> work) {
        auto ended = [this](const std::exception_ptr&) { has_ended = true; };
        asio::co_spawn(here, std::move(work), asio::bind_cancellation_slot(cancel.slot(), std::move(ended)));
    }
    [[nodiscard]] task<void> end_it() {
        co_await test::yield();
        BOOST_TEST(!has_ended);
        cancel.emit(asio::cancellation_type::terminal);
        for (int turn = 0; turn < 10 && !has_ended; ++turn) co_await test::yield();
    }
    [[nodiscard]] task<void> await_it() {
        while (!has_ended) co_await test::yield();
    }
};

task<void> bytes_after_a_cancellation(transport ours, transport theirs) {
    stream client(std::move(ours)), server(std::move(theirs));
    std::string got;
    cancellable reading;
    reading.start(co_await this_executor, reads(server, got));
    co_await reading.end_it();
    const bool was_ended = reading.has_ended;
    const std::string text = "x";
    const transferred written = co_await client.write_all(as_bytes(text));
    BOOST_TEST(!written.error);
    if (was_ended) co_await reads(server, got);
    co_await reading.await_it();
    BOOST_TEST(got == text);
}

task<void> frames_after_a_cancellation(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), frame::any_codec(frame::delimiter::lines()));
    std::string got;
    cancellable reading;
    reading.start(co_await this_executor, reads_a_frame(server, got));
    co_await reading.end_it();
    const bool was_ended = reading.has_ended;
    const std::string text = "x\ny\n";
    const transferred written = co_await client.write_all(as_bytes(text));
    BOOST_TEST(!written.error);
    if (was_ended) co_await reads_a_frame(server, got);
    co_await reading.await_it();
    co_await reads_a_frame(server, got);
    BOOST_TEST(got == "xy");
    client.close();
    co_await server.finish(test::linger);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(from_asio)

BOOST_AUTO_TEST_CASE(any_token_of_asio_spawns_a_task) {
    asio::io_context context;
    std::future<int> given = asio::co_spawn(context, gives(42), asio::use_future);
    std::future<int> thrown = asio::co_spawn(context, throws(), asio::use_future);
    int told = 0;
    asio::co_spawn(context, gives(7), [&told](std::exception_ptr, int value) { told = value; });
    int awaited = 0;
    asio::co_spawn(context, awaits_with(context.get_executor(), awaited), asio::detached);
    bool is_done = false;
    spawn(context, sets(is_done), asio::detached);
    auto later = spawn(context, gives(5), asio::deferred);   // begins when it is given a token
    int begun_later = 0;
    std::move(later)([&begun_later](std::exception_ptr, int value) { begun_later = value; });
    test::expect_nothing_left(context);
    BOOST_TEST(given.get() == 42);
    BOOST_CHECK_THROW(thrown.get(), std::runtime_error);
    BOOST_TEST(told == 7);
    BOOST_TEST(awaited == 3);
    BOOST_TEST(is_done);
    BOOST_TEST(begun_later == 5);
}

BOOST_AUTO_TEST_CASE(a_task_that_is_spawned_deferred_begins_where_it_is_awaited) {
    BOOST_TEST(run(awaits_deferred()) == 7);
}

BOOST_AUTO_TEST_CASE(a_resolver_of_asio_is_awaited_in_a_task) { BOOST_TEST(run(addresses_of("127.0.0.1")) == 1U); }

BOOST_AUTO_TEST_CASE(operations_of_asio_are_awaited_in_a_task_with_the_usual_tokens) {
    BOOST_TEST(run(waits_in_every_way()) == 4);
}

BOOST_AUTO_TEST_CASE(a_library_of_callbacks_becomes_an_operation_that_is_awaited) {
    asio::io_context context;
    library other;
    std::string found;
    std::thread::id where;
    test::run(context, looks_up(other, found, where));
    other.thread.join();
    BOOST_TEST(found == "ada found");
    BOOST_TEST((where == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(a_socket_that_asio_connected_carries_a_stream) {
    asio::io_context context;
    std::string got;
    test::run(context, hands_over(got));
    BOOST_TEST(got == "handed over");
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(a_cancellation_of_asio_loses_no_byte_and_no_frame) {
    test::over_every_transport(bytes_after_a_cancellation);
    test::over_every_transport(frames_after_a_cancellation);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
