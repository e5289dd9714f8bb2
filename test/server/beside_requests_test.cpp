// What a connection has beside its requests: tasks of its own, deadlines of its own, the server it belongs to.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

std::atomic<int> running_now = 0;

// Sends a number every millisecond until its connection is to end.
io::task<void> ticker(server::handle to, std::stop_token stop) {
    ++running_now;
    for (std::uint32_t number = 1; !stop.stop_requested(); ++number) {
        const packet::ping beat{id_of(number)};
        if (!co_await to.send(beat)) break;
        co_await io::sleep(1ms);
    }
    --running_now;
}

io::task<void> until_told(std::stop_token stop) {
    while (!stop.stop_requested()) co_await io::sleep(1ms);
}

// A child for each submit; the answer says whether there was room.
server::router spawning(io::task<void> (*child)(server::context&)) {
    server::router routes;
    routes.on<packet::submit>([child](server::context& here, const packet::submit& asked) {
        const error_code error = here.spawn(child(here));
        return packet::submit_ack{asked.id, error ? packet::outcome::error : packet::outcome::ok};
    });
    return routes;
}

std::string refused_frame(std::uint32_t number) {
    return wire(packet::submit_ack{id_of(number), packet::outcome::error});
}

}   // namespace

BOOST_AUTO_TEST_SUITE(beside_requests)

BOOST_AUTO_TEST_CASE(a_child_runs_beside_the_requests_of_its_connection_and_ends_with_it) {
    running_server server(spawning([](server::context& here) { return ticker(here.handle(), here.stop_token()); }));
    {
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        const std::string tick = wire(packet::ping{id_of(1)});
        const std::string heard = peer.hear(14 + 3 * tick.size());
        BOOST_TEST(heard.find(ack_frame(1)) != std::string::npos);
        BOOST_TEST(heard.find(wire(packet::ping{id_of(2)})) != std::string::npos);
        BOOST_TEST(running_now == 1);
    }
    static_cast<void>(server.recorded().next_ending());   // which comes when the child has ended
    BOOST_TEST(running_now == 0);
}

BOOST_AUTO_TEST_CASE(a_connection_waits_for_its_children_at_a_stop) {
    running_server server(spawning([](server::context& here) { return ticker(here.handle(), here.stop_token()); }));
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14).size() == 14U);
    const server::report done = server.stop();
    BOOST_TEST(done.forced == 0U);
    BOOST_TEST(running_now == 0);
}

BOOST_AUTO_TEST_CASE(a_connection_has_as_many_children_as_the_config_says) {
    server::config settings;
    settings.max_children = 2;
    running_server server(spawning([](server::context& here) { return until_told(here.stop_token()); }), settings);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2) + submit_frame(3) + submit_frame(4));
    const std::string want = ack_frame(1) + ack_frame(2) + refused_frame(3) + refused_frame(4);
    BOOST_TEST(peer.hear(want.size()) == want);
    raw_peer other(server.port());
    other.say(submit_frame(1));
    BOOST_TEST(other.hear(14) == ack_frame(1));
}

BOOST_AUTO_TEST_CASE(a_child_that_has_ended_makes_room_for_another) {
    server::config settings;
    settings.max_children = 1;
    running_server server(spawning([](server::context&) -> io::task<void> { co_return; }), settings);
    raw_peer peer(server.port());
    for (std::uint32_t number = 1; number < 5; ++number) {
        peer.say(submit_frame(number));
        BOOST_TEST(peer.hear(14) == ack_frame(number));
    }
}

BOOST_AUTO_TEST_CASE(a_child_that_throws_ends_its_connection) {
    running_server server(spawning([](server::context&) -> io::task<void> {
        co_await io::sleep(1ms);
        throw std::runtime_error("broken");
    }));
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.why == make_error_code(server::errc::handler_failed));
    BOOST_TEST(end.detail == "broken");
}

BOOST_AUTO_TEST_CASE(a_child_is_no_reason_to_wait_longer_for_a_silent_peer) {
    running_server server(spawning([](server::context& here) { return until_told(here.stop_token()); }),
                          {.limits = {.idle_timeout = 200ms}});
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(hawser::errc::idle_timeout));
}

namespace {

io::task<void> asks_late(server::connection& conn) {
    co_await io::sleep(50ms);
    while (!conn.stop_token().stop_requested()) co_await io::sleep(1ms);
}

}   // namespace

BOOST_AUTO_TEST_CASE(a_child_that_asks_late_whether_it_is_to_end_is_told_so) {
    static constexpr auto serve = [](server::connection& conn) -> io::task<void> {
        static_cast<void>(conn.spawn(asks_late(conn)));
        co_return;
    };
    running_server server(serve);
    { const raw_peer peer(server.port()); }
    static_cast<void>(server.recorded().next_ending());   // or it would throw
}

