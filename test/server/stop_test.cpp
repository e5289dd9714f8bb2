// Starting and stopping.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/swarm/swarm.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <type_traits>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// The milliseconds of a go_away; a failure if it is something else.
std::uint32_t told_to_go_within(const std::string& heard) {
    if (heard.size() != wire(packet::go_away{packet::no_id, 0}).size()) throw std::runtime_error("no go_away");
    std::uint32_t within = 0;
    for (const char one : heard.substr(heard.size() - 4)) within = within << 8 | static_cast<unsigned char>(one);
    BOOST_TEST(heard == wire(packet::go_away{packet::no_id, within}));
    return within;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(stopping)

BOOST_AUTO_TEST_CASE(a_server_on_the_users_io_context_needs_no_thread_and_its_run_returns_after_stop) {
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}}, acking());
    BOOST_REQUIRE(server.start(context));
    std::thread runner([&] { context.run(); });
    {
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
    server.stop(1s);
    const server::report report = server.wait();
    runner.join();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.accepted == 1U);
    BOOST_TEST(report.frames_in == 1U);
}

BOOST_AUTO_TEST_CASE(stop_before_the_start_and_stop_again_and_again) {
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    server.stop(1s);
    BOOST_REQUIRE(server.start());
    server.stop(1s);
    server.stop(2s);
    BOOST_TEST(server.wait().exit_status() == 0);
    server.stop(0s);
    BOOST_TEST(server.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_that_never_started_can_be_stopped_waited_for_and_destroyed) {
    server::server server({.listen = {"127.0.0.1:0"}}, acking());
    server.stop();
    BOOST_TEST(server.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_handler_may_stop_the_server_and_its_answer_still_arrives) {
    server::server* self = nullptr;
    server::router router;
    router.on<packet::submit>([&](server::context&, const packet::submit& s) {
        self->stop(5s);
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 2}, router);
    self = &server;
    BOOST_REQUIRE(server.start());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    BOOST_TEST(server.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_port_in_use_and_a_bad_address_are_one_clear_line) {
    running_server first(acking());
    const std::string taken = "127.0.0.1:" + std::to_string(first.port());
    server::server second({.listen = {taken}}, acking());
    BOOST_TEST(!second.start());
    BOOST_TEST(second.failure() == "cannot listen on " + taken + ": Address already in use");
    server::server third({.listen = {"nonsense"}}, acking());
    const result<void> started = third.start();
    BOOST_TEST(started.error() == make_error_code(errc::bad_address));
    BOOST_TEST(third.failure().find("nonsense") != std::string::npos);
    BOOST_TEST(third.wait().exit_status() == 1);
}

BOOST_AUTO_TEST_CASE(a_start_that_failed_can_be_tried_again) {
    std::optional<running_server> first(std::in_place, acking());
    const std::string taken = "127.0.0.1:" + std::to_string(first->port());
    server::server second({.listen = {taken}, .threads = 1}, acking());
    BOOST_TEST(!second.start());
    BOOST_TEST(!second.start());
    first.reset();
    BOOST_REQUIRE(second.start());
    BOOST_TEST(second.failure() == "");
    BOOST_TEST(second.start().error() == make_error_code(boost::system::errc::operation_in_progress));
    second.stop();
    BOOST_TEST(second.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_config_that_makes_no_sense_is_refused_with_the_numbers) {
    BOOST_CHECK_THROW(server::server({.limits = {.idle_timeout = -1s}}, acking()), std::invalid_argument);
    BOOST_CHECK_THROW(server::server({.reconnect_within = 24h * 365}, acking()), std::invalid_argument);
    BOOST_CHECK_THROW(server::concurrent(0), std::invalid_argument);
    server::server nowhere({.listen = {}}, acking());
    BOOST_TEST(!nowhere.start());
}

BOOST_AUTO_TEST_CASE(stops_that_race_with_the_end_delay_nobody) {
    const auto before = std::chrono::steady_clock::now();
    for (int round = 0; round < 50; ++round) {
        server::server server({.listen = {"127.0.0.1:0"}, .threads = 2}, acking());
        BOOST_REQUIRE(server.start());
        std::thread other([&] {
            for (int i = 0; i < 20; ++i) server.stop(io::duration::max());
        });
        for (int i = 0; i < 20; ++i) server.stop(60s);
        std::thread waiter([&] { static_cast<void>(server.wait()); });
        BOOST_TEST(server.wait().exit_status() == 0);
        BOOST_TEST(server.connections() == 0U);
        waiter.join();
        other.join();
    }
    BOOST_TEST((std::chrono::steady_clock::now() - before < 30s));   // half of one grace
}

BOOST_AUTO_TEST_CASE(a_server_on_the_users_io_context_may_be_destroyed_while_it_serves) {
    io::asio::io_context context(1);
    std::optional<server::server> server(std::in_place, server::config{.listen = {"127.0.0.1:0"}}, acking());
    BOOST_REQUIRE(server->start(context));
    raw_peer peer(server->port());
    peer.say(submit_frame(1));
    context.run_for(50ms);
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    server.reset();
    context.run_for(20s);
    BOOST_TEST(context.stopped());
    BOOST_TEST(peer.hear_all() == "");
}

BOOST_AUTO_TEST_CASE(a_forced_end_on_the_users_io_context_leaves_a_late_handler_nothing_to_trip_over) {
    io::asio::io_context context(1);
    {
        server::router router;
        static constexpr auto slow = [](server::context& here,
                                        const packet::submit& s) -> io::task<packet::submit_ack> {
            const packet::id id = s.id;
            co_await io::sleep(1500ms);
            here.state<int>() = 1;
            co_return packet::submit_ack{id};
        };
        router.on<packet::submit>(slow);
        server::server server({.listen = {"127.0.0.1:0"}}, router);
        BOOST_REQUIRE(server.start(context));
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        context.run_for(50ms);
        server.stop(0s);
        std::thread runner([&] { context.run_for(1200ms); });
        const server::report report = server.wait();
        runner.join();
        BOOST_TEST(report.exit_status() == 3);
    }
    context.restart();
    context.run_for(20s);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(coroutines_that_wait_across_threads_at_a_forced_end_are_destroyed_together) {
    // Each connection's handler sends to the other's for ever; one thread is blocked, so the other's send hangs there.
    std::mutex mutex;
    std::vector<server::handle> all;
    server::router router;
    router.on_open([&](server::context& here) {
        const std::scoped_lock lock(mutex);
        all.push_back(here.handle());
    });
    static constexpr auto send_to_all = [](std::vector<server::handle> to) -> io::task<void> {
        const std::string body(100, 'x');
        for (int i = 0; i < 1'000'000; ++i)
            for (const server::handle& one : to) static_cast<void>(co_await one.send(as_bytes(body)));
    };
    router.on<packet::submit>([&](server::context&, const packet::submit&) { return send_to_all(all); });
    running_server server(router);
    raw_peer first(server.port());
    raw_peer second(server.port());
    BOOST_TEST(eventually([&] {
        const std::scoped_lock lock(mutex);
        return all.size() == 2;
    }));
    first.say(submit_frame(1));
    second.say(submit_frame(1));
    std::this_thread::sleep_for(50ms);
    BOOST_TEST(server.stop(20ms).forced > 0U);
}

BOOST_AUTO_TEST_CASE(a_drain_waits_for_the_handler_that_is_at_work) {
    static std::atomic<int> begun = 0;
    server::router router;
    static constexpr auto slow = [](server::context&, const packet::submit& s) -> io::task<packet::submit_ack> {
        const packet::id id = s.id;
        ++begun;
        co_await io::sleep(100ms);
        co_return packet::submit_ack{id, packet::outcome::ok};
    };
    router.on<packet::submit>(slow);
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    BOOST_TEST(eventually([&] { return begun == 1; }));
    server.get().stop(5s);
    BOOST_TEST(peer.hear_all() == ack_frame(1) + ack_frame(2));
    const server::report report = server.get().wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 1U);
}

BOOST_AUTO_TEST_CASE(a_handler_that_does_not_end_is_cut_after_the_grace_and_the_report_says_so) {
    static std::atomic<int> begun = 0;
    server::router router;
    static constexpr auto endless = [](server::context&, const packet::submit&) -> io::task<void> {
        ++begun;
        co_await io::sleep(1h);
    };
    router.on<packet::submit>(endless);
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(eventually([&] { return begun == 1; }));
    const auto before = std::chrono::steady_clock::now();
    const server::report report = server.stop(20ms);
    BOOST_TEST((std::chrono::steady_clock::now() - before < 5s));
    BOOST_TEST(report.forced == 1U);
    BOOST_TEST(report.exit_status() == 3);
}

BOOST_AUTO_TEST_CASE(a_handler_may_stop_its_server_without_knowing_it) {
    server::router router;
    router.on<packet::submit>([](server::context& here, const packet::submit& s) {
        here.server().stop();
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    BOOST_TEST(peer.hear_all() == ack_frame(1) + ack_frame(2));
    BOOST_TEST(server.get().wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_server_is_ready_from_its_start_until_somebody_asks_for_the_end) {
    server::router router;
    static constexpr auto slow = [](server::context&, const packet::submit&) -> io::task<void> {
        co_await io::sleep(1h);
    };
    router.on<packet::submit>(slow);
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, router);
    BOOST_TEST(!server.ready());
    BOOST_REQUIRE(server.start());
    BOOST_TEST(server.ready());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(eventually([&] { return server.connections() == 1; }));
    server.stop(1h);
    BOOST_TEST(!server.ready());   // while it drains
    server.stop(0s);
    static_cast<void>(server.wait());
    BOOST_TEST(!server.ready());
    class server::server early({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    early.stop(0s);
    BOOST_REQUIRE(early.start());
    BOOST_TEST(!early.ready());
}

BOOST_AUTO_TEST_CASE(a_grace_shorter_than_the_linger_forces_nobody_that_has_its_answers) {
    running_server server(acking(), {.linger = 1h});
    raw_peer answered(server.port());   // never closes
    answered.say(submit_frame(1));
    BOOST_TEST(answered.hear(14) == ack_frame(1));
    raw_peer silent(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 2; }));
    const server::report report = server.stop(300ms);
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 2U);
    BOOST_TEST(report.forced + report.unanswered == 0U);
    BOOST_TEST(answered.hear_all() == "");
}

BOOST_AUTO_TEST_CASE(the_report_says_how_many_requests_were_left_unanswered) {
    static std::atomic<int> begun = 0;
    server::router router;
    static constexpr auto endless = [](server::context&, const packet::submit&) -> io::task<void> {
        ++begun;
        co_await io::sleep(1h);
    };
    router.on<packet::submit>(endless);
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2) + submit_frame(3) + submit_frame(4).substr(0, 10));
    raw_peer idle(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 2 && begun == 1; }));
    const server::report report = server.stop(50ms);
    BOOST_TEST(report.forced == 1U);
    BOOST_TEST(report.drained == 1U);
    BOOST_TEST(report.unanswered == 3U);   // one under way, two behind it; the fourth is not whole
}

BOOST_AUTO_TEST_CASE(concurrent_calls_under_way_are_unanswered_too) {
    static std::atomic<int> begun = 0;
    server::router router;
    static constexpr auto endless = [](server::context&, const packet::submit&) -> io::task<void> {
        ++begun;
        co_await io::sleep(1h);
    };
    router.on<packet::submit>(endless, server::concurrent(2));
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2) + submit_frame(3) + submit_frame(4));
    BOOST_TEST(eventually([&] { return begun == 2; }));
    BOOST_TEST(server.stop(50ms).unanswered == 4U);   // two under way, one waits for its turn, one is behind
}

