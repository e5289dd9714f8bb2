#include "support/print.hpp"
#include "support/run.hpp"

#include <hawser/io/datagram_socket.hpp>
#include <hawser/packet/packets.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using test::together;

address at(std::string_view text) { return *address::parse(text); }

address at(std::string_view network_and_host, std::uint16_t port) {
    return at(std::string(network_and_host) + ":" + std::to_string(port));
}

std::unique_ptr<datagram_socket> bound(const executor& on, std::string_view where = "udp:127.0.0.1:0") {
    auto made = listen_datagrams(on, at(where));
    BOOST_TEST_REQUIRE(made.has_value(), where << ": " << (made ? "" : made.error().message()));
    return std::move(*made);
}

task<std::unique_ptr<datagram_socket>> dialled(address where) {
    auto made = co_await dial_datagrams(std::move(where), test::long_enough);
    BOOST_TEST_REQUIRE(made.has_value());
    co_return std::move(*made);
}

task<void> send_to(datagram_socket& from, std::string_view text, endpoint to) {
    const error_code error = co_await from.send_to(as_bytes(text), to);
    BOOST_TEST(!error, error.message());
}

// The next datagram as text, and who it is from.
task<std::string> receive(datagram_socket& at, endpoint* from = nullptr) {
    std::array<std::byte, 64> room{};
    const result<datagram_socket::received> got = co_await at.receive_from(room);
    BOOST_TEST_REQUIRE(got.has_value(), (got ? "" : got.error().message()));
    BOOST_TEST(!got->truncated);
    if (from != nullptr) *from = got->from;
    co_return std::string(as_text(bytes(room).first(got->count)));
}

task<error_code> receive_error(datagram_socket& at) {
    std::array<std::byte, 64> room{};
    const result<datagram_socket::received> got = co_await at.receive_from(room);
    co_return got ? error_code() : got.error();
}

task<void> expects(datagram_socket& at, std::string_view right) {
    const std::string got = co_await receive(at);
    BOOST_TEST(got == right);
}

task<void> expects_error(datagram_socket& at, error_code right) {
    const error_code error = co_await receive_error(at);
    BOOST_TEST(error == right, error.message());
}

// Two sockets of this machine that know of each other.
using conversation = task<void> (*)(datagram_socket& one, datagram_socket& other);

void between_two(conversation talk) {
    asio::io_context context;
    const auto one = bound(context.get_executor()), other = bound(context.get_executor());
    test::run(context, talk(*one, *other));
    test::expect_nothing_left(context);
}

task<void> datagrams_keep_their_ends(datagram_socket& one, datagram_socket& other) {
    for (const std::string_view text : {"first", "", "third"}) co_await send_to(one, text, other.local());
    for (const std::string_view text : {"first", "", "third"}) {
        endpoint from;
        const std::string got = co_await receive(other, &from);
        BOOST_TEST(got == text);
        BOOST_TEST(from.text() == one.local().text());
        co_await send_to(other, "answer to " + got, from);
    }
    co_await expects(one, "answer to first");
    co_await expects(one, "answer to ");
    co_await expects(one, "answer to third");
}

task<void> a_small_buffer(datagram_socket& one, datagram_socket& other) {
    co_await send_to(one, "too long for three", other.local());
    co_await send_to(one, "xyz", other.local());
    std::array<std::byte, 3> room{};
    for (const auto& [text, truncated] : {std::pair("too", true), std::pair("xyz", false)}) {
        const result<datagram_socket::received> got = co_await other.receive_from(room);
        BOOST_TEST_REQUIRE(got.has_value());
        BOOST_TEST(got->count == 3U);
        BOOST_TEST(got->truncated == truncated);
        BOOST_TEST(as_text(room) == text);
    }
}

