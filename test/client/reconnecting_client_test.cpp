// A client that keeps its connections, against servers that the test plays itself, over memory.
#include "support/busy_socket.hpp"
#include "support/played_server.hpp"
#include "support/run.hpp"

#include <hawser/client.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using client::on_break;
using client::reconnecting_client;
using client::reconnecting_options;
using test::answer_all;
using test::hear;
using test::hear_submit;
using test::say;
using phase = client::connection_state::phase;
using server_end = std::unique_ptr<io::frame_stream>;

namespace {

constexpr client::back_off_options at_once{.first = 1ms, .most = 1ms};

// Where connections are made: each dial arrives at accept(), or fails.
class harbour {
public:
    explicit harbour(const io::executor& where) : here_(where), changed_(where) {}

    [[nodiscard]] client::dialler dialler() {
        return [this](io::duration, std::stop_token stop) { return dial(*this, std::move(stop)); };
    }
    /// The server's end of the next connection.
    [[nodiscard]] io::task<server_end> accept() {
        while (arrived_.empty()) co_await changed_.wait();
        server_end first = std::move(arrived_.front());
        arrived_.pop_front();
        co_return first;
    }

    int refuse = 0;   // so many dials
    int dials = 0;

private:
    static io::task<result<io::transport>> dial(harbour& at, std::stop_token) {
        ++at.dials;
        if (at.refuse > 0) {
            --at.refuse;
            co_return error_code(io::asio::error::connection_refused);
        }
        auto ends = io::memory_pair(at.here_, at.here_);
        at.arrived_.push_back(std::make_unique<io::frame_stream>(std::move(ends.second), frame::any_codec()));
        at.changed_.notify();
        co_return io::transport(std::move(ends.first));
    }

    io::executor here_;
    io::event changed_;
    std::deque<server_end> arrived_;
};

struct world {
    explicit world(reconnecting_options settings = {}, int refused = 0) {
        port.refuse = refused;
        if (settings.pauses.first == client::back_off_options().first) settings.pauses = at_once;
        client.emplace(context.get_executor(), port.dialler(), std::move(settings));
    }

    io::asio::io_context context;
    harbour port{context.get_executor()};
    std::optional<reconnecting_client> client;
};

using task_of = io::task<void> (*)(world&);

void play(reconnecting_options settings, task_of story, int refused = 0) {
    world of(std::move(settings), refused);
    test::run(of.context, story(of));
    test::expect_nothing_left(of.context);
}

io::task<void> ack(io::frame_stream& server, packet::id id) { return say(server, packet::submit_ack{id}); }

struct outcome {
    bool done = false;
    error_code error;
};

io::task<void> submit_into(world& of, io::duration timeout, outcome& into) {
    const auto got = co_await of.client->request(packet::submit{}, timeout);
    into.error = got ? error_code() : got.error();
    into.done = true;
}

io::task<error_code> submit(world& of, io::duration timeout = 1h) {
    outcome got;
    co_await submit_into(of, timeout, got);
    co_return got.error;
}

// Closes the client while the last server end says goodbye too.
io::task<void> close_with(world& of, io::frame_stream& server) {
    io::group both(co_await io::this_executor);
    both.spawn(of.client->close());
    both.spawn(answer_all(server));
    co_await both.join();
    BOOST_TEST((of.client->state().now == phase::closed));
}

void drop(server_end& server) {
    server->close();
    server.reset();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(reconnecting_clients)

io::task<void> first_refused(world& of) {
    outcome got;
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 1h, got));
    BOOST_TEST(of.client->waiting() == 1U);
    const server_end server = co_await of.port.accept();
    co_await ack(*server, co_await hear_submit(*server));
    co_await asking.join();
    BOOST_TEST(!got.error);
    BOOST_TEST(of.client->counters().failed == 3U);
    BOOST_TEST(of.client->counters().connected == 1U);
    BOOST_TEST((of.client->state().now == phase::connected));
    BOOST_TEST((of.client->state().last_failure == io::asio::error::connection_refused));
    co_await close_with(of, *server);
    BOOST_TEST((co_await submit(of) == make_error_code(errc::closed)));
}

BOOST_AUTO_TEST_CASE(a_request_waits_while_the_server_refuses_and_goes_out_when_it_does_not) {
    play({}, first_refused, 3);
}

