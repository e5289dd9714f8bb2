// How a session ends, and what its peer still gets: finish() of connection, context and handle, and what is thrown.
#include <support/in_memory.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/listener.hpp>
#include <hawser/io/stream.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <future>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// Submits are answered; this payload has the handler do `then` as well, before or after that.
constexpr std::string_view last = "last";
using deed = void (*)(server::context&);

void finish(server::context& here) { here.finish(); }
void raise(server::context&) { throw std::runtime_error("broken"); }

template <deed then>
packet::submit_ack plain(server::context& here, const packet::submit& s) {
    if (as_text(s.payload) == last) then(here);
    return {s.id, packet::outcome::ok};
}

template <deed then>
io::task<packet::submit_ack> at_once(server::context& here, const packet::submit& s) {
    if (as_text(s.payload) == last) then(here);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

template <deed then>
io::task<packet::submit_ack> later(server::context& here, const packet::submit& s) {
    const bool is_last = as_text(s.payload) == last;
    if (is_last) co_await io::sleep(1ms);
    if (is_last) then(here);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

// No coroutine itself: what it throws is thrown before there is one.
template <deed then>
io::task<packet::submit_ack> through_a_function(server::context& here, const packet::submit& s) {
    if (as_text(s.payload) == last) then(here);
    return at_once<then>(here, s);
}

server::router routed(auto handler, auto... more) {
    server::router router;
    router.on<packet::submit>(handler, more...);
    return router;
}

template <deed then>
std::array<std::pair<std::string_view, server::router>, 5> of_every_kind() {
    return {{{"plain", routed(plain<then>)},
             {"a coroutine that does not wait", routed(at_once<then>)},
             {"a coroutine that waits", routed(later<then>)},
             {"a function that returns a coroutine", routed(through_a_function<then>)},
             {"concurrent", routed(later<then>, server::concurrent(4))}}};
}

// Until not even a byte has room.
void fill(server::context& here) {
    static const std::string kilobyte(1000, 'k');
    while (!here.try_send(as_bytes(kilobyte))) {}
    while (!here.try_send(as_bytes("k"))) {}
}

const std::string three_requests = submit_frame(1) + submit_frame(2, last) + submit_frame(3);

std::string one_frame(std::string_view body) {
    byte_buffer made;
    BOOST_TEST(!frame::any_codec().encode(as_bytes(body), made));
    return std::string(as_text(made.view()));
}

// Says all of it at once, hears what comes until the end, and how that is told.
io::task<void> talk(io::transport carrier, std::string says, std::string& heard, error_code& end,
                    server::server& server) {
    io::stream peer(std::move(carrier));
    const io::transferred said = co_await peer.write_all(as_bytes(says));
    BOOST_TEST(!said.error);
    std::array<std::byte, 256> room{};
    while (!end) {
        const result<std::size_t> count = co_await peer.read_some(room);
        if (count) heard += as_text(bytes(room).first(*count));
        else end = count.error();
    }
    peer.close();
    server.stop(1s);
}

std::string hear_in_memory(const server::router& router, error_code& end) {
    end = {};
    in_memory world(router);
    std::string heard;
    auto carrier = world.door->connect(world.context.get_executor());
    io::asio::co_spawn(world.context.get_executor(),
                       talk(std::move(*carrier), three_requests, heard, end, world.server), rethrow);
    world.run();
    return heard;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(session_ends)

BOOST_AUTO_TEST_CASE(finish_loses_no_answer_and_handles_nothing_more) {
    for (const auto& [kind, router] : of_every_kind<finish>()) {
        BOOST_TEST_CONTEXT(kind) {
            running_server server(router);
            raw_peer peer(server.port());
            peer.say(three_requests);
            const std::string heard = peer.hear_all();
            // It was under way.
            if (kind == "concurrent") BOOST_TEST(heard == ack_frame(1) + ack_frame(3) + ack_frame(2));
            else BOOST_TEST(heard == ack_frame(1) + ack_frame(2));
            peer.close_write();
            BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
            BOOST_TEST(server.stop().exit_status() == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(finish_is_the_end_of_the_stream_for_a_peer_in_memory) {
    error_code end;
    BOOST_TEST(hear_in_memory(routed(plain<finish>), end) == ack_frame(1) + ack_frame(2));
    BOOST_TEST(end == make_error_code(errc::end_of_stream), end.message());
    BOOST_TEST(hear_in_memory(routed(later<finish>), end) == ack_frame(1) + ack_frame(2));
    BOOST_TEST(end == make_error_code(errc::end_of_stream), end.message());
}

BOOST_AUTO_TEST_CASE(what_is_thrown_loses_no_earlier_answer) {
    for (const auto& [kind, router] : of_every_kind<raise>()) {
        BOOST_TEST_CONTEXT(kind) {
            running_server server(router);
            raw_peer peer(server.port());
            peer.say(submit_frame(1) + submit_frame(2, last));
            BOOST_TEST(peer.hear_all() == ack_frame(1));
            BOOST_TEST(server.recorded().next_ending().text() == "a handler threw: broken");
        }
    }
    error_code end;
    BOOST_TEST(hear_in_memory(routed(plain<raise>), end) == ack_frame(1));
}

BOOST_AUTO_TEST_CASE(what_serve_throws_loses_nothing_that_was_sent) {
    static constexpr auto serve = [](server::connection& conn) -> io::task<void> {
        static_cast<void>(conn.try_send(as_bytes("hello")));
        throw std::runtime_error("broken");
        co_return;
    };
    running_server server(serve);
    raw_peer peer(server.port());
    BOOST_TEST(peer.hear_all() == one_frame("hello"));
    BOOST_TEST(server.recorded().next_ending().text() == "a handler threw: broken");
}

BOOST_AUTO_TEST_CASE(all_that_waits_for_a_slow_peer_still_reaches_it) {
    server::router router;
    router.on<packet::submit>([](server::context& here, const packet::submit& s) {
        fill(here);
        here.finish();
        return packet::submit_ack{s.id, packet::outcome::ok};   // has no room, and waits for it
    });
    running_server server(router, {.sockets = {.send_buffer = 16 * 1024}});
    raw_peer peer(server.port());
    peer.receive_little(64 * 1024);
    peer.say(submit_frame(1) + submit_frame(2));
    const std::string heard = peer.hear_all();
    BOOST_TEST(heard.size() > 1'000'000U);
    BOOST_TEST(heard.ends_with(ack_frame(1)));
}

BOOST_AUTO_TEST_CASE(a_peer_that_takes_nothing_is_left_after_the_write_stall_time_out) {
    server::router router;
    router.on<packet::submit>([](server::context& here, const packet::submit&) {
        fill(here);
        here.finish();
    });
    running_server server(router, {.limits = {.write_stall_timeout = 50ms}});
    raw_peer peer(server.port());
    peer.receive_little();
    peer.say(submit_frame(1));
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_CASE(a_session_that_waits_for_its_peer_is_finished_by_a_handle_and_by_each) {
    for (const bool by_handle : {true, false}) {
        std::promise<server::handle> met;
        server::router router = acking();
        router.on_open([&met](server::context& here) { met.set_value(here.handle()); });
        running_server server(router);
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
        const server::handle to = met.get_future().get();
        if (by_handle) to.finish();
        else tell_each(server.get(), [](server::context& here) { here.finish(); });
        BOOST_TEST(peer.hear_all() == "");
        to.finish();   // again, and in vain
        peer.close_write();
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
        to.finish();   // it is gone
    }
}

BOOST_AUTO_TEST_CASE(a_finish_waits_for_the_handler_that_is_under_way) {
    std::promise<server::handle> begun;
    static std::promise<server::handle>* began = nullptr;
    began = &begun;
    static constexpr auto slow = [](server::context& here, const packet::submit& s) -> io::task<packet::submit_ack> {
        began->set_value(here.handle());
        co_await io::sleep(20ms);
        co_return packet::submit_ack{s.id, packet::outcome::ok};
    };
    running_server server(routed(slow));
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    begun.get_future().get().finish();
    BOOST_TEST(peer.hear_all() == ack_frame(1));
}

BOOST_AUTO_TEST_CASE(serve_reads_nothing_more_after_a_finish_and_what_it_sends_leaves) {
    static constexpr auto serve = [](server::connection& conn) -> io::task<void> {
        const auto first = co_await conn.read_frame();
        if (!first) co_return;
        conn.finish();
        const auto second = co_await conn.read_frame();
        const std::string told = second ? "another frame" : second.error().message();
        const auto sent = co_await conn.send(as_bytes(told));
        if (!sent) throw std::runtime_error(sent.error().message());   // Boost.Test is for one thread
    };
    running_server server(serve);
    raw_peer peer(server.port());
    peer.say(one_frame("one") + one_frame("two"));
    BOOST_TEST(peer.hear_all() == one_frame(make_error_code(errc::closed).message()));
    peer.close_write();
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_CASE(who_is_refused_gets_its_answer_also_where_the_outbox_is_full) {
    server::router router;
    router.greeting<packet::conn>([](server::context& here, const packet::conn& said) {
        fill(here);
        return server::entry<packet::conn_ack>{{said.id, packet::outcome::error}};
    });
    running_server server(router, {.sockets = {.send_buffer = 16 * 1024}});
    raw_peer peer(server.port());
    peer.receive_little(64 * 1024);
    peer.say(wire(packet::conn{id_of(1), {}}) + submit_frame(2));
    const std::string heard = peer.hear_all();
    BOOST_TEST(heard.size() > 1'000'000U);
    BOOST_TEST(heard.ends_with(wire(packet::conn_ack{id_of(1), packet::outcome::error})));
    peer.close_write();
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::refused));
}

BOOST_AUTO_TEST_CASE(close_after_a_finish_ends_at_once) {
    std::promise<server::handle> met;
    server::router router;
    router.on_open([&met](server::context& here) { met.set_value(here.handle()); });
    running_server server(router, {.linger = 60s});
    raw_peer peer(server.port());
    const server::handle to = met.get_future().get();
    to.finish();
    BOOST_TEST(peer.hear_all() == "");   // and it does not close its half
    to.close();
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_SUITE_END()