task<void> long_ones(datagram_socket& one, datagram_socket& other) {
    const std::string longest(datagram_socket::max_datagram, 'x');
    co_await send_to(one, longest, other.local());
    std::vector<std::byte> room(datagram_socket::max_datagram);
    const result<datagram_socket::received> got = co_await other.receive_from(room);
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST((got->count == longest.size() && !got->truncated));
    const std::string too_long(datagram_socket::max_datagram + 1, 'x');
    const error_code refused = co_await one.send_to(as_bytes(too_long), other.local());
    BOOST_TEST((refused == asio::error::message_size));
    BOOST_TEST(refused == condition::misuse);
    co_await send_to(one, "goes on", other.local());
    co_await expects(other, "goes on");
}

task<void> sends_soon(datagram_socket& from, std::string_view text, endpoint to) {
    co_await test::yield();
    co_await send_to(from, text, to);
}

// Counts the turns that others have meanwhile.
task<void> counts_turns(const bool& over, int& turns) {
    while (!over) {
        ++turns;
        co_await asio::post(co_await this_executor, use_task);
    }
}

constexpr int rounds = 20, datagrams = 100;   // of which each round fits into the kernel's buffer

task<void> floods(datagram_socket& one, datagram_socket& other, bool& over) {
    for (int number = 0; number < rounds * datagrams; ++number) {
        co_await send_to(one, "x", other.local());
        if (number % datagrams < datagrams - 1) continue;
        for (int received = 0; received < datagrams; ++received) co_await expects(other, "x");
    }
    over = true;
}

task<void> a_flood(datagram_socket& one, datagram_socket& other) {
    bool over = false;
    int turns = 0;
    co_await together(floods(one, other, over), counts_turns(over, turns));
    // Sending, and receiving.
    BOOST_TEST(turns >= 2 * (rounds * datagrams / static_cast<int>(datagram_socket::turn) - 1));
}

task<void> a_receive_that_waits(datagram_socket& one, datagram_socket& other) {
    co_await together(expects(other, "at last"), sends_soon(one, "at last", other.local()));
}

// Deadlines.

task<void> an_expired_deadline(datagram_socket& one, datagram_socket& other) {
    const time_point start = clock::now();
    other.set_read_deadline(start + 3ms);
    for (int count = 0; count < 3; ++count) co_await expects_error(other, errc::read_timeout);
    BOOST_TEST((clock::now() >= start + 3ms));
    co_await send_to(one, "late but not lost", other.local());
    co_await expects_error(other, errc::read_timeout);   // although it is there
    other.set_read_deadline(time_point::max());
    co_await expects(other, "late but not lost");
}

task<void> a_deadline_in_the_past(datagram_socket& one, datagram_socket& other) {
    co_await send_to(one, "here already", other.local());
    other.set_deadline(clock::now() - 1h);
    co_await expects_error(other, errc::read_timeout);
    const error_code unsent = co_await other.send_to(as_bytes("never sent"), one.local());
    BOOST_TEST(unsent == errc::write_timeout);
    other.set_deadline(clock::now() + 1h);
    co_await expects(other, "here already");
    co_await send_to(other, "sent", one.local());
    co_await expects(one, "sent");
    other.set_deadline(time_point::max());
}

task<void> moves_the_deadline_soon(datagram_socket& of, time_point to) {
    co_await test::yield();
    of.set_read_deadline(to);
}

task<void> sends_after(datagram_socket& from, std::string_view text, endpoint to, time_point at) {
    while (clock::now() <= at) co_await sleep(1ms);
    co_await send_to(from, text, to);
}

task<void> a_deadline_that_moves(datagram_socket& one, datagram_socket& other) {
    co_await together(expects_error(other, errc::read_timeout), moves_the_deadline_soon(other, clock::now() - 1h));
    const time_point first = clock::now() + 250ms;   // it is moved in time on a busy machine too
    other.set_read_deadline(first);
    co_await together(expects(other, "in time"), moves_the_deadline_soon(other, time_point::max()),
                      sends_after(one, "in time", other.local(), first + 4ms));
}

// Closing.

task<void> closes_soon(datagram_socket& which) {
    co_await test::yield();
    which.close();
}

task<void> closing(datagram_socket& one, datagram_socket& other) {
    const endpoint somewhere = one.local();
    co_await together(expects_error(other, errc::closed), closes_soon(other));
    other.close();
    BOOST_TEST(other.is_closed());
    co_await expects_error(other, errc::closed);
    const error_code error = co_await other.send_to(as_bytes("x"), somewhere);
    BOOST_TEST(error == errc::closed);
    BOOST_TEST((other.local() == endpoint()));
}

