// What a client of the default protocol sees, byte by byte.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(conversation)

io::task<void> echo(server::connection& conn) {
    while (auto body = co_await conn.read_frame())
        if (auto sent = co_await conn.send(*body); !sent) break;
}

BOOST_AUTO_TEST_CASE(the_worked_example_of_the_wire_format_is_answered_byte_for_byte) {
    running_server server(acking());
    raw_peer peer(server.port());
    peer.say({"\x00\x00\x00\x10\x02"
              "00000001"
              "abc",
              16});
    BOOST_TEST(peer.hear(14) == std::string("\x00\x00\x00\x0e\x82"
                                            "00000001"
                                            "\x00",
                                            14));
}

BOOST_AUTO_TEST_CASE(a_serve_coroutine_echoes_frames_the_go_way) {
    running_server server(echo);
    raw_peer peer(server.port());
    const std::string frame = submit_frame(7, "whatever");
    for (int round = 0; round < 3; ++round) {
        peer.say(frame);
        BOOST_TEST(peer.hear(frame.size()) == frame);
    }
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "");
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST((end.why == condition::ended));
    BOOST_TEST(end.frames_in == 3U);
    BOOST_TEST(end.frames_out == 3U);
}

// The same with one wait for all that has arrived; what is put leaves then.
io::task<void> echo_what_has_arrived(server::connection& conn) {
    error_code over;
    while (!over) {
        while (const auto body = conn.next_frame()) {
            if (!conn.put(*body)) continue;
            const auto sent = co_await conn.send(*body);   // there was no room: it waits for some
            if (!sent) co_return;
        }
        over = co_await conn.fill();
    }
}

BOOST_AUTO_TEST_CASE(a_loop_over_what_has_arrived_answers_all_of_it_in_order) {
    running_server server(echo_what_has_arrived, {.limits = {.outbound_cap = 256}});
    raw_peer peer(server.port());
    std::string said;
    for (std::uint32_t number = 1; number <= 500; ++number) said += submit_frame(number, "whatever");
    peer.say(said);
    BOOST_TEST((peer.hear(said.size()) == said));
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "");
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST((end.why == condition::ended), end.text());
    BOOST_TEST(end.frames_out == 500U);
}

io::task<void> puts_two_acks(server::connection& conn) {
    if (const error_code over = co_await conn.fill(); over) co_return;
    for (const std::uint32_t number : {1U, 2U})
        if (conn.put(packet::submit_ack{id_of(number)})) co_return;
    const auto rest = co_await conn.read_frame();
    static_cast<void>(rest);
}

BOOST_AUTO_TEST_CASE(packets_that_are_put_leave_when_more_is_waited_for) {
    running_server server(puts_two_acks);
    raw_peer peer(server.port());
    peer.say(submit_frame(1).substr(0, 3));   // no frame yet, but something to be read
    BOOST_TEST(peer.hear(28) == ack_frame(1) + ack_frame(2));
}

// On a thread of the server, where Boost.Test must not be used: it ends with an exception that says what was wrong.
void must_be(bool so, const char* what) {
    if (!so) throw std::runtime_error(what);
}

io::task<void> say_goodbye_and_listen(server::connection& conn) {
    const std::string goodbye = "goodbye!";
    const result<void> sent = co_await conn.send(as_bytes(goodbye));
    must_be(sent && conn.unwritten() == 1U, "one frame waits");
    const result<void> closed = co_await conn.close_write();
    must_be(closed && conn.unwritten() == 0U, "it is written first");
    const result<void> more = co_await conn.send(as_bytes(goodbye));
    must_be(!more && more.error() == make_error_code(errc::closed), "nothing more is taken");
    while (auto body = co_await conn.read_frame()) {}
}

BOOST_AUTO_TEST_CASE(a_serve_coroutine_that_closes_its_sending_half_still_reads) {
    running_server server(say_goodbye_and_listen);
    raw_peer peer(server.port());
    BOOST_TEST(peer.hear_all().ends_with("goodbye!"));   // until the end of that half
    peer.say(submit_frame(1) + submit_frame(2));
    peer.close_write();
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST((end.why == condition::ended), end.text());
    BOOST_TEST(end.frames_in == 2U);
    BOOST_TEST(end.frames_out == 1U);
}

BOOST_AUTO_TEST_CASE(conn_and_ping_are_answered_without_a_handler_and_a_pong_is_taken) {
    running_server server(acking());
    raw_peer peer(server.port());
    for (std::uint32_t number : {1U, 2U}) {
        const std::string want = wire(packet::conn_ack{id_of(number), packet::outcome::ok});
        peer.say(wire(packet::conn{id_of(number), {}}));
        BOOST_TEST(peer.hear(want.size()) == want);
    }
    peer.say(wire(packet::pong{id_of(9)}) + wire(packet::ping{id_of(10)}));
    const std::string want = wire(packet::pong{id_of(10)});
    BOOST_TEST(peer.hear(want.size()) == want);
}