BOOST_AUTO_TEST_CASE(a_report_is_a_status_only_when_it_is_asked_for_one) {
    static_assert(!std::is_constructible_v<bool, server::report>);   // if (server.run()) would be true of a failure
    static_assert(!std::is_constructible_v<int, server::report> && !std::is_convertible_v<server::report, int>);
    const server::report cut{.forced = 1}, at_work{.stuck = {"submit of connection 1"}},
        not_started{.forced = 1, .failure = "in use"};
    BOOST_TEST(server::report().exit_status() == 0);
    BOOST_TEST(not_started.exit_status() == 1);
    BOOST_TEST(cut.exit_status() == 3);
    BOOST_TEST(at_work.exit_status() == 3);
}

BOOST_AUTO_TEST_CASE(the_report_names_those_who_were_refused) {
    server::report report{.accepted = 2, .refused = {.denied = 1, .too_many_connections = 2, .out_of_descriptors = 3}};
    BOOST_TEST(report.text() == "0 connections drained, 0 cut; 0 frames in, 0 out; 0 unanswered; "
                                "6 refused (1 denied, 2 server full, 3 no descriptor)");
}

BOOST_AUTO_TEST_CASE(the_report_says_what_became_of_pushes_to_slow_clients) {
    server::report report{
        .pushes = {.waited = 5, .dropped_newest = 1, .dropped_oldest = 2, .coalesced = 3, .timed_out = 4, .closed = 6}};
    BOOST_TEST(report.text() == "0 connections drained, 0 cut; 0 frames in, 0 out; 0 unanswered; pushes: 5 waited, "
                                "4 timed out, 1 newest dropped, 2 oldest dropped, 3 coalesced, 6 closed");
}