task<void> a_second_receive(datagram_socket& one, datagram_socket& other) {
    group first(other.get_executor());
    first.spawn(expects(other, "for the first"));
    co_await test::yield();
    co_await expects_error(other, errc::concurrent_read);
    co_await send_to(one, "for the first", other.local());
    co_await first.join();
}

task<void> nobody_there(datagram_socket& one, datagram_socket& other) {
    const endpoint nobody = other.local();
    other.close();
    co_await send_to(one, "is anybody there?", nobody);
    co_await send_to(one, "hello?", nobody);
    co_await send_to(one, "to myself", one.local());
    co_await expects(one, "to myself");
}

// Dialled sockets.

task<void> only_its_peer() {
    const executor here = co_await this_executor;
    const auto server = bound(here), stranger = bound(here);
    const auto client = co_await dialled(at("udp:127.0.0.1", server->local().port));
    BOOST_TEST(client->remote().text() == server->local().text());
    BOOST_TEST((server->remote() == endpoint()));
    co_await send_to(*stranger, "from a stranger", client->local());
    const error_code sent = co_await client->send(as_bytes("hello"));
    BOOST_TEST(!sent);
    endpoint from;
    const std::string heard = co_await receive(*server, &from);
    BOOST_TEST(heard == "hello");
    co_await send_to(*server, "welcome", from);
    co_await expects(*client, "welcome");
}

task<void> refused_and_then_not() {
    const executor here = co_await this_executor;
    auto server = bound(here);
    const std::uint16_t port = server->local().port;
    server->close();
    const auto client = co_await dialled(at("udp4:127.0.0.1", port));
    error_code error = co_await client->send(as_bytes("anybody?"));
    BOOST_TEST(!error);   // it has left: more is not known yet
    error = co_await receive_error(*client);
    BOOST_TEST((error == asio::error::connection_refused));
    BOOST_TEST(!client->is_closed());
    server = bound(here, "udp:127.0.0.1:" + std::to_string(port));
    error = co_await client->send(as_bytes("again"));
    BOOST_TEST(!error);
    co_await expects(*server, "again");
}

task<void> from_a_source() {
    const auto server = bound(co_await this_executor);
    socket_options options;
    options.source = {.what = endpoint::kind::ipv4, .host = {127, 0, 0, 2}};
    const auto client = co_await dial_datagrams(at("udp4:127.0.0.1", server->local().port), test::long_enough, options);
    BOOST_TEST_REQUIRE(client.has_value());
    const error_code sent = co_await (*client)->send(as_bytes("hello"));
    BOOST_TEST(!sent);
    endpoint from;
    const std::string heard = co_await receive(*server, &from);
    BOOST_TEST(heard == "hello");
    BOOST_TEST(from.text().starts_with("127.0.0.2:"), from.text());
    BOOST_TEST(from.text() == (*client)->local().text());
}

// From the very port that it dials, as it happens to who dials a dead port of this machine often enough.
task<void> from_the_port_that_it_dials() {
    auto closed = bound(co_await this_executor);
    const std::uint16_t port = closed->local().port;
    closed->close();
    socket_options options;
    options.source = {.what = endpoint::kind::ipv4, .port = port, .host = {127, 0, 0, 1}};
    const auto made = co_await dial_datagrams(at("udp4:127.0.0.1", port), test::long_enough, options);
    BOOST_TEST_REQUIRE(made.has_error(), "it hears itself");
    BOOST_TEST((made.error() == asio::error::connection_refused), made.error().message());
    // Nothing keeps it from the real one.
    closed = bound(co_await this_executor, "udp:127.0.0.1:" + std::to_string(port));
}

// A datagram is a packet: the default protocol's submit and its ack, without a frame.

constexpr packet::id first_id{'0', '0', '0', '0', '0', '0', '0', '1'};