BOOST_AUTO_TEST_CASE(ten_thousand_submits_in_one_write_are_all_acked_in_order) {
    running_server server(acking());
    raw_peer peer(server.port());
    std::string request;
    std::string answer;
    for (std::uint32_t number = 1; number <= 10'000; ++number) {
        request += submit_frame(number);
        answer += ack_frame(number);
    }
    std::thread speaker([&] { peer.say(request); });
    const bool same = peer.hear(answer.size()) == answer;
    speaker.join();
    BOOST_TEST(same);
}

BOOST_AUTO_TEST_CASE(one_byte_at_a_time_is_as_good_as_all_at_once) {
    running_server server(acking());
    raw_peer peer(server.port());
    for (const char octet : submit_frame(1) + submit_frame(2, "")) peer.say({&octet, 1});
    BOOST_TEST(peer.hear(28) == ack_frame(1) + ack_frame(2));
}

BOOST_AUTO_TEST_CASE(who_closes_its_sending_half_gets_all_its_answers_and_then_the_end) {
    running_server server(acking());
    raw_peer peer(server.port());
    std::string answers;
    for (std::uint32_t number = 1; number <= 500; ++number) {
        peer.say(submit_frame(number));
        answers += ack_frame(number);
    }
    peer.close_write();
    BOOST_TEST(peer.hear_all() == answers);
    BOOST_TEST((server.recorded().next_ending().why == condition::ended));
}

BOOST_AUTO_TEST_CASE(ids_wrap_around_and_need_be_neither_digits_nor_unique) {
    running_server server(acking());
    raw_peer peer(server.port());
    packet::serial serial(packet::serial::last);
    const packet::id last = serial.next();
    const packet::id first = serial.next();
    const packet::id odd{{'\0', '\xff', 'a', '\n', '"', '\\', ' ', '\x7f'}};
    for (const packet::id& id : {last, first, odd, odd}) {
        peer.say(wire(packet::submit{id, {}}));
        const std::string want = wire(packet::submit_ack{id, packet::outcome::ok});
        BOOST_TEST(peer.hear(want.size()) == want);
    }
}

BOOST_AUTO_TEST_CASE(the_largest_frame_is_served_and_one_byte_more_is_not) {
    running_server server(echo, {.codec = frame::length_field::prefix_self(4, 100'000)});
    const std::string largest = submit_frame(1, std::string(100'000 - 13, 'x'));
    {
        raw_peer peer(server.port());
        std::thread speaker([&] { peer.say(largest); });
        const bool same = peer.hear(largest.size()) == largest;
        speaker.join();
        BOOST_TEST(same);
    }
    static_cast<void>(server.recorded().next_ending());
    raw_peer peer(server.port());
    peer.say(submit_frame(1, std::string(100'001 - 13, 'x')));
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::too_long));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(time_outs)

BOOST_AUTO_TEST_CASE(a_client_that_says_nothing_is_cut_by_the_first_packet_timeout) {
    running_server server(acking(), {.limits = {.first_frame_timeout = 20ms}});
    raw_peer peer(server.port());
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::first_frame_timeout));
}

BOOST_AUTO_TEST_CASE(an_unfinished_frame_is_cut_by_the_frame_timeout_however_it_dribbles) {
    running_server server(acking(), {.limits = {.frame_timeout = 50ms, .idle_timeout = 20s}});
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    for (const char octet : submit_frame(2, std::string(2000, 'x'))) {
        if (!peer.say({&octet, 1})) break;
        std::this_thread::sleep_for(1ms);
    }
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::frame_timeout));
}

BOOST_AUTO_TEST_CASE(silence_is_cut_by_the_idle_timeout) {
    running_server server(acking(), {.limits = {.idle_timeout = 30ms}});
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::idle_timeout));
}

io::task<void> flood(server::connection& conn) {
    const std::string block(60'000, 'x');
    while (auto sent = co_await conn.send(as_bytes(block))) {}
}

BOOST_AUTO_TEST_CASE(who_never_reads_is_cut_by_the_write_stall_timeout_and_holds_no_more_than_the_cap) {
    running_server server(flood, {.codec = frame::length_field::prefix_self(4, 65'536),
                                  .limits = {.outbound_cap = 100'000, .write_stall_timeout = 50ms}});
    raw_peer peer(server.port());
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::write_stalled));
    BOOST_TEST(eventually([&] { return server.get().connections() == 0; }));
}

BOOST_AUTO_TEST_SUITE_END()
