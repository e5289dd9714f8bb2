// Datagrams on a server, on real sockets: how they are answered, what bounds them, and what a stop does.
#include <support/datagram_peer.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

void echo(server::datagram& here, bytes asked) { here.answer(asked); }

// A server of datagrams alone, and one for connections too.
class answering {
public:
    explicit answering(server::datagram_handler handler, server::datagram_limits limits = {},
                       server::config settings = {})
        : server_(with_defaults(std::move(settings), limits, "udp:127.0.0.1:0"), std::move(handler)) {
        start();
    }
    answering(server::router routes, server::datagram_handler handler, server::config settings = {})
        : server_(with_defaults(std::move(settings), {}, "127.0.0.1:0"), std::move(routes)) {
        server_.on_datagram(std::move(handler));
        start();
    }
    ~answering() {
        server_.stop(0s);
        static_cast<void>(server_.wait());
    }

    [[nodiscard]] datagram_peer peer(unsigned host = 1) const { return datagram_peer(server_.datagram_port(), host); }
    [[nodiscard]] server::server& get() noexcept { return server_; }

    server::report stop(io::duration grace = 10s) {
        server_.stop(grace);
        return server_.wait();
    }

private:
    static server::config with_defaults(server::config settings, const server::datagram_limits& limits,
                                        const char* first) {
        settings.listen = {first};
        if (!std::string_view(first).starts_with("udp:")) settings.listen.emplace_back("udp:127.0.0.1:0");
        settings.datagrams = limits;
        if (settings.threads == 0) settings.threads = 2;
        return settings;
    }
    void start() {
        if (!server_.start()) throw std::runtime_error(server_.failure());
    }

    server::server server_;
};

// Blocks the thread that calls it until it is released.
struct gate {
    std::binary_semaphore entered{0}, open{0};
    void pass() {
        entered.release();
        open.acquire();
    }
};

// Why it does not start, in one line.
std::string failure_of(server::server& server) {
    BOOST_TEST(!server.start());
    BOOST_TEST(server.failure().find('\n') == std::string::npos);
    return server.failure();
}

io::task<void> wait_for(io::duration how_long) { co_await io::sleep(how_long); }

}   // namespace

BOOST_AUTO_TEST_SUITE(datagrams)

BOOST_AUTO_TEST_CASE(each_is_answered_to_where_it_came_from) {
    answering server(echo);
    datagram_peer one = server.peer(), other = server.peer();
    one.ask("ahoy");
    other.ask("");
    BOOST_TEST(one.hear() == "ahoy");
    BOOST_TEST(other.hear() == "");
    const std::string longest(65'507, 'x');
    BOOST_TEST((one.ask_and_hear(longest) == longest));
    const server::report report = server.stop();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.datagrams.in == 3U);
    BOOST_TEST(report.datagrams.out == 3U);
    BOOST_TEST(report.datagrams.dropped() == 0U);
}