task<void> submits(datagram_socket& over, endpoint to) {
    byte_buffer body;
    packet::encode(packet::submit{.id = first_id, .payload = as_bytes("abc")}, body);
    const error_code sent = co_await over.send_to(body.view(), to);
    BOOST_TEST(!sent);
    std::array<std::byte, 64> room{};
    const result<datagram_socket::received> got = co_await over.receive_from(room);
    BOOST_TEST_REQUIRE(got.has_value());
    const auto read = packet::decode(bytes(room).first(got->count));
    BOOST_TEST_REQUIRE(read.has_value());
    const auto* ack = std::get_if<packet::submit_ack>(&*read);
    BOOST_TEST_REQUIRE(ack != nullptr);
    BOOST_TEST((ack->id == first_id));
    BOOST_TEST((ack->result == packet::outcome::ok));
}

task<void> acknowledges(datagram_socket& at) {
    std::array<std::byte, 64> room{};
    const result<datagram_socket::received> got = co_await at.receive_from(room);
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(got->count == 12U);   // command, id and payload; no length
    const auto read = packet::decode(bytes(room).first(got->count));
    BOOST_TEST_REQUIRE(read.has_value());
    const auto* submit = std::get_if<packet::submit>(&*read);
    BOOST_TEST_REQUIRE(submit != nullptr);
    byte_buffer body;
    packet::encode(packet::submit_ack{submit->id, packet::outcome::ok}, body);
    const error_code sent = co_await at.send_to(body.view(), got->from);
    BOOST_TEST(!sent);
}

task<void> packets(datagram_socket& one, datagram_socket& other) {
    co_await together(submits(one, other.local()), acknowledges(other));
}