io::task<void> broken_under_fail(world& of) {
    outcome first, second;
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 1h, first));
    server_end server = co_await of.port.accept();
    const packet::id lost = co_await hear_submit(*server);
    drop(server);
    co_await asking.join();
    BOOST_TEST((first.error == condition::ended));
    asking.spawn(submit_into(of, 1h, second));
    server = co_await of.port.accept();
    const packet::id next = co_await hear_submit(*server);
    BOOST_TEST((next > lost));   // nothing was sent twice
    co_await ack(*server, next);
    co_await asking.join();
    BOOST_TEST(!second.error);
    BOOST_TEST(of.client->counters().broken == 1U);
    BOOST_TEST(of.client->counters().resent == 0U);
    co_await close_with(of, *server);
}

BOOST_AUTO_TEST_CASE(with_fail_a_request_gets_the_reason_and_the_next_one_another_connection) {
    play({}, broken_under_fail);
}

io::task<void> broken_under_resend(world& of) {
    std::vector<outcome> got(5);
    io::group asking(co_await io::this_executor);
    for (outcome& each : got) asking.spawn(submit_into(of, 1h, each));
    for (int life = 0; life < 3; ++life) {
        server_end server = co_await of.port.accept();
        for (std::uint32_t i = 1; i <= got.size(); ++i)
            // The same ids, in their order.
            BOOST_TEST((co_await hear_submit(*server) == packet::serial::from_number(i)));
        drop(server);
    }
    const server_end server = co_await of.port.accept();
    io::group serving(co_await io::this_executor);
    serving.spawn(answer_all(*server));
    co_await asking.join();
    for (const outcome& each : got) BOOST_TEST(!each.error);
    BOOST_TEST(of.client->counters().resent == 15U);
    co_await of.client->close();
    co_await serving.join();
}

BOOST_AUTO_TEST_CASE(with_resend_the_same_requests_go_out_again_in_order_until_they_are_answered) {
    play({.in_flight = on_break::resend}, broken_under_resend);
}

io::task<void> resent_until_late(world& of) {
    outcome got;
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 30ms, got));
    server_end server = co_await of.port.accept();
    static_cast<void>(co_await hear_submit(*server));
    of.port.refuse = 1'000'000;
    drop(server);
    co_await asking.join();
    BOOST_TEST(got.error == make_error_code(client::errc::request_timeout));   // it was sent once
    const error_code unsent = co_await submit(of, 10ms);
    BOOST_TEST(unsent == make_error_code(client::errc::no_connection));
    const result<void> ready = co_await of.client->ready(1ms);
    BOOST_TEST(ready.error() == make_error_code(client::errc::no_connection));
    co_await of.client->close();
}

BOOST_AUTO_TEST_CASE(a_request_is_resent_within_its_own_time_only) {
    play({.in_flight = on_break::resend}, resent_until_late);
}

io::task<void> too_many(world& of) {
    std::vector<outcome> got(3);
    io::group asking(co_await io::this_executor);
    for (outcome& each : got) asking.spawn(submit_into(of, 1h, each));
    BOOST_TEST(got[2].done);
    BOOST_TEST(got[2].error == make_error_code(client::errc::too_many_waiting));
    BOOST_TEST(of.client->waiting() == 2U);
    co_await of.client->close();
    co_await asking.join();
    BOOST_TEST(got[0].error == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_CASE(only_so_many_wait_for_a_connection) { play({.most_waiting = 2}, too_many, 1'000'000); }

io::task<result<void>> log_in(client::client& fresh) {
    const packet::conn greeting{.payload = as_bytes("name and password")};
    const auto got = co_await fresh.request(greeting);
    if (!got) co_return got.error();
    co_return result<void>();
}

io::task<void> hook_first(world& of) {
    outcome got;
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 1h, got));
    for (int life = 0; life < 2; ++life) {   // the second after the first broke inside its greeting
        server_end server = co_await of.port.accept();
        const packet::conn hello = co_await hear<packet::conn>(*server);
        BOOST_TEST(as_text(hello.payload) == "hawser/1");
        co_await say(*server, packet::conn_ack{hello.id});
        const packet::conn login = co_await hear<packet::conn>(*server);
        BOOST_TEST(as_text(login.payload) == "name and password");
        BOOST_TEST(of.client->waiting() == 1U);   // nothing flows before
        BOOST_TEST((of.client->state().now == phase::greeting));
        if (life == 0) {
            drop(server);
            continue;
        }
        co_await say(*server, packet::conn_ack{login.id});
        co_await ack(*server, co_await hear_submit(*server));
        co_await asking.join();
        co_await close_with(of, *server);
    }
    BOOST_TEST(!got.error);
    BOOST_TEST(of.client->counters().connected == 1U);
    BOOST_TEST(of.client->counters().failed == 1U);
}