BOOST_AUTO_TEST_CASE(a_serve_coroutine_has_children_too) {
    static constexpr auto serve = [](server::connection& conn) -> io::task<void> {
        const error_code error = conn.spawn(ticker(conn.handle(), conn.stop_token()));
        if (error) throw boost::system::system_error(error);
        while (co_await conn.read_frame()) {}
    };
    running_server server(serve);
    {
        raw_peer peer(server.port());
        const std::string tick = wire(packet::ping{id_of(1)});
        BOOST_TEST(peer.hear(tick.size()) == tick);
        peer.close_write();
        static_cast<void>(peer.hear_all());
    }
    static_cast<void>(server.recorded().next_ending());
    BOOST_TEST(running_now == 0);
}

BOOST_AUTO_TEST_CASE(a_router_sets_a_read_deadline_until_its_peer_has_said_who_it_is) {
    server::router routes = acking();
    routes.on_open([](server::context& here) { here.set_read_deadline(io::clock::now() + 500ms); });
    routes.greeting<packet::conn>([](server::context& here, const packet::conn& said) {
        here.set_read_deadline(io::time_point::max());
        return server::entry<packet::conn_ack>{{said.id}, server::anybody()};
    });
    running_server server(routes);
    raw_peer known(server.port());
    known.say(wire(packet::conn{id_of(1), {}}));
    BOOST_TEST(known.hear(14).size() == 14U);
    raw_peer silent(server.port());
    BOOST_TEST(silent.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(hawser::errc::read_timeout));
    known.say(submit_frame(2));
    BOOST_TEST(known.hear(14) == ack_frame(2));
}

BOOST_AUTO_TEST_CASE(a_handler_publishes_to_all_others_of_its_server) {
    server::router routes;
    routes.on<packet::submit>([](server::context& here, const packet::submit& asked) {
        const auto frame = here.server().frame_of(packet::ping{asked.id});
        const error_code error = here.server().try_publish(*frame, {}, here.peer().number);
        return packet::submit_ack{asked.id, error ? packet::outcome::error : packet::outcome::ok};
    });
    running_server server(routes);
    raw_peer listener(server.port());
    raw_peer speaker(server.port());
    BOOST_REQUIRE(eventually([&] { return server.get().handle().connections() == 2; }));
    BOOST_TEST(server.get().handle().ready());
    std::string heard;
    BOOST_TEST(eventually([&] {   // once the other has begun on its thread
        speaker.say(submit_frame(1));
        return speaker.hear(14) == ack_frame(1) && !listener.hear_without_waiting(heard) && !heard.empty();
    }));
    BOOST_TEST(heard.starts_with(wire(packet::ping{id_of(1)})));
}

BOOST_AUTO_TEST_CASE(a_handle_of_a_server_that_has_ended_harms_nobody) {
    server::server_handle kept;
    {
        running_server server(acking());
        kept = server.get().handle();
        BOOST_TEST(kept.ready());
    }
    const packet::ping beat{id_of(1)};
    BOOST_TEST(kept.frame_of(beat).error() == make_error_code(hawser::errc::stopping));
    BOOST_TEST(kept.each([](server::context&) {}) == make_error_code(hawser::errc::stopping));
    BOOST_TEST(kept.connections() == 0U);
    BOOST_TEST(!kept.ready());
    kept.stop();
}

BOOST_AUTO_TEST_CASE(another_thread_pushes_without_waiting_and_learns_that_the_connection_is_gone) {
    std::promise<server::handle> first;
    server::router routes = acking();
    routes.on_open([&first](server::context& here) { first.set_value(here.handle()); });
    running_server server(routes);
    server::handle to;
    const frame::shared_frame tick = *server.get().frame_of(packet::ping{id_of(7)});
    {
        raw_peer peer(server.port());
        to = first.get_future().get();
        for (int i = 0; i < 3; ++i) BOOST_TEST(!to.try_push(tick));
        const std::string one = wire(packet::ping{id_of(7)});
        BOOST_TEST(peer.hear(3 * one.size()) == one + one + one);
    }
    static_cast<void>(server.recorded().next_ending());
    BOOST_REQUIRE(eventually([&] { return to.expired(); }));
    BOOST_TEST(to.try_push(tick) == make_error_code(hawser::errc::closed));
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_busy_takes_so_many_pushes_and_no_more) {
    std::promise<server::handle> first;
    std::promise<void> go_on;
    server::router routes;
    routes.on_open([&](server::context& here) {
        first.set_value(here.handle());
        go_on.get_future().wait();
    });
    running_server server(routes, {.threads = 1});
    const frame::shared_frame tick = *server.get().frame_of(packet::ping{id_of(7)});
    raw_peer peer(server.port());
    const server::handle to = first.get_future().get();
    std::size_t taken = 0;
    error_code error;
    while (!(error = to.try_push(tick)) && taken < 10'000'000) ++taken;
    go_on.set_value();
    BOOST_TEST(error == make_error_code(hawser::errc::outbox_full));
    BOOST_TEST(taken > 0U);
    const std::string one = wire(packet::ping{id_of(7)});
    BOOST_TEST(peer.hear(one.size()) == one);
}

BOOST_AUTO_TEST_SUITE_END()