BOOST_AUTO_TEST_CASE(connections_and_datagrams_are_served_by_one_server) {
    answering server(acking(), echo);
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("ahoy") == "ahoy");
    raw_peer conn(server.get().port());
    conn.say(submit_frame(1));
    BOOST_TEST(conn.hear(14) == ack_frame(1));
    const server::report report = server.stop();
    BOOST_TEST(report.frames_in == 1U);
    BOOST_TEST(report.datagrams.in == 1U);
    BOOST_TEST(report.text().find("; datagrams: 1 in, 1 out") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(on_the_users_io_context_too) {
    io::asio::io_context context(1);
    server::server server({.listen = {"udp:127.0.0.1:0"}}, echo);
    BOOST_REQUIRE(server.start(context));
    std::thread runner([&] { context.run(); });
    {
        datagram_peer peer(server.datagram_port());
        BOOST_TEST(peer.ask_and_hear("ahoy") == "ahoy");
    }
    server.stop(1s);
    const server::report report = server.wait();
    runner.join();   // nothing of the server is left there
    BOOST_TEST(report.datagrams.out == 1U);
}

BOOST_AUTO_TEST_CASE(a_packet_is_encoded_where_it_leaves_from) {
    answering server([](server::datagram& here, bytes asked) {
        const auto any = packet::decode<packet::default_protocol>(asked);
        const auto* const s = any ? std::get_if<packet::submit>(&*any) : nullptr;
        if (s != nullptr) here.answer(packet::submit_ack{s->id, packet::outcome::ok});
    });
    datagram_peer peer = server.peer();
    const std::string asked = submit_frame(7).substr(4);   // a datagram needs no length before it
    BOOST_TEST(peer.ask_and_hear(asked) == ack_frame(7).substr(4));
}

BOOST_AUTO_TEST_CASE(an_answer_may_be_written_into_the_servers_own_room) {
    std::atomic<bool> is_all = false;
    answering server([&](server::datagram& here, bytes asked) {
        const mutable_bytes room = here.room();
        is_all = room.size() == here.most();
        std::ranges::reverse_copy(asked, room.begin());
        here.answer(bytes(room).first(asked.size()));
    });
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("stop") == "pots");
    BOOST_TEST(is_all);
}

BOOST_AUTO_TEST_CASE(a_handler_says_where_and_from_whom_and_may_answer_more_than_once) {
    answering server([](server::datagram& here, bytes) {
        here.answer(as_bytes(here.from().text()));
        here.answer(as_bytes(here.local().text()));
    });
    datagram_peer peer = server.peer(2);
    BOOST_TEST(peer.ask_and_hear("who and where is it?").starts_with("127.0.0.2:"));
    BOOST_TEST(peer.hear() == "127.0.0.1:" + std::to_string(server.get().datagram_port()));
}

BOOST_AUTO_TEST_CASE(a_coroutine_answers_when_it_has_waited_and_others_do_not_wait_for_it) {
    static constexpr auto late_if_asked = [](server::datagram& here, bytes asked) -> io::task<void> {
        if (as_text(asked) == "late") co_await wait_for(100ms);
        here.answer(asked);   // its own copy of the question
    };
    answering server(late_if_asked);
    datagram_peer peer = server.peer();
    peer.ask("late");
    peer.ask("soon");
    BOOST_TEST(peer.hear() == "soon");
    BOOST_TEST(peer.hear() == "late");
}

BOOST_AUTO_TEST_CASE(what_a_handler_throws_costs_that_datagram_and_is_told) {
    struct telling final : server::events {
        void datagram_failed(const io::endpoint& from, const std::string& why) override {
            const std::scoped_lock lock(mutex);
            told.push_back(from.text().substr(0, 10) + why);
        }
        std::mutex mutex;
        std::vector<std::string> told;
    } events;
    const auto throws = [](server::datagram& here, bytes asked) {
        if (as_text(asked) == "bad") throw std::runtime_error("no such thing");
        if (as_text(asked) == "odd") throw 1;
        here.answer(asked);
    };
    static constexpr auto throws_later = [](server::datagram& here, bytes asked) -> io::task<void> {
        co_await wait_for(1ms);
        if (as_text(asked) != "good") throw std::runtime_error("no such thing");
        here.answer(asked);
    };
    for (const bool later : {false, true}) {
        server::config config{.events = {&events}};
        answering server(later ? server::datagram_handler(throws_later) : server::datagram_handler(throws), {}, config);
        datagram_peer peer = server.peer();
        peer.ask("bad");
        peer.ask("odd");
        BOOST_TEST(peer.ask_and_hear("good") == "good");
        const server::report report = server.stop();
        BOOST_TEST(report.datagrams.failed == 2U);
        BOOST_TEST(report.exit_status() == 0);
    }
    BOOST_TEST_REQUIRE(events.told.size() == 4U);
    BOOST_TEST(events.told[0] == "127.0.0.1:no such thing");
    BOOST_TEST(events.told[1] == "127.0.0.1:something that is no std::exception");
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_gone_ends_nothing) {
    answering server(echo);
    for (int i = 0; i < 20; ++i) {
        datagram_peer gone = server.peer();
        gone.ask("x");
    }
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("still here") == "still here");
}