void runs(task<void> what) {
    asio::io_context context;
    test::run(context, std::move(what));
    test::expect_nothing_left(context);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(datagrams)

BOOST_AUTO_TEST_CASE(each_datagram_comes_whole_and_says_who_it_is_from) { between_two(datagrams_keep_their_ends); }
BOOST_AUTO_TEST_CASE(what_does_not_fit_the_buffer_is_cut_and_said_to_be) { between_two(a_small_buffer); }
BOOST_AUTO_TEST_CASE(the_longest_datagram_passes_and_a_longer_one_is_an_error) { between_two(long_ones); }
BOOST_AUTO_TEST_CASE(a_receive_waits_for_a_datagram) { between_two(a_receive_that_waits); }
BOOST_AUTO_TEST_CASE(a_submit_and_its_ack_are_a_datagram_each) { between_two(packets); }

BOOST_AUTO_TEST_CASE(an_expired_deadline_fails_every_receive_and_loses_no_datagram) {
    between_two(an_expired_deadline);
}
BOOST_AUTO_TEST_CASE(a_deadline_in_the_past_fails_receives_and_sends_until_moved) {
    between_two(a_deadline_in_the_past);
}
BOOST_AUTO_TEST_CASE(a_deadline_moves_for_a_receive_that_waits_now) { between_two(a_deadline_that_moves); }

BOOST_AUTO_TEST_CASE(closing_wakes_who_waits_and_ends_the_socket) { between_two(closing); }
BOOST_AUTO_TEST_CASE(a_flood_of_datagrams_leaves_the_others_their_turns) { between_two(a_flood); }
BOOST_AUTO_TEST_CASE(what_has_come_is_taken_without_waiting_and_nothing_more) {
    asio::io_context context;
    const auto one = bound(context.get_executor()), other = bound(context.get_executor());
    std::array<std::byte, 64> room{};
    BOOST_TEST((other->receive_waiting(room).error() == asio::error::would_block));
    BOOST_TEST(!one->try_send_to(as_bytes("ahoy"), other->local()));   // to this machine it is there at once
    const result<datagram_socket::received> got = other->receive_waiting(room);
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(as_text(bytes(room).first(got->count)) == "ahoy");
    BOOST_TEST((got->from == one->local()));
    one->close();
    BOOST_TEST(one->try_send_to(as_bytes("ahoy"), other->local()) == errc::closed);
    BOOST_TEST(one->receive_waiting(room).error() == errc::closed);
}
BOOST_AUTO_TEST_CASE(a_closed_queue_gives_what_has_come_and_takes_nothing_more) {
    asio::io_context context;
    const auto one = bound(context.get_executor()), other = bound(context.get_executor());
    std::array<std::byte, 64> room{};
    BOOST_TEST(!one->try_send_to(as_bytes("before"), other->local()));
    other->close_queue();
    BOOST_TEST(!one->try_send_to(as_bytes("after"), other->local()));
    const result<datagram_socket::received> got = other->receive_waiting(room);
    BOOST_TEST_REQUIRE(got.has_value());
    BOOST_TEST(as_text(bytes(room).first(got->count)) == "before");
    BOOST_TEST((other->receive_waiting(room).error() == asio::error::would_block));
    BOOST_TEST(!other->try_send_to(as_bytes("answer"), one->local()));
    BOOST_TEST(one->receive_waiting(room).has_value());
}
BOOST_AUTO_TEST_CASE(a_second_receive_is_concurrent_read) { between_two(a_second_receive); }

BOOST_AUTO_TEST_CASE(a_dialled_socket_hears_its_peer_only) { runs(only_its_peer()); }
BOOST_AUTO_TEST_CASE(a_dialled_socket_is_told_that_nobody_listens_and_goes_on) { runs(refused_and_then_not()); }
BOOST_AUTO_TEST_CASE(a_dialled_socket_comes_from_the_address_that_it_was_told) { runs(from_a_source()); }
BOOST_AUTO_TEST_CASE(a_dialled_socket_does_not_find_itself) { runs(from_the_port_that_it_dials()); }
BOOST_AUTO_TEST_CASE(a_bound_socket_survives_peers_that_are_gone) { between_two(nobody_there); }

BOOST_AUTO_TEST_CASE(all_addresses_hear_ipv4_and_show_it_as_ipv4) {
    struct talks {
        static task<void> over_ipv4() {
            const executor here = co_await this_executor;
            const auto everywhere = bound(here, "udp::0");
            const auto client = co_await dialled(at("udp4:localhost", everywhere->local().port));
            const error_code sent = co_await client->send(as_bytes("hello"));
            BOOST_TEST(!sent);
            endpoint from;
            const std::string got = co_await receive(*everywhere, &from);
            BOOST_TEST(got == "hello");
            BOOST_TEST(from.text() == client->local().text());
            co_await send_to(*everywhere, "and back", from);
            co_await expects(*client, "and back");
        }
    };
    runs(talks::over_ipv4());
}

BOOST_AUTO_TEST_CASE(a_socket_of_one_family_is_of_that_family) {
    asio::io_context context;
    BOOST_TEST((bound(context.get_executor(), "udp4::0")->local().what == endpoint::kind::ipv4));
    const auto ipv6 = listen_datagrams(context.get_executor(), at("udp6::0"));
    if (ipv6) BOOST_TEST(((*ipv6)->local().what == endpoint::kind::ipv6));
}

BOOST_AUTO_TEST_CASE(a_port_in_use_is_refused) {
    asio::io_context context;
    const auto first = bound(context.get_executor());
    const auto second = listen_datagrams(context.get_executor(), at("udp:127.0.0.1", first->local().port));
    BOOST_TEST_REQUIRE(second.has_error());
    BOOST_TEST((second.error() == asio::error::address_in_use));
}

BOOST_AUTO_TEST_CASE(datagrams_at_an_address_of_streams_are_refused) {
    struct dials {
        static task<void> wrongly(address where) {
            const auto made = co_await dial_datagrams(where, test::long_enough);
            BOOST_TEST_REQUIRE(made.has_error());
            BOOST_TEST(made.error() == errc::wrong_network);
        }
    };
    asio::io_context context;
    for (const std::string_view text : {":8888", "tcp4::8888", "unix:/run/x"}) {
        const auto made = listen_datagrams(context.get_executor(), at(text));
        BOOST_TEST_REQUIRE(made.has_error());
        BOOST_TEST(made.error() == errc::wrong_network);
        runs(dials::wrongly(at(text)));
    }
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