BOOST_AUTO_TEST_CASE(hello_and_hook_come_before_any_request_on_each_connection) {
    play({.hello = true, .hook = log_in}, hook_first);
}

io::task<result<void>> throws(client::client&) {
    throw std::runtime_error("no password");
    co_return result<void>();
}

io::task<result<void>> hangs(client::client& fresh) {
    const result<byte_buffer> never = co_await fresh.next();
    co_return never.error();
}

io::task<void> never_ready(world& of) {
    const result<void> ready = co_await of.client->ready(50ms);
    BOOST_TEST(ready.error() == make_error_code(client::errc::no_connection));
    BOOST_TEST(of.client->counters().failed > 0U);
    BOOST_TEST(of.client->counters().connected == 0U);
    co_await of.client->close();
}

BOOST_AUTO_TEST_CASE(a_connection_whose_hook_fails_throws_or_takes_too_long_is_not_used) {
    struct looks {
        static io::task<void> thrown(world& of) {
            co_await never_ready(of);
            BOOST_TEST(of.client->state().last_failure == make_error_code(client::errc::hook_failed));
        }
        static io::task<void> late(world& of) {
            while (of.client->counters().failed == 0U) co_await io::sleep(1ms);
            BOOST_TEST(of.client->state().last_failure == make_error_code(errc::connect_timeout));
            co_await never_ready(of);
        }
    };
    play({.hook = throws}, looks::thrown);
    play({.connection = {.connect_timeout = 5ms}, .hook = hangs}, looks::late);
}

io::task<void> refuse_hello(world& of) {
    for (int life = 0; life < 2; ++life) {
        server_end server = co_await of.port.accept();
        const packet::conn hello = co_await hear<packet::conn>(*server);
        co_await say(*server, packet::conn_ack{hello.id, packet::outcome::error});
        while (of.client->counters().failed <= static_cast<std::uint64_t>(life)) co_await io::sleep(1ms);
        BOOST_TEST(of.client->state().last_failure == make_error_code(client::errc::refused));
        server->close();
    }
    co_await of.client->close();
}

BOOST_AUTO_TEST_CASE(a_refused_hello_is_tried_again_on_the_next_connection) { play({.hello = true}, refuse_hello); }

io::task<void> told_to_leave(world& of) {
    std::vector<outcome> got(3);
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 1h, got[0]));
    const server_end old = co_await of.port.accept();
    const packet::id first = co_await hear_submit(*old);
    co_await say(*old, packet::go_away{.milliseconds = 20});
    while (of.client->state().now != phase::waiting) co_await test::yield();
    asking.spawn(submit_into(of, 1h, got[1]));
    BOOST_TEST(of.client->waiting() == 1U);   // nothing new on the old one
    const server_end fresh = co_await of.port.accept();
    const packet::id second = co_await hear_submit(*fresh);
    BOOST_TEST(!got[0].done);   // still answered on the old one, though there is a new one
    co_await ack(*old, first);
    co_await ack(*fresh, second);
    co_await asking.join();
    BOOST_TEST(!got[0].error);
    BOOST_TEST(!got[1].error);
    // Then the client closes it.
    BOOST_TEST((co_await old->read_frame()).error() == make_error_code(errc::end_of_stream));
    BOOST_TEST(of.client->counters().sent_away == 1U);
    BOOST_TEST(of.client->counters().broken == 0U);
    old->close();
    co_await close_with(of, *fresh);
}

BOOST_AUTO_TEST_CASE(after_go_away_what_is_under_way_is_finished_and_the_rest_goes_over_a_new_connection) {
    play({}, told_to_leave);
}