BOOST_AUTO_TEST_CASE(a_handler_may_stop_the_server) {
    answering server([](server::datagram& here, bytes asked) {
        here.server().stop();
        here.answer(asked);
    });
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("stop") == "stop");
    BOOST_TEST(server.get().wait().datagrams.out == 1U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bounds_of_datagrams)

BOOST_AUTO_TEST_CASE(what_is_longer_than_the_limit_is_dropped_and_such_an_answer_is_not_sent) {
    answering server(
        [](server::datagram& here, bytes asked) {
            here.answer(as_bytes(std::string(11, 'x')));
            here.answer(asked);
        },
        {.largest = 10});
    datagram_peer peer = server.peer();
    peer.ask("01234567890");
    BOOST_TEST(peer.ask_and_hear("0123456789") == "0123456789");
    const server::report report = server.stop();
    BOOST_TEST(report.datagrams.in == 2U);
    BOOST_TEST(report.datagrams.too_long == 1U);
    BOOST_TEST(report.datagrams.answers_too_long == 1U);
    BOOST_TEST(report.datagrams.text() == "2 in, 1 out; 1 dropped (1 too long); 1 answers not sent (1 too long)");
}

// With the 28 bytes of headers that each has: to 10 bytes 3 x 38 less 28.
BOOST_AUTO_TEST_CASE(answers_are_no_longer_than_three_times_the_question_unless_that_is_allowed) {
    static constexpr auto answers = [](server::datagram& here, bytes) {
        here.answer(as_bytes(std::string(here.most() + 1, 'x')));
        here.answer(as_bytes(std::string(here.most(), 'y')));
        here.answer(bytes());   // and that was all
    };
    answering server(answers);
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("0123456789") == std::string(86, 'y'));
    server::report report = server.stop();
    BOOST_TEST(report.datagrams.out == 1U);
    BOOST_TEST(report.datagrams.answers_amplifying == 2U);
    BOOST_TEST(report.datagrams.text() == "1 in, 1 out; 2 answers not sent (2 amplifying)");

    answering equal([](server::datagram& here, bytes) { here.answer(as_bytes(std::string(here.most(), 'y'))); },
                    {.amplification = 1});
    datagram_peer other = equal.peer();
    BOOST_TEST(other.ask_and_hear("0123456789") == std::string(10, 'y'));

    answering without([](server::datagram& here, bytes) { here.answer(as_bytes(std::string(60'000, 'y'))); },
                      {.amplification = 0});
    datagram_peer any = without.peer();
    BOOST_TEST(any.ask_and_hear("").size() == 60'000U);
}

BOOST_AUTO_TEST_CASE(several_answers_are_no_longer_together) {
    answering server([](server::datagram& here, bytes asked) {
        for (int i = 0; i < 5; ++i) here.answer(asked);
    });
    datagram_peer peer = server.peer();
    peer.ask("0123456789");
    for (int i = 0; i < 3; ++i) BOOST_TEST(peer.hear() == "0123456789");
    const server::report report = server.stop();
    BOOST_TEST(report.datagrams.out == 3U);
    BOOST_TEST(report.datagrams.answers_amplifying == 2U);
}

BOOST_AUTO_TEST_CASE(a_packet_that_is_too_long_is_counted_too) {
    answering server([](server::datagram& here, bytes asked) {
        here.answer(packet::submit{id_of(1), as_bytes(std::string(500, 'x'))});
        here.answer(asked);
    });
    datagram_peer peer = server.peer();
    BOOST_TEST(peer.ask_and_hear("x") == "x");
    BOOST_TEST(server.stop().datagrams.answers_amplifying == 1U);
}

BOOST_AUTO_TEST_CASE(who_is_over_its_rate_is_not_answered_and_others_are) {
    answering server(echo, {.rate = 5});
    datagram_peer often = server.peer(2), seldom = server.peer(3);
    for (int i = 0; i < 50; ++i) often.ask(std::to_string(i));
    BOOST_TEST(seldom.ask_and_hear("ahoy") == "ahoy");
    const server::report report = server.stop();
    BOOST_TEST(report.datagrams.in == 51U);
    BOOST_TEST(report.datagrams.too_often + report.datagrams.out == 51U);
    BOOST_TEST(report.datagrams.out >= 6U);
    BOOST_TEST(report.datagrams.too_often > 20U);   // on a machine that is slow some seconds have passed
}

BOOST_AUTO_TEST_CASE(who_may_not_connect_is_not_answered_either) {
    server::config config;
    config.admission.deny = {io::address_block::parse("127.0.0.2").value()};
    answering server(echo, {}, config);
    datagram_peer denied = server.peer(2), other = server.peer(3);
    denied.ask("x");
    BOOST_TEST(other.ask_and_hear("y") == "y");
    const server::report report = server.stop();
    BOOST_TEST(report.datagrams.denied == 1U);
    BOOST_TEST(report.datagrams.out == 1U);
}

BOOST_AUTO_TEST_CASE(as_many_handlers_wait_as_may_and_what_comes_meanwhile_is_dropped) {
    static constexpr auto waits = [](server::datagram& here, bytes asked) -> io::task<void> {
        while (!here.stop_token().stop_requested()) co_await wait_for(1ms);
        here.answer(asked);
    };
    answering server(waits, {.under_way = 3});
    datagram_peer peer = server.peer();
    for (const char* const one : {"1", "2", "3", "4", "5"}) peer.ask(one);
    std::this_thread::sleep_for(20ms);   // if they were taken at the stop only, it would be the same
    const server::report report = server.stop();
    BOOST_TEST(report.datagrams.too_many_under_way == 2U);
    for (const char* const one : {"1", "2", "3"}) BOOST_TEST(peer.hear() == one);
    BOOST_TEST(report.exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_flood_of_datagrams_does_not_keep_the_connections_of_its_thread_waiting) {
    server::config config;
    config.threads = 1;
    answering server(acking(), echo, config);
    std::atomic<bool> is_over = false;
    std::vector<std::jthread> floods;
    for (int i = 0; i < 2; ++i)
        floods.emplace_back([&] {
            datagram_peer peer = server.peer();
            while (!is_over) {
                peer.ask("x");
                while (peer.hear_without_waiting()) continue;
            }
        });
    raw_peer conn(server.get().port());
    for (std::uint32_t i = 0; i < 200; ++i) {
        conn.say(submit_frame(i));
        BOOST_TEST_REQUIRE(conn.hear(14) == ack_frame(i));
    }
    is_over = true;
    floods.clear();
    BOOST_TEST(server.stop().datagrams.in > 200U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_stop_with_datagrams)

BOOST_AUTO_TEST_CASE(what_the_kernel_has_queued_is_still_answered_and_nothing_after_it) {
    gate closed;
    std::atomic<int> asked = 0;
    answering server([&](server::datagram& here, bytes what) {
        if (++asked == 1) closed.pass();
        here.answer(what);
    });
    datagram_peer peer = server.peer();
    for (int i = 0; i < 100; ++i) peer.ask(std::to_string(i));
    closed.entered.acquire();
    server.get().stop(10s);
    closed.open.release();
    const server::report report = server.get().wait();
    BOOST_TEST(report.datagrams.in == 100U);
    BOOST_TEST(report.datagrams.out == 100U);
    for (int i = 0; i < 100; ++i) BOOST_TEST(peer.hear() == std::to_string(i));
    BOOST_TEST(report.exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(who_goes_on_asking_does_not_hold_it_up) {
    std::atomic<int> asked = 0;
    answering server([&](server::datagram& here, bytes what) {
        ++asked;
        here.answer(what);
    });
    std::atomic<bool> is_over = false;
    std::jthread asks([&] {
        datagram_peer peer = server.peer();
        while (!is_over) {
            peer.ask("x");
            while (peer.hear_without_waiting()) continue;
        }
    });
    BOOST_TEST(eventually([&] { return asked > 1000; }));
    const auto before = std::chrono::steady_clock::now();
    BOOST_TEST(server.stop(60s).exit_status() == 0);
    BOOST_TEST((std::chrono::steady_clock::now() - before < 30s));
    is_over = true;
}

BOOST_AUTO_TEST_CASE(handlers_that_wait_are_joined_within_the_grace) {
    static constexpr auto later = [](server::datagram& here, bytes asked) -> io::task<void> {
        co_await wait_for(200ms);
        here.answer(asked);
    };
    answering server(later);
    datagram_peer peer = server.peer();
    peer.ask("ahoy");
    const server::report report = server.stop();
    BOOST_TEST(peer.hear() == "ahoy");
    BOOST_TEST(report.datagrams.cut == 0U);
    BOOST_TEST(report.exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(handlers_that_wait_longer_are_cut_and_counted) {
    std::latch begun(2);
    const auto for_ever = [&](server::datagram&, bytes) {
        begun.count_down();
        return wait_for(1h);
    };
    answering server(for_ever);
    datagram_peer peer = server.peer();
    peer.ask("1");
    peer.ask("2");
    begun.wait();
    const server::report report = server.stop(50ms);
    BOOST_TEST(report.datagrams.cut == 2U);
    BOOST_TEST(report.exit_status() == 3);
    BOOST_TEST(report.datagrams.text() == "2 in, 0 out; 2 cut");
}

BOOST_AUTO_TEST_CASE(a_late_handler_on_the_users_io_context_has_nothing_to_trip_over) {
    io::asio::io_context context(1);
    bool has_ended = false;
    {
        const auto late = [&](server::datagram& here, bytes asked) {
            static constexpr auto wait = [](server::datagram& to, bytes what, bool& ended) -> io::task<void> {
                co_await wait_for(1500ms);
                to.answer(what);
                ended = true;
            };
            return wait(here, asked, has_ended);
        };
        server::server server({.listen = {"udp:127.0.0.1:0"}}, late);
        BOOST_REQUIRE(server.start(context));
        datagram_peer peer(server.datagram_port());
        peer.ask("ahoy");
        context.run_for(50ms);
        server.stop(0s);
        std::thread runner([&] { context.run_for(1200ms); });
        BOOST_TEST(server.wait().datagrams.cut == 1U);
        runner.join();
    }
    context.restart();
    context.run_for(20s);
    BOOST_TEST(context.stopped());
    BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_CASE(without_a_grace_it_ends_with_the_turn) {
    gate closed;
    std::atomic<int> asked = 0;
    answering server([&](server::datagram& here, bytes what) {
        if (++asked == 1) closed.pass();
        here.answer(what);
    });
    datagram_peer peer = server.peer();
    for (int i = 0; i < 200; ++i) peer.ask("x");
    closed.entered.acquire();
    server.get().stop(0s);
    std::this_thread::sleep_for(20ms);   // it would be the same later
    closed.open.release();
    BOOST_TEST(server.get().wait().datagrams.in <= 64U);
}

BOOST_AUTO_TEST_CASE(a_handler_that_blocks_is_abandoned_by_its_name) {
    gate& closed = *new gate;   // its thread is left behind
    server::config config;
    config.on_stuck = server::stuck_policy::abandon;
    auto server = std::make_unique<answering>([&closed](server::datagram&, bytes) { closed.pass(); },
                                              server::datagram_limits(), config);
    server->peer().ask("x");
    closed.entered.acquire();
    const server::report report = server->stop(0s);
    BOOST_TEST(report.datagrams.cut == 1U);
    BOOST_TEST_REQUIRE(report.stuck.size() == 1U);
    BOOST_TEST(report.stuck.front() == "a handler of datagrams");
    closed.open.release();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_start_with_datagrams)

BOOST_AUTO_TEST_CASE(an_address_of_datagrams_needs_a_handler_and_a_handler_an_address) {
    server::server without({.listen = {"127.0.0.1:0", "udp:127.0.0.1:0"}}, acking());
    BOOST_TEST(failure_of(without) == "cannot listen on udp:127.0.0.1:0: a udp address, and datagrams have no handler: "
                                      "give one to server::on_datagram(), or listen on a tcp address");
    without.on_datagram(echo);
    BOOST_TEST(!!without.start());   // one that failed may be tried again

    server::server nowhere({.listen = {"127.0.0.1:0"}}, acking());
    nowhere.on_datagram(echo);
    BOOST_TEST(failure_of(nowhere) == "datagrams have a handler and nowhere to come: the config names no udp: address "
                                      "to listen on");
    server::server alone({.listen = {"udp:127.0.0.1:0", "127.0.0.1:0"}}, echo);
    BOOST_TEST(failure_of(alone) == "cannot listen on 127.0.0.1:0: connections come there, and this server has a "
                                    "handler of datagrams alone: write udp: before it");
}

BOOST_AUTO_TEST_CASE(limits_that_make_no_sense_are_refused_with_the_numbers) {
    const auto refuses = [](server::datagram_limits limits, std::string_view why) {
        BOOST_CHECK_EXCEPTION(server::server({.listen = {"udp::0"}, .datagrams = limits}, echo), std::invalid_argument,
                              [&](const std::invalid_argument& error) { return why == error.what(); });
    };
    refuses({.largest = 0}, "datagrams.largest is 0: from 1 to the 65507 bytes that IPv4 can carry");
    refuses({.largest = 65'508}, "datagrams.largest is 65508: from 1 to the 65507 bytes that IPv4 can carry");
    refuses({.under_way = 0}, "datagrams.under_way is 0: no handler that waits could begin");
    refuses({.addresses = 0}, "datagrams.addresses is 0: the rate of nobody could be known");
    refuses({.receive_buffer = -1}, "datagrams.receive_buffer is negative");
    refuses({.rate = 0}, "datagrams.rate is less than one a day: 0.000000");
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_one_clear_line) {
    answering first(echo);
    const std::string taken = "udp:127.0.0.1:" + std::to_string(first.get().datagram_port());
    server::server second({.listen = {taken}}, echo);
    BOOST_TEST(failure_of(second) == "cannot listen on " + taken + ": Address already in use");
}

BOOST_AUTO_TEST_CASE(addresses_and_ports_are_told_in_the_order_of_the_config) {
    struct telling final : server::events {
        void listening(const std::vector<std::string>& where, const std::vector<std::uint16_t>& which) override {
            addresses = where;
            ports = which;
        }
        std::vector<std::string> addresses;
        std::vector<std::uint16_t> ports;
    } told;
    server::server server({.listen = {"udp:127.0.0.1:0", "127.0.0.1:0", "udp::0"}, .events = {&told}}, acking());
    server.on_datagram(echo);
    BOOST_TEST(server.datagram_port() == 0U);
    BOOST_REQUIRE(server.start());
    BOOST_TEST_REQUIRE(told.ports.size() == 3U);
    BOOST_TEST(told.ports[0] == server.datagram_port());
    BOOST_TEST(told.ports[1] == server.port());
    const std::string last = std::to_string(told.ports[2]);
    BOOST_TEST(told.addresses[0] == "udp:127.0.0.1:" + std::to_string(told.ports[0]));
    BOOST_TEST(told.addresses[1] == "127.0.0.1:" + std::to_string(told.ports[1]));
    BOOST_TEST((told.addresses[2] == "udp:*:" + last || told.addresses[2] == "udp:0.0.0.0:" + last));
}

BOOST_AUTO_TEST_SUITE_END()
