// Connections without frames: bytes as they come, with all that bounds, counts and ends a connection of frames.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <latch>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

io::task<void> echo(server::byte_connection& conn) {
    while (const auto some = co_await conn.read_some()) {
        const auto sent = co_await conn.write(*some);
        if (!sent) break;
    }
}

// Two bytes that say how many follow.
io::task<void> echo_exactly(server::byte_connection& conn) {
    std::array<std::byte, 2> size{};
    std::vector<std::byte> body;
    for (;;) {
        const io::transferred header = co_await conn.read_exactly(size);
        if (header.error) co_return;
        body.resize(std::to_integer<std::size_t>(size[0]) << 8 | std::to_integer<std::size_t>(size[1]));
        const io::transferred rest = co_await conn.read_exactly(body);
        const std::string said = std::to_string(rest.count) + " " + rest.error.message();
        const auto sent = co_await conn.write(rest.error ? as_bytes(said) : bytes(body));
        if (!sent) co_return;
    }
}

io::task<void> repeat_first_byte(server::byte_connection& conn) {
    std::array<std::byte, 1> one{};
    const auto count = co_await conn.read_some(one);
    if (!count) co_return;
    const auto rest = co_await conn.read_some();   // what did not fit is not lost
    if (!rest) co_return;
    const auto first = co_await conn.write(one);
    if (first) static_cast<void>(co_await conn.write(*rest));
}

server::ending ending_of(running_server& server) { return server.recorded().next_ending(); }

}   // namespace

BOOST_AUTO_TEST_SUITE(byte_connections)

