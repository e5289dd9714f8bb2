// What a server bounds beside frames: a handler's time, a connection's life, a peer's silence, pushes, memory.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/server/memory_plan.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <set>
#include <string>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

io::task<packet::submit_ack> slow(server::context&, const packet::submit& s) {
    const packet::submit_ack ack{s.id, packet::outcome::ok};
    co_await io::sleep(as_text(s.payload) == "slow" ? 1s : 1ms);
    co_return ack;
}

// Asked for before and after it is requested; whether the sleep was broken off is the answer that nobody gets.
io::task<void> sleep_for_long(server::connection& conn, std::promise<bool>& was_stopped) {
    static_cast<void>(co_await conn.read_frame());
    const bool over = co_await io::sleep(1h, conn.stop_token());
    was_stopped.set_value(!over && conn.stop_token().stop_requested());
}

server::config with(io::duration server::config::*which, io::duration value) {
    server::config settings;
    settings.*which = value;
    return settings;
}

const std::string kilobyte(1024, 'x');

// Pushes so many frames to every connection; their bytes in all.
std::size_t flood(server::server& from, int count) {
    std::size_t size = 0;
    for (int number = 0; number < count; ++number) {
        const std::string payload = std::to_string(number) + ' ' + kilobyte;
        const auto frame = from.frame_of(packet::submit{id_of(static_cast<std::uint32_t>(number + 1)), as_bytes(payload)});
        size += (*frame)->size();
        tell_each(from, [made = *frame](server::context& client) { static_cast<void>(client.try_push(made)); });
    }
    return size;
}

constexpr int more_than_a_kernel_takes = 16 * 1024;

}  // namespace

BOOST_AUTO_TEST_SUITE(bounds)

BOOST_AUTO_TEST_CASE(a_handler_that_takes_too_long_ends_its_connection) {
    for (const bool at_once : {false, true}) {
        server::router router;
        if (at_once) router.on<packet::submit>(slow, server::concurrent(4));
        else router.on<packet::submit>(slow);
        running_server server(router, with(&server::config::request_timeout, 50ms));
        raw_peer peer(server.port());
        peer.say(submit_frame(1, "quick") + submit_frame(2, "slow"));
        BOOST_TEST(peer.hear_all() == ack_frame(1));   // the end comes before the handler's
        const server::ending ending = server.recorded().next_ending();
        BOOST_TEST((ending.why == server::errc::request_timeout), ending.text());
    }
}

BOOST_AUTO_TEST_CASE(a_handler_that_is_late_is_told_by_its_stop_token_and_its_connection_gives_up_its_place) {
    server::router router;
    router.on<packet::submit>([](server::context& here, const packet::submit& s) -> io::task<packet::submit_ack> {
        static_cast<void>(co_await io::sleep(1h, here.stop_token()));
        co_return packet::submit_ack{s.id};
    });
    running_server server(router, with(&server::config::request_timeout, 50ms));
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST((server.recorded().next_ending().why == server::errc::request_timeout));
    BOOST_TEST(eventually([&] { return server.get().connections() == 0; }));
}

BOOST_AUTO_TEST_CASE(a_stop_token_is_requested_when_the_server_stops_and_when_its_connection_is_closed) {
    for (const bool by_server : {true, false}) {
        std::promise<bool> was_stopped;
        running_server server([&](server::connection& conn) { return sleep_for_long(conn, was_stopped); }, {});
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(eventually([&] { return server.get().connections() == 1; }));
        if (by_server) server.get().stop(10s);
        else tell_each(server.get(), [](server::context& here) { here.close(); });
        std::future<bool> told = was_stopped.get_future();
        BOOST_REQUIRE((told.wait_for(10s) == std::future_status::ready));
        BOOST_TEST(told.get());
    }
}

BOOST_AUTO_TEST_CASE(handlers_that_answer_in_time_go_on_for_ever) {
    server::router router;
    router.on<packet::submit>(slow, server::concurrent(4));
    running_server server(router, with(&server::config::request_timeout, 100ms));
    raw_peer peer(server.port());
    for (std::uint32_t number = 1; number <= 200; ++number) {
        peer.say(submit_frame(number));
        BOOST_TEST(peer.hear(14) == ack_frame(number));
    }
    BOOST_TEST(server.get().connections() == 1U);
}