io::task<void> sent_away_for_weeks(world& of) {
    const server_end old = co_await of.port.accept();
    co_await say(*old, packet::go_away{.milliseconds = 0xFFFF'FFFF});
    const server_end fresh = co_await of.port.accept();
    BOOST_TEST(of.client->counters().sent_away == 1U);
    old->close();
    co_await close_with(of, *fresh);
}

BOOST_AUTO_TEST_CASE(nobody_stays_away_for_longer_than_the_options_say) {
    play({.longest_leave = 5ms}, sent_away_for_weeks);
}

// A server that sends every client away again and again, and the requests that it has handled.
struct restless {
    static constexpr int before_leaving = 7;
    std::map<packet::id, int> handled;
    bool breaks = false;   // instead of a go_away, and without answering what it has read
    bool ended = false;

    static io::task<void> attend(restless& self, server_end server) {
        for (int count = 1;; ++count) {
            const result<bytes> body = co_await server->read_frame();
            if (!body) break;
            const packet::id id = packet::decode_as<packet::submit>(*body).value().id;
            ++self.handled[id];
            if (self.breaks && !self.ended && count == before_leaving) {
                server->close();
                break;
            }
            co_await say(*server, packet::submit_ack{id});
            if (!self.breaks && count % before_leaving == 0) co_await say(*server, packet::go_away{.milliseconds = 2});
        }
        co_await server->finish(0s);
    }
    static io::task<void> accept_all(restless& self, world& of, io::group& serving) {
        while (!self.ended) serving.spawn(attend(self, co_await of.port.accept()));
    }
};

constexpr int rounds = 60;

io::task<void> ask_many(world& of, int& good, int& bad) {
    for (int i = 0; i < rounds; ++i) {
        const error_code failed = co_await submit(of);
        ++(failed ? bad : good);
        co_await io::sleep(100us);
    }
}

io::task<void> under_load(world& of, restless& server, int& good, int& bad) {
    const io::executor here = co_await io::this_executor;
    io::group serving(here), asking(here);
    asking.spawn(restless::accept_all(server, of, serving));
    for (int i = 0; i < 8; ++i) serving.spawn(ask_many(of, good, bad));
    while (good + bad < 8 * rounds) co_await io::sleep(1ms);
    server.ended = true;
    asking.stop();
    co_await of.client->close();
    co_await serving.join();
}

void load(reconnecting_options settings, bool breaks, int& good, int& bad, restless& server,
          client::reconnecting_counters& counters) {
    server.breaks = breaks;
    world of(std::move(settings));
    test::run(of.context, under_load(of, server, good, bad));
    counters = of.client->counters();
    of.context.restart();
    of.context.poll();   // accept_all() still waits: it goes down with the context
}

BOOST_AUTO_TEST_CASE(under_go_aways_and_load_no_request_is_lost_or_sent_twice) {
    for (const std::size_t connections : {1U, 3U}) {
        int good = 0, bad = 0;
        restless server;
        client::reconnecting_counters counters;
        load({.connections = connections}, false, good, bad, server, counters);
        BOOST_TEST(good == 8 * rounds);
        BOOST_TEST(bad == 0);
        BOOST_TEST(server.handled.size() == static_cast<std::size_t>(8 * rounds));
        for (const auto& [id, count] : server.handled) BOOST_TEST(count == 1);
        BOOST_TEST(counters.sent_away > 3U);
        BOOST_TEST(counters.broken == 0U);
        BOOST_TEST(counters.resent == 0U);
    }
}

BOOST_AUTO_TEST_CASE(under_breaks_and_load_resend_loses_nothing) {
    int good = 0, bad = 0;
    restless server;
    client::reconnecting_counters counters;
    load({.in_flight = on_break::resend}, true, good, bad, server, counters);
    BOOST_TEST(good == 8 * rounds);
    BOOST_TEST(bad == 0);
    // Each at least once, and none with another id.
    BOOST_TEST(server.handled.size() == static_cast<std::size_t>(8 * rounds));
    BOOST_TEST(counters.broken > 3U);
    BOOST_TEST(counters.resent > 0U);
}

BOOST_AUTO_TEST_CASE(under_breaks_and_load_fail_sends_nothing_twice_and_names_each_loss) {
    int good = 0, bad = 0;
    restless server;
    client::reconnecting_counters counters;
    load({}, true, good, bad, server, counters);
    BOOST_TEST(good + bad == 8 * rounds);
    BOOST_TEST(bad > 0);
    for (const auto& [id, count] : server.handled) BOOST_TEST(count == 1);
    BOOST_TEST(counters.resent == 0U);
}

io::task<void> half_open(world& of) {
    outcome got;
    io::group asking(co_await io::this_executor);
    asking.spawn(submit_into(of, 1h, got));
    const server_end deaf = co_await of.port.accept();   // reads nothing, says nothing, closes nothing
    const server_end server = co_await of.port.accept();
    BOOST_TEST(of.client->state().last_failure == make_error_code(client::errc::heartbeat_lost));
    io::group serving(co_await io::this_executor);
    serving.spawn(answer_all(*server));
    co_await asking.join();
    BOOST_TEST(!got.error);
    while (of.client->state().round_trip.last == 0s) co_await io::sleep(1ms);
    deaf->close();
    co_await of.client->close();
    co_await serving.join();
}

BOOST_AUTO_TEST_CASE(a_server_that_is_silently_gone_is_found_and_left) {
    play({.connection = {.ping_interval = 20ms}, .in_flight = on_break::resend}, half_open);
}

io::task<void> flapping(world& of) {
    for (int i = 0; i < 4; ++i) {
        server_end server = co_await of.port.accept();
        drop(server);
    }
    const server_end last = co_await of.port.accept();
    BOOST_TEST(of.port.dials == 5);
    co_await close_with(of, *last);
}

BOOST_AUTO_TEST_CASE(a_server_that_accepts_and_closes_at_once_is_dialled_ever_more_rarely) {
    const auto began = io::clock::now();
    play({.pauses = {.first = 2ms, .most = 1h, .jitter = 0}}, flapping);
    BOOST_TEST((io::clock::now() - began >= 2ms + 4ms + 8ms + 16ms));
}

io::task<void> pool_of_two(world& of) {
    std::vector<outcome> got(5);
    io::group asking(co_await io::this_executor);
    server_end one = co_await of.port.accept();
    server_end two = co_await of.port.accept();
    while (of.client->counters().connected < 2U) co_await test::yield();
    for (int i = 0; i < 4; ++i) asking.spawn(submit_into(of, 1h, got[static_cast<std::size_t>(i)]));
    BOOST_TEST(of.client->state(0).in_flight == 2U);
    BOOST_TEST(of.client->state(1).in_flight == 2U);
    const packet::id first = co_await hear_submit(*one);
    co_await ack(*one, first);
    co_await ack(*one, co_await hear_submit(*one));
    while (of.client->state(0).in_flight + of.client->state(1).in_flight > 2U) co_await test::yield();
    asking.spawn(submit_into(of, 1h, got[4]));   // to the one that has nothing to do
    co_await ack(*one, co_await hear_submit(*one));
    drop(two);
    while (of.client->counters().broken == 0U) co_await test::yield();
    co_await asking.join();
    int failed = 0;
    for (const outcome& each : got) failed += each.error ? 1 : 0;
    BOOST_TEST(failed == 2);   // those of the connection that broke
    outcome more;
    asking.spawn(submit_into(of, 1h, more));
    while (more.done == false) {
        const packet::id id = co_await hear_submit(*one);
        co_await ack(*one, id);
        co_await asking.join();
    }
    BOOST_TEST(!more.error);
    const server_end three = co_await of.port.accept();   // each reconnects by itself
    io::group serving(co_await io::this_executor);
    serving.spawn(answer_all(*one));
    serving.spawn(answer_all(*three));
    co_await of.client->close();
    co_await serving.join();
}

BOOST_AUTO_TEST_CASE(in_a_pool_each_request_goes_to_the_connection_with_the_fewest_and_a_break_hurts_only_its_own) {
    play({.connections = 2, .pauses = {.first = 30ms, .most = 30ms, .jitter = 0}}, pool_of_two);
}

// Closing, whatever is going on.

io::task<void> close_now(world& of) {
    co_await of.client->close();
    BOOST_TEST((of.client->state().now == phase::closed));
    co_await of.client->close();   // and again
}

BOOST_AUTO_TEST_CASE(closing_ends_a_long_pause) {
    struct pauses {
        static io::task<void> then_close(world& of) {
            while (of.client->state().now != phase::waiting) co_await test::yield();
            BOOST_TEST((of.client->state().until > io::clock::now() + 30min));
            co_await close_now(of);
        }
    };
    play({.pauses = {.first = 1h, .most = 1h, .jitter = 0}}, pauses::then_close, 1);
}

BOOST_AUTO_TEST_CASE(closing_ends_a_greeting_and_a_request_under_way) {
    struct waits {
        static io::task<void> in_hook(world& of) {
            while (of.client->state().now != phase::greeting) co_await test::yield();
            co_await close_now(of);
        }
        static io::task<void> in_request(world& of) {
            outcome got;
            io::group asking(co_await io::this_executor);
            asking.spawn(submit_into(of, 1h, got));
            const server_end server = co_await of.port.accept();
            static_cast<void>(co_await hear_submit(*server));
            asking.spawn(answer_all(*server));
            co_await close_now(of);
            co_await asking.join();
            BOOST_TEST(got.error == make_error_code(errc::stopping));
        }
    };
    play({.connection = {.linger = 0s}, .hook = hangs}, waits::in_hook);
    for (const on_break how : {on_break::fail, on_break::resend}) play({.in_flight = how}, waits::in_request);
}

io::task<void> close_it(reconnecting_client& client) { co_await client.close(); }

BOOST_AUTO_TEST_CASE(closing_abandons_a_dial_that_hangs) {
    const test::busy_socket silent;
    io::asio::io_context context;
    const io::address where{.host = "127.0.0.1", .port = silent.port()};
    reconnecting_client client(context.get_executor(), where,
                               {.connection = {.connect_timeout = 1h}, .connections = 2});
    test::settle(context);
    BOOST_TEST((client.state(1).now == phase::dialling));
    test::run(context, close_it(client));
    test::expect_nothing_left(context);
}

BOOST_AUTO_TEST_CASE(it_may_be_destroyed_whatever_it_does_and_go_down_with_its_io_context) {
    for (const bool runs_on : {true, false}) {
        for (const int refuse : {0, 1'000'000}) {
            world of({.in_flight = on_break::resend}, refuse);
            outcome got;
            io::asio::co_spawn(of.context, submit_into(of, 1h, got), io::asio::detached);
            of.context.run_for(5ms);
            of.client.reset();
            if (runs_on) test::expect_nothing_left(of.context);
            BOOST_TEST(got.done == runs_on);
        }
    }
}

io::task<void> take_pushes(world& of) {
    for (const char* text : {"one", "two"}) {   // from two connections, one inbox
        server_end server = co_await of.port.accept();
        const std::string body = std::string("\x70"
                                             "00000000") +
                                 text;
        const result<void> sent = co_await server->send(as_bytes(body));
        BOOST_TEST(!!sent);
        const result<byte_buffer> got = co_await of.client->next();
        BOOST_TEST(as_text(got.value().view()) == body);
        drop(server);
    }
    co_await of.client->close();
    BOOST_TEST((co_await of.client->next()).error() == make_error_code(errc::closed));
}

io::task<void> live_twice(world& of) {
    server_end server = co_await of.port.accept();
    while (of.client->counters().connected == 0U) co_await test::yield();
    drop(server);
    server = co_await of.port.accept();
    while (of.client->counters().connected == 1U) co_await test::yield();
    co_await close_with(of, *server);
}

BOOST_AUTO_TEST_CASE(who_watches_is_told_of_each_state) {
    std::vector<std::string> seen;
    const auto watch = [&seen](std::size_t which, const client::connection_state& is) {
        seen.push_back(std::to_string(which) + " " + std::string(client::name_of(is.now)));
    };
    play({.watch = watch}, live_twice, 1);
    const std::vector<std::string> life{"0 dialling", "0 waiting",  "0 dialling", "0 greeting",  "0 connected",
                                        "0 waiting",  "0 dialling", "0 greeting", "0 connected", "0 closed"};
    BOOST_TEST(seen == life, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(pushes_of_all_connections_come_to_one_inbox) { play({}, take_pushes); }

BOOST_AUTO_TEST_CASE(options_without_sense_are_refused_at_the_start) {
    struct bare : packet::protocol<packet::submit, packet::submit_ack> {};
    io::asio::io_context context;
    const auto make = [&](reconnecting_options wrong) {
        const reconnecting_client never(context.get_executor(), io::address{}, std::move(wrong));
    };
    BOOST_CHECK_THROW(make({.connections = 0}), std::invalid_argument);
    BOOST_CHECK_THROW(make({.connection = {.speaks = bare{}}, .hello = true}), std::invalid_argument);
    BOOST_CHECK_THROW(make({.connection = {.speaks = bare{}, .ping_interval = 1s}}), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
