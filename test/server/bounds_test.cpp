// What a server bounds beside frames: a handler's time, a connection's life, a peer's silence, pushes.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

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

server::config with(io::duration server::config::* which, io::duration value) {
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
        const auto frame = from.frame_of(packet::submit{id_of(static_cast<std::uint32_t>(number + 1)),
                                                        as_bytes(payload)});
        size += (*frame)->size();
        tell_each(from, [made = *frame](server::context& client) { static_cast<void>(client.try_push(made)); });
    }
    return size;
}

constexpr int more_than_a_kernel_takes = 16 * 1024;

}   // namespace

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
    BOOST_TEST(server.stop().exit_status() == 0);
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
    for (int part = 0; part < 100; ++part) {         // more than twice as long as for one that takes nothing
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
        if (client.peer().number == 1) throw std::runtime_error("not this one");
    });
    BOOST_TEST(first.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().detail == "not this one");
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