BOOST_AUTO_TEST_CASE(an_old_connection_is_drained_and_told_to_come_back) {
    running_server server(acking(), with(&server::config::max_lifetime, 150ms));
    raw_peer peer(server.port());
    const auto begin = std::chrono::steady_clock::now();
    peer.say(wire(packet::conn{id_of(1), as_bytes("hawser/1")}) + submit_frame(2));
    const std::string heard = peer.hear_all();
    BOOST_TEST((std::chrono::steady_clock::now() - begin >= 100ms));
    BOOST_TEST(heard.starts_with(wire(packet::conn_ack{id_of(1), packet::outcome::ok}) + ack_frame(2)));
    BOOST_TEST(heard.size() == 14U + 14U + 17U);   // and a go_away
    peer.close_write();
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST((ending.why == server::errc::lifetime_over), ending.text());
    BOOST_TEST(server.stop() == 0);
}

BOOST_AUTO_TEST_CASE(a_client_that_knows_ping_and_answers_none_is_lost) {
    server::config settings = with(&server::config::ping_interval, 20ms);
    settings.ping_misses = 2;
    running_server server(acking(), settings);
    raw_peer peer(server.port());
    peer.say(wire(packet::ping{id_of(7)}));
    const std::string heard = peer.hear_all();
    const std::string pings = wire(packet::ping{id_of(1)}) + wire(packet::ping{id_of(2)});
    BOOST_TEST(heard == wire(packet::pong{id_of(7)}) + pings);
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST((ending.why == server::errc::peer_lost), ending.text());
}