BOOST_AUTO_TEST_CASE(each_client_is_told_a_time_of_its_own_to_come_back) {
    running_server server(acking(), {.reconnect_within = 10s});
    std::vector<raw_peer> peers;
    for (int i = 0; i < 20; ++i) {
        peers.emplace_back(server.port());
        peers.back().say(wire(packet::ping{id_of(1)}));
        BOOST_TEST(peers.back().hear(13) == wire(packet::pong{id_of(1)}));
    }
    server.get().stop(5s);
    std::set<std::uint32_t> times;
    for (raw_peer& peer : peers) {
        const std::uint32_t within = told_to_go_within(peer.hear_all());
        BOOST_TEST(within >= 1U);
        BOOST_TEST(within <= 10'000U);
        times.insert(within);
    }
    BOOST_TEST(times.size() > 10U);   // twenty of ten thousand
}

BOOST_AUTO_TEST_CASE(go_away_is_told_only_to_clients_that_may_know_it) {
    running_server server(acking());
    raw_peer plain(server.port());
    raw_peer pinging(server.port());
    raw_peer greeting(server.port());
    plain.say(submit_frame(1));
    BOOST_TEST(plain.hear(14) == ack_frame(1));
    pinging.say(wire(packet::ping{id_of(1)}));
    BOOST_TEST(pinging.hear(13) == wire(packet::pong{id_of(1)}));
    greeting.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(greeting.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    server.get().stop(5s);
    BOOST_TEST(plain.hear_all() == "");
    BOOST_TEST(told_to_go_within(pinging.hear_all()) <= 1000U);
    BOOST_TEST(told_to_go_within(greeting.hear_all()) <= 1000U);
}

BOOST_AUTO_TEST_CASE(what_a_client_sends_before_it_knows_of_the_end_is_answered) {
    running_server server(acking());
    raw_peer greeting(server.port());
    greeting.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(greeting.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    server.get().stop(10s);
    BOOST_TEST(greeting.hear(17).size() == 17U);   // the go_away
    greeting.say(submit_frame(2));
    BOOST_TEST(greeting.hear(14) == ack_frame(2));
    greeting.close_write();
    BOOST_TEST(greeting.hear_all() == "");
    const server::report report = server.get().wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 1U);
}

io::task<packet::submit_ack> acks_late(server::context& /* here */, const packet::submit& asked) {
    const packet::submit_ack ack{asked.id};
    co_await io::sleep(400ms);
    co_return ack;
}

// It is told to go while a call is under way, and closes its half then.
void expects_a_late_answer(running_server& server, const std::function<void()>& ends_it) {
    raw_peer peer(server.port());
    peer.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(peer.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    peer.say(submit_frame(2));
    ends_it();
    static_cast<void>(told_to_go_within(peer.hear(17)));
    peer.close_write();
    BOOST_TEST(peer.hear_all() == ack_frame(2));
}

BOOST_AUTO_TEST_CASE(whoever_closes_its_half_when_told_to_go_has_answers_that_take_longer_than_the_linger) {
    server::router late;
    late.on<packet::submit>(acks_late, server::concurrent(4));
    running_server server(late, {.drain_timeout = 50ms, .linger = 20ms});
    expects_a_late_answer(server, [&] { server.get().stop(10s); });
    const server::report report = server.get().wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 1U);
}

BOOST_AUTO_TEST_CASE(so_has_one_whose_lifetime_is_over) {
    server::router late;
    late.on<packet::submit>(acks_late, server::concurrent(4));
    running_server server(late, {.max_lifetime = 100ms, .linger = 20ms});
    expects_a_late_answer(server, [] {});
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.frames_out == 3U);
}

BOOST_AUTO_TEST_CASE(a_second_stop_with_less_grace_hurries_those_who_were_told_to_go_too) {
    running_server server(acking(), {.linger = 1h});
    raw_peer waiting(server.port());
    waiting.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(waiting.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    server.get().stop(1h);
    static_cast<void>(told_to_go_within(waiting.hear(17)));
    const auto before = std::chrono::steady_clock::now();
    server.get().stop(6s);
    server.get().stop(1h);
    BOOST_TEST(waiting.hear_all() == "");   // it is read from for half of the time, and told the end
    waiting.close_write();
    BOOST_TEST(server.get().wait().exit_status() == 0);
    BOOST_TEST((std::chrono::steady_clock::now() - before < 6s));   // not cut
}

BOOST_AUTO_TEST_CASE(a_grace_shorter_than_the_linger_leaves_time_to_answer_who_goes_on_sending) {
    running_server server(acking(), {.linger = 1h});
    raw_peer busy(server.port());
    busy.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(busy.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    server.get().stop(2s);
    std::thread sending([&] {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (busy.say(submit_frame(2)) && server.get().connections() > 0 && std::chrono::steady_clock::now() < end)
            std::this_thread::sleep_for(1ms);
    });
    const std::string heard = busy.hear_all();
    const server::report report = server.get().wait();
    sending.join();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 1U);
    BOOST_TEST(heard.size() > 17U + 14U);
    BOOST_TEST((heard.size() - 17) % 14 == 0U);   // a go_away and whole acks
}

BOOST_AUTO_TEST_CASE(who_has_much_to_read_first_is_told_to_go_when_there_is_room) {
    server::config settings{.linger = 10ms};
    settings.codec = frame::length_field::prefix_self(4, 64 * 1024);
    settings.limits.outbound_cap = 64 * 1024;
    settings.sockets.send_buffer = 16 * 1024;
    settings.pushes.otherwise = frame::slow_consumer::drop_newest;
    running_server server(acking(), settings);
    raw_peer slow(server.port());
    slow.say(wire(packet::conn{id_of(1), as_bytes("hawser/1 test")}));
    BOOST_TEST(slow.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    std::atomic<bool> full = false;
    const std::string body(40'000, 'x');
    const auto frame = server.get().frame_of(as_bytes(body));
    tell_each(server.get(), [&](server::context& client) {
        for (int i = 0; i < 1'000; ++i) static_cast<void>(client.try_push(*frame));
        while (!client.try_send(as_bytes("x"))) {}
        full = true;
    });
    BOOST_TEST(eventually([&] { return full.load(); }));
    server.get().stop(20s);
    std::this_thread::sleep_for(100ms);   // ten times the linger
    const std::string heard = slow.hear_all();
    BOOST_REQUIRE(heard.size() > 17U);
    static_cast<void>(told_to_go_within(heard.substr(heard.size() - 17)));
    BOOST_TEST(server.get().wait().exit_status() == 0);
}

io::task<void> run_swarm(swarm::swarm& swarm, swarm::report& into) { into = co_await swarm.run(); }

BOOST_AUTO_TEST_CASE(a_drain_under_load_loses_no_ack_of_what_was_handled) {
    for (int round = 0; round < 5; ++round) {
        std::atomic<std::uint64_t> handled = 0;
        server::router router;
        router.on<packet::submit>([&](server::context&, const packet::submit& s) {
            handled.fetch_add(1, std::memory_order_relaxed);
            return packet::submit_ack{s.id, packet::outcome::ok};
        });
        running_server server(router);
        swarm::swarm swarm({.connect = *io::address::parse("127.0.0.1:" + std::to_string(server.port())),
                            .clients = 50,
                            .count = 1'000'000,
                            .interval = 0s,
                            .window = 32,
                            .payload_size = 64});
        swarm::report report;
        std::thread load([&] {
            io::asio::io_context context(1);
            io::asio::co_spawn(context.get_executor(), run_swarm(swarm, report), [](const std::exception_ptr& thrown) {
                if (thrown) std::rethrow_exception(thrown);
            });
            context.run();
        });
        BOOST_TEST(eventually([&] { return handled > 5'000; }));
        const server::report ended = server.stop(10s);
        load.join();
        BOOST_TEST(ended.exit_status() == 0);
        BOOST_TEST(ended.drained == 50U);
        BOOST_TEST(report.acked + report.late == handled.load());
        BOOST_TEST(report.duplicate + report.wrong + report.unknown == 0U);
    }
}

BOOST_AUTO_TEST_SUITE_END()
