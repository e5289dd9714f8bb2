// Whatever is thrown, wherever the user's code can throw it: that session ends, and nobody else's.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

enum class kind { error, number, no_memory, system };
constexpr std::array every_kind = {kind::error, kind::number, kind::no_memory, kind::system};

std::atomic<kind> thrown_now;
std::atomic<bool> armed;   // for the hook that sees no packet

[[noreturn]] void raise() {
    switch (thrown_now.load()) {
        case kind::error: throw std::runtime_error("broken");
        case kind::number: throw 42;
        case kind::no_memory: throw std::bad_alloc();
        case kind::system: break;
    }
    throw std::system_error(std::make_error_code(std::errc::io_error), "disk");
}

std::string_view told_of(kind thrown) {
    switch (thrown) {
        case kind::error: return "a handler threw: broken";
        case kind::number: return "a handler threw: something that is no std::exception";
        case kind::no_memory: return "a handler threw: std::bad_alloc";
        case kind::system: break;
    }
    return "a handler threw: disk: Input/output error";
}

// Packets with this payload make handlers throw; all others are acked.
constexpr std::string_view trigger = "throw";

void raise_if(bytes payload) {
    if (as_text(payload) == trigger) raise();
}

packet::submit_ack plain(server::context&, const packet::submit& s) {
    raise_if(s.payload);
    return {s.id, packet::outcome::ok};
}

io::task<packet::submit_ack> before_an_await(server::context&, const packet::submit& s) {
    raise_if(s.payload);
    co_await io::sleep(1ms);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

io::task<packet::submit_ack> after_an_await(server::context&, const packet::submit& s) {
    co_await io::sleep(1ms);
    raise_if(s.payload);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

io::task<void> inner(bytes payload) {
    co_await io::sleep(1ms);
    raise_if(payload);
}

io::task<packet::submit_ack> in_an_awaited_coroutine(server::context&, const packet::submit& s) {
    co_await inner(s.payload);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

io::task<void> serve_and_throw_at_once(server::connection& conn) {
    if (armed.exchange(false)) raise();
    while (const auto body = co_await conn.read_frame())
        if (const auto sent = co_await conn.send(*body); !sent) break;
}

io::task<void> serve_and_throw_later(server::connection& conn) {
    while (const auto body = co_await conn.read_frame()) {
        if (as_text(*body).ends_with(trigger)) raise();
        if (const auto sent = co_await conn.send(*body); !sent) break;
    }
}

// A connection is served.
void assert_served(raw_peer& peer, bool echoes) {
    const std::string want = echoes ? submit_frame(1) : ack_frame(1);
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(want.size()) == want);
}

// One that throws among others: what it says, and what it hears before its end.
struct thrower {
    std::string says = submit_frame(1, trigger);
    std::string hears = {};
    bool echoes = false;    // what the good ones get
    bool at_once = false;   // it throws before anything was said
};

template <class Service>
void ends_only_its_own_session(std::string_view where, const Service& service, const thrower& how = {}) {
    for (const kind thrown : every_kind) {
        BOOST_TEST_CONTEXT(where << ", " << told_of(thrown)) {
            thrown_now = thrown;
            running_server server(service, {.linger = 100ms});   // the good ones stay until it has ended
            raw_peer before(server.port());
            assert_served(before, how.echoes);
            armed = how.at_once;
            raw_peer bad(server.port());
            bad.say(how.says);
            bad.close_write();
            BOOST_TEST(bad.hear_all() == how.hears);
            const server::ending end = server.recorded().next_ending();
            BOOST_TEST(end.why == make_error_code(server::errc::handler_failed));
            BOOST_TEST(end.text() == told_of(thrown));
            raw_peer after(server.port());
            assert_served(after, how.echoes);
            assert_served(before, how.echoes);
            BOOST_TEST(server.stop().exit_status() == 0);
        }
    }
}

server::router routed(auto handler, auto... more) {
    server::router router;
    router.on<packet::submit>(handler, more...);
    return router;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(exceptions)

BOOST_AUTO_TEST_CASE(from_a_handler_end_its_session_only) {
    ends_only_its_own_session("plain handler", routed(plain));
    ends_only_its_own_session("coroutine before an await", routed(before_an_await));
    ends_only_its_own_session("coroutine after an await", routed(after_an_await));
    ends_only_its_own_session("coroutine that a handler awaits", routed(in_an_awaited_coroutine));
    ends_only_its_own_session("concurrent before an await", routed(before_an_await, server::concurrent(4)));
    ends_only_its_own_session("concurrent after an await", routed(after_an_await, server::concurrent(4)));
}

BOOST_AUTO_TEST_CASE(from_a_hook_end_its_session_only) {
    server::router opening = acking();
    opening.on_open([](server::context&) {
        if (armed.exchange(false)) raise();
    });
    ends_only_its_own_session("on_open", opening, {.at_once = true});

    server::router greeting = acking();
    greeting.greeting<packet::conn>([](server::context&, const packet::conn& said) {
        raise_if(said.payload);
        return server::entry<packet::conn_ack>{{said.id}, server::anybody()};
    });
    ends_only_its_own_session("greeting", greeting, {.says = wire(packet::conn{id_of(1), as_bytes(trigger)})});

    server::router closing = acking();
    closing.on_close([](server::context&, const server::ending&) {
        if (armed.exchange(false)) raise();
    });
    ends_only_its_own_session("on_close", closing, {.hears = ack_frame(1), .at_once = true});
}

BOOST_AUTO_TEST_CASE(from_a_serve_coroutine_end_its_session_only) {
    ends_only_its_own_session("at once", serve_and_throw_at_once, {.echoes = true, .at_once = true});
    ends_only_its_own_session("later", serve_and_throw_later, {.echoes = true});
}

BOOST_AUTO_TEST_CASE(answers_that_were_given_before_still_leave) {
    thrown_now = kind::error;
    running_server server(routed(plain));
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    BOOST_TEST(peer.hear(28) == ack_frame(1) + ack_frame(2));
    peer.say(submit_frame(3) + submit_frame(4, trigger) + submit_frame(5));
    BOOST_TEST(peer.hear_all() == ack_frame(3));
}

BOOST_AUTO_TEST_CASE(of_several_concurrent_calls_end_the_session_once) {
    thrown_now = kind::error;
    running_server server(routed(after_an_await, server::concurrent(4)));
    raw_peer peer(server.port());
    std::string request;
    for (std::uint32_t number = 1; number <= 20; ++number) request += submit_frame(number, trigger);
    peer.say(request);
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::handler_failed));
    BOOST_TEST(server.stop().accepted == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