BOOST_AUTO_TEST_CASE(a_client_that_answers_pings_stays_and_its_round_trip_is_known) {
    server::config settings = with(&server::config::ping_interval, 20ms);
    settings.limits.idle_timeout = 10s;
    std::atomic<bool> known = false;
    server::router router = acking();
    router.on<packet::submit>([&known](server::context& here, const packet::submit& s) {
        known = here.round_trip().has_value();
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    running_server server(router, settings);
    raw_peer peer(server.port());
    peer.say(wire(packet::conn{id_of(1), as_bytes("hawser/1")}));
    BOOST_TEST(peer.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    for (std::uint32_t number = 1; number <= 8; ++number) {
        BOOST_TEST(peer.hear(13) == wire(packet::ping{id_of(number)}));
        peer.say(wire(packet::pong{id_of(number)}));
    }
    peer.say(submit_frame(9));
    BOOST_TEST(peer.hear(14) == ack_frame(9));
    BOOST_TEST(known.load());
}

BOOST_AUTO_TEST_CASE(a_client_that_reads_slowly_is_not_lost_while_it_takes_what_waits) {
    server::config settings = with(&server::config::ping_interval, 400ms);
    settings.ping_misses = 2;
    settings.pushes.otherwise = frame::slow_consumer::drop_newest;
    settings.limits.idle_timeout = 0s;
    settings.sockets.send_buffer = 16 * 1024;
    running_server server(acking(), settings);
    raw_peer peer(server.port());
    peer.receive_little(64 * 1024);   // so that what it reads is soon known to the server's kernel
    peer.say(wire(packet::conn{id_of(1), as_bytes("hawser/1")}));
    BOOST_TEST(peer.hear(14).size() == 14U);
    static_cast<void>(flood(server.get(), 2'000));   // twice what it hears, and soon told: it reads nothing meanwhile
    for (int part = 0; part < 100; ++part) {   // more than twice as long as for one that takes nothing
        BOOST_TEST(peer.hear(8 * 1024).size() == 8U * 1024);
        std::this_thread::sleep_for(30ms);
    }
    BOOST_TEST(server.get().connections() == 1U);
    const server::ending ending = server.recorded().next_ending();   // it takes nothing any more
    BOOST_TEST((ending.why == server::errc::peer_lost), ending.text());
}

BOOST_AUTO_TEST_CASE(a_client_that_never_spoke_of_ping_gets_none) {
    running_server server(acking(), with(&server::config::ping_interval, 5ms));
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    std::this_thread::sleep_for(50ms);   // ten times the interval
    peer.say(submit_frame(2));
    BOOST_TEST(peer.hear(14) == ack_frame(2));
}

BOOST_AUTO_TEST_CASE(each_reaches_every_connection_with_a_frame_that_was_made_once) {
    running_server server(acking());
    std::vector<raw_peer> peers;
    for (int count = 0; count < 20; ++count) peers.emplace_back(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 20; }));
    const packet::submit news{id_of(1), as_bytes("news")};
    const auto frame = server.get().frame_of(news);
    BOOST_REQUIRE(frame.has_value());
    for (raw_peer& peer : peers) {   // all of them are being served
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
    tell_each(server.get(), [made = *frame](server::context& client) { static_cast<void>(client.try_push(made)); });
    for (raw_peer& peer : peers) BOOST_TEST(peer.hear(wire(news).size()) == wire(news));
}

BOOST_AUTO_TEST_CASE(what_is_thrown_in_each_ends_that_connection_only) {
    running_server server(acking());
    raw_peer first(server.port());
    raw_peer second(server.port());
    for (raw_peer* peer : {&first, &second}) {
        peer->say(submit_frame(1));
        BOOST_TEST(peer->hear(14) == ack_frame(1));
    }
    tell_each(server.get(), [](server::context& client) {
        if (client.peer().number == 1) throw std::runtime_error("not him");
    });
    BOOST_TEST(first.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().detail == "not him");
    second.say(submit_frame(2));
    BOOST_TEST(second.hear(14) == ack_frame(2));
}

BOOST_AUTO_TEST_CASE(a_client_that_does_not_read_is_closed_if_that_is_the_policy_and_the_others_get_everything) {
    server::config settings;
    settings.pushes.otherwise = frame::slow_consumer::close;
    running_server server(acking(), settings);
    raw_peer reader(server.port());
    reader.say(submit_frame(1));
    BOOST_TEST(reader.hear(14) == ack_frame(1));
    raw_peer sleeper(server.port());
    sleeper.receive_little();
    sleeper.say(submit_frame(1));
    BOOST_TEST(sleeper.hear(14) == ack_frame(1));
    for (int portion = 0; portion < 64; ++portion) {   // each is heard before the next is pushed
        const std::size_t size = flood(server.get(), more_than_a_kernel_takes / 64);
        BOOST_TEST(reader.hear(size).size() == size);
    }
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST((ending.why == hawser::errc::slow_consumer), ending.text());
    BOOST_TEST(ending.pushes.closed == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_dropped_for_a_slow_client_is_counted_in_its_ending_and_in_the_report) {
    server::config settings;
    settings.pushes.otherwise = frame::slow_consumer::drop_oldest;
    settings.limits.outbound_cap = 256 * 1024;
    settings.codec = frame::length_field::prefix_self(4, 64 * 1024);
    running_server server(acking(), settings);
    raw_peer sleeper(server.port());
    sleeper.say(submit_frame(1));
    BOOST_TEST(sleeper.hear(14) == ack_frame(1));
    static_cast<void>(flood(server.get(), more_than_a_kernel_takes));
    sleeper.close_write();
    const std::string heard = sleeper.hear_all();
    const std::string last = std::to_string(more_than_a_kernel_takes - 1) + ' ' + kilobyte;
    BOOST_TEST(heard.ends_with(last));
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST(ending.pushes.dropped_oldest > 0U);
    const server::report report = server.stop();
    BOOST_TEST(report.pushes.dropped_oldest == ending.pushes.dropped_oldest);
    BOOST_TEST(report.pushes.dropped_newest == 0U);
}

// Memory.

BOOST_AUTO_TEST_CASE(a_plan_says_what_it_is_made_of_and_refuses_what_does_not_fit) {
    const server::memory_plan plan{.budget = 128 * 1024 * 1024, .threads = 2, .connections = 10'000};
    BOOST_TEST(plan.text() ==
               "128.0 MiB = 20.0 MiB fixed + 10000 connections x 6.0 KiB + 49.4 MiB for what peers can make grow");
    BOOST_TEST(plan.fixed() + plan.connections * server::memory_plan::per_connection + plan.pool() == plan.budget);
    plan.check(1024 * 1024);
    const auto says_why = [](const std::invalid_argument& error) {
        return std::string(error.what()) ==
               "memory_budget is 128.0 MiB, but 142.6 MiB are needed: 20.0 MiB fixed, 10000 connections of 6.0 KiB, and "
               "64.0 MiB for one frame of 32.0 MiB while it arrives";
    };
    BOOST_CHECK_EXCEPTION(plan.check(32 * 1024 * 1024), std::invalid_argument, says_why);
}

BOOST_AUTO_TEST_CASE(a_server_whose_memory_does_not_hold_one_frame_is_refused) {
    server::config settings;
    settings.memory_budget = 1024 * 1024;
    BOOST_CHECK_THROW(server::server(settings, acking()), std::invalid_argument);
}

server::config with_pool(std::size_t pool) {
    server::config settings;
    settings.threads = 2;
    settings.admission.max_connections = 200;
    const server::memory_plan empty{.threads = 2, .connections = 200};
    settings.memory_budget = empty.fixed() + 200 * server::memory_plan::per_connection + pool;
    return settings;
}

constexpr std::size_t small_pool = 8 * 1024 * 1024;

// Many who begin a long frame and never end it, on a pool that holds few of them. The first fill it until they are paused;
// those who hold nothing yet still take a block each.
BOOST_AUTO_TEST_CASE(whoever_holds_most_is_closed_when_memory_is_short_and_the_others_are_served) {
    running_server server(acking(), with_pool(small_pool));
    raw_peer good(server.port());
    good.say(submit_frame(1));
    BOOST_TEST(good.hear(14) == ack_frame(1));
    const std::string most_of_a_frame = submit_frame(1, std::string(900'000, 'x')).substr(0, 800'000);
    std::vector<raw_peer> hoarders;
    for (int count = 0; count < 90; ++count) hoarders.emplace_back(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 91; }));   // before newcomers are refused
    for (raw_peer& hoarder : hoarders) hoarder.say_without_waiting(most_of_a_frame);
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST((ending.why == hawser::errc::memory_short), ending.text());
    for (std::uint32_t number = 2; number < 50; ++number) {
        good.say(submit_frame(number));
        BOOST_TEST(good.hear(14) == ack_frame(number));
    }
}

io::task<packet::submit_ack> with_much(server::context& here, const packet::submit& s) {
    const packet::submit_ack ack{s.id, packet::outcome::ok};
    const std::string much(900'000, 'x');
    const packet::submit answer{s.id, as_bytes(much)};
    for (int count = 0; count < 20; ++count) {
        const result<void> sent = co_await here.send(answer);
        if (!sent) break;
    }
    co_return ack;
}

// Who has closed his half still gets answers, and is charged for what he does not read.
BOOST_AUTO_TEST_CASE(those_who_closed_their_half_and_do_not_read_are_closed_before_those_who_hold_little) {
    server::router router;
    router.on<packet::submit>(with_much);
    running_server server(router, with_pool(small_pool));
    std::vector<raw_peer> hoarders;
    for (int count = 0; count < 20; ++count) hoarders.emplace_back(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 20; }));   // before newcomers are refused
    for (raw_peer& hoarder : hoarders) {
        hoarder.receive_little();
        hoarder.say(submit_frame(1));
        hoarder.close_write();
    }
    const server::ending ending = server.recorded().next_ending();
    BOOST_TEST((ending.why == hawser::errc::memory_short), ending.text());
    BOOST_TEST(server.get().connections() >= 5U);   // not all of them: what fits the pool goes on
}

BOOST_AUTO_TEST_CASE(a_small_budget_means_fewer_connections_unless_they_are_asked_for) {
    server::config settings;
    settings.memory_budget = 64 * 1024 * 1024;
    settings.threads = 2;
    const server::server as_many_as_fit(settings, acking());
    settings.admission.max_connections = 10'000;
    BOOST_CHECK_THROW(server::server(settings, acking()), std::invalid_argument);
    const server::memory_plan plan{.budget = 64 * 1024 * 1024, .threads = 2};
    BOOST_TEST(plan.connections_within(1024 * 1024) == 32U * 1024 / 6);
}

// Threads.

BOOST_AUTO_TEST_CASE(connections_come_and_go_on_many_threads_at_once) {
    server::config settings;
    settings.threads = 4;
    running_server server(acking(), settings);
    constexpr int clients = 4;
    constexpr int rounds = 300;
    std::vector<std::thread> churning;
    std::atomic<int> right = 0;
    for (int client = 0; client < clients; ++client)
        churning.emplace_back([&] {
            for (int round = 0; round < rounds; ++round) {
                raw_peer peer(server.port());
                peer.say(submit_frame(1));
                if (peer.hear(14) == ack_frame(1)) ++right;
            }
        });
    for (std::thread& one : churning) one.join();
    BOOST_TEST(right == clients * rounds);
}

BOOST_AUTO_TEST_SUITE_END()