BOOST_AUTO_TEST_CASE(bytes_come_back_without_waiting_for_an_end) {
    running_server server(echo);
    raw_peer peer(server.port());
    for (const std::string& data : {std::string("x"), std::string("\0\xff\r\n", 4), std::string(100'000, 'y')}) {
        BOOST_TEST_REQUIRE(peer.say(data));
        BOOST_TEST((peer.hear(data.size()) == data));
    }
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "");
    const server::ending how = ending_of(server);
    BOOST_TEST((how.why == condition::ended));
    BOOST_TEST(how.bytes_in == 100'005U);
    BOOST_TEST(how.bytes_out == 100'005U);
    BOOST_TEST(how.frames_in == 0U);
    const server::report report = server.stop();
    BOOST_TEST(report.bytes_in == 100'005U);
    BOOST_TEST(report.bytes_out == 100'005U);
    BOOST_TEST(report.text().ends_with(" drained, 0 cut; 100005 bytes in, 100005 out; 0 unanswered"));
}

BOOST_AUTO_TEST_CASE(so_many_bytes_are_read_wherever_they_were_cut) {
    running_server server(echo_exactly);
    raw_peer peer(server.port());
    for (const char letter : std::string("\0\x03"
                                         "abc"
                                         "\0\x01"
                                         "d",
                                         8))
        peer.say(std::string(1, letter));
    BOOST_TEST(peer.hear(4) == "abcd");
    peer.say(std::string("\0\x02"
                         "ef"
                         "\0\x02"
                         "gh",
                         8));
    BOOST_TEST(peer.hear(4) == "efgh");
    peer.say(std::string("\0\x09"
                         "ijk",
                         5));
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "3 " + make_error_code(errc::truncated).message());
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_for_the_next_read) {
    running_server server(repeat_first_byte);
    raw_peer peer(server.port());
    peer.say("abc");
    BOOST_TEST(peer.hear_all() == "abc");
}

BOOST_AUTO_TEST_CASE(what_is_longer_than_a_write_takes_at_once_arrives_whole) {
    static const std::string much(3'000'000, 'x');
    static std::atomic<bool> is_taken;
    static constexpr auto say_much = [](server::byte_connection& conn) -> io::task<void> {
        const auto nothing = co_await conn.write({});
        const auto sent = co_await conn.write(as_bytes(much));
        is_taken = nothing && sent;
    };
    running_server server(say_much);
    raw_peer peer(server.port());
    BOOST_TEST((peer.hear_all() == much));
    BOOST_TEST(is_taken);
    BOOST_TEST(ending_of(server).bytes_out == much.size());
}

BOOST_AUTO_TEST_CASE(what_serve_throws_ends_that_connection_only) {
    static constexpr auto throws = [](server::byte_connection& conn) -> io::task<void> {
        const auto some = co_await conn.read_some();
        if (!some) co_return;
        if (as_text(*some) == "bad") throw std::runtime_error("no such thing");
        static_cast<void>(co_await conn.write(*some));
    };
    running_server server(throws);
    raw_peer bad(server.port()), good(server.port());
    bad.say("bad");
    BOOST_TEST(bad.hear_all() == "");
    BOOST_TEST(ending_of(server).detail == "no such thing");
    good.say("good");
    BOOST_TEST(good.hear_all() == "good");
}

BOOST_AUTO_TEST_CASE(a_handle_writes_from_another_thread_and_states_are_kept) {
    std::optional<server::handle> kept;
    std::latch is_kept(1);
    const auto keep = [&](server::byte_connection& conn) {
        static constexpr auto wait = [](server::byte_connection& to) -> io::task<void> {
            to.state<int>() = 7;
            static_cast<void>(co_await to.read_some());
        };
        kept = conn.handle();
        is_kept.count_down();
        return wait(conn);
    };
    running_server server(keep);
    raw_peer peer(server.port());
    is_kept.wait();
    BOOST_TEST(kept->send_blocking(as_bytes("ahoy")).has_value());
    BOOST_TEST(peer.hear(4) == "ahoy");
    int state = 0;
    tell_each(server.get(), [&](server::context& one) { state = one.state<int>(); });
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "");
    static_cast<void>(server.stop());
    BOOST_TEST(state == 7);
}

BOOST_AUTO_TEST_CASE(bytes_are_published_to_all_as_they_are) {
    running_server server(echo);
    raw_peer one(server.port()), other(server.port());
    for (raw_peer* const peer : {&one, &other}) {
        peer->say("x");
        BOOST_TEST(peer->hear(1) == "x");
    }
    const auto news = server.get().frame_of(as_bytes("news"));
    BOOST_TEST_REQUIRE(news.has_value());
    BOOST_TEST(!server.get().try_publish(*news));
    BOOST_TEST(one.hear(4) == "news");
    BOOST_TEST(other.hear(4) == "news");
}

BOOST_AUTO_TEST_CASE(a_codec_is_refused_as_there_are_no_frames) {
    const auto refuses = [](server::config config) {
        BOOST_CHECK_EXCEPTION(server::server(config, echo), std::invalid_argument, [](const auto& error) {
            return std::string(error.what()).find("a server of bytes has no frames") != std::string::npos;
        });
    };
    refuses({.codec = frame::delimiter::lines()});
    refuses({.answer_codec = frame::delimiter::lines()});
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(bounds_of_byte_connections)

BOOST_AUTO_TEST_CASE(who_says_nothing_at_first_or_later_is_left) {
    running_server server(echo, {.limits = {.first_frame_timeout = 100ms, .idle_timeout = 200ms}});
    raw_peer silent(server.port());
    BOOST_TEST(silent.hear_all() == "");
    BOOST_TEST(ending_of(server).why == make_error_code(errc::first_frame_timeout));
    raw_peer later(server.port());
    later.say("x");
    BOOST_TEST(later.hear_all() == "x");
    BOOST_TEST(ending_of(server).why == make_error_code(errc::idle_timeout));
}

BOOST_AUTO_TEST_CASE(a_read_deadline_fails_the_read_and_loses_no_byte) {
    static std::atomic<int> why;
    static constexpr auto late = [](server::byte_connection& conn) -> io::task<void> {
        conn.set_read_deadline(io::clock::now() + 50ms);
        const auto nothing = co_await conn.read_some();
        why = nothing ? 0 : nothing.error().value();
        static_cast<void>(co_await conn.write(as_bytes("late")));
        conn.set_read_deadline(io::time_point::max());
        const auto some = co_await conn.read_some();
        if (some) static_cast<void>(co_await conn.write(*some));
    };
    running_server server(late);
    raw_peer peer(server.port());
    BOOST_TEST(peer.hear(4) == "late");
    BOOST_TEST(why == static_cast<int>(errc::read_timeout));
    peer.say("now");
    BOOST_TEST(peer.hear_all() == "now");
}

BOOST_AUTO_TEST_CASE(what_waits_for_a_slow_peer_is_bounded_and_one_that_takes_nothing_is_left) {
    static std::atomic<std::size_t> written;
    written = 0;
    static constexpr auto flood = [](server::byte_connection& conn) -> io::task<void> {
        const std::string part(16 * 1024, 'x');
        for (;;) {
            const auto sent = co_await conn.write(as_bytes(part));
            if (!sent) break;
            written += part.size();
        }
    };
    running_server server(flood, {.limits = {.outbound_cap = 64 * 1024, .write_stall_timeout = 200ms}});
    raw_peer peer(server.port());
    BOOST_TEST(ending_of(server).why == make_error_code(errc::write_stalled));
    BOOST_TEST(written < 16U * 1024 * 1024);   // the cap, and what the kernel holds
}

BOOST_AUTO_TEST_CASE(as_many_connections_as_may_are_let_in) {
    server::config config;
    config.admission.max_connections = 1;
    running_server server(echo, config);
    raw_peer one(server.port());
    one.say("x");
    BOOST_TEST(one.hear(1) == "x");
    raw_peer two(server.port());
    BOOST_TEST(two.hear_all() == "");
    BOOST_TEST(server.stop().refused.too_many_connections == 1U);
}

BOOST_AUTO_TEST_CASE(a_peer_that_never_pauses_leaves_the_others_of_its_thread_their_turns) {
    running_server server(echo, {.threads = 1});
    std::atomic<bool> is_over = false;
    std::jthread never_pauses([&] {
        raw_peer peer(server.port());
        const std::string part(16 * 1024, 'x');
        while (!is_over) {
            peer.say(part);
            static_cast<void>(peer.hear(part.size()));
        }
    });
    raw_peer peer(server.port());
    for (int i = 0; i < 100; ++i) {
        peer.say("x");
        BOOST_TEST_REQUIRE(peer.hear(1) == "x");
    }
    is_over = true;
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(a_stop_with_byte_connections)

BOOST_AUTO_TEST_CASE(what_has_arrived_is_read_and_answered_then_reading_says_stopping) {
    static std::latch* closed = nullptr;
    static std::latch* entered = nullptr;
    std::latch gate(1), inside(1);
    closed = &gate;
    entered = &inside;
    static std::atomic<int> why;
    static constexpr auto slow = [](server::byte_connection& conn) -> io::task<void> {
        auto some = co_await conn.read_some();
        entered->count_down();
        closed->wait();
        while (some) {
            const auto sent = co_await conn.write(*some);
            if (!sent) co_return;
            some = co_await conn.read_some();
        }
        why = some.error().value();
    };
    running_server server(slow);
    raw_peer peer(server.port());
    peer.say("first");
    inside.wait();
    peer.say(" and what came meanwhile");
    server.get().stop(10s);
    gate.count_down();
    BOOST_TEST(peer.hear_all() == "first and what came meanwhile");
    const server::report report = server.get().wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 1U);
    BOOST_TEST(why == static_cast<int>(errc::stopping));
}

BOOST_AUTO_TEST_CASE(who_goes_on_after_the_grace_is_cut) {
    static constexpr auto for_ever = [](server::byte_connection&) -> io::task<void> { co_await io::sleep(1h); };
    running_server server(for_ever);
    raw_peer peer(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 1; }));
    std::this_thread::sleep_for(20ms);
    const server::report report = server.stop(50ms);
    BOOST_TEST(report.forced == 1U);
    BOOST_TEST(report.exit_status() == 3);
}

BOOST_AUTO_TEST_SUITE_END()
