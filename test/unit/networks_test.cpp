// Listening and dialling by network and family, and what the system is told about sockets.
#include "support/busy_socket.hpp"
#include "support/print.hpp"
#include "support/run.hpp"
#include "support/temporary_directory.hpp"

#include <hawser/io/dial.hpp>
#include <hawser/io/listener.hpp>
#include <hawser/io/stream.hpp>

#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;

address at(std::string_view text) { return *address::parse(text); }

address at(std::string_view network_and_host, std::uint16_t port) {
    return at(std::string(network_and_host) + ":" + std::to_string(port));
}

result<std::unique_ptr<listener>> try_to_listen(asio::io_context& context, const address& where,
                                                const socket_options& options = {}) {
    return listen(context.get_executor(), where, options);
}

std::unique_ptr<listener> listening(asio::io_context& context, const address& where,
                                    const socket_options& options = {}) {
    auto made = try_to_listen(context, where, options);
    BOOST_TEST_REQUIRE(made.has_value(), where.text() << ": " << (made ? "" : made.error().message()));
    return std::move(*made);
}

bool has_ipv6() {
    asio::io_context context;
    return try_to_listen(context, at("[::1]:0")).has_value();
}

task<void> dials(address where, socket_options options, duration timeout, error_code& error) {
    const result<transport> made = co_await dial(std::move(where), timeout, options);
    error = made ? error_code() : made.error();
}

error_code dialled(const address& where, duration timeout = test::long_enough, const socket_options& options = {}) {
    asio::io_context context;
    error_code error;
    test::run(context, dials(where, options, timeout, error));
    test::expect_nothing_left(context);
    return error;
}

// Both ends of a connection with options.
struct connection {
    std::vector<transport> ends;

    int descriptor(std::size_t which) { return ends.at(which).descriptor(); }

    static task<void> make(listener& from, address where, socket_options options, connection& into) {
        const executor here = co_await this_executor;
        result<transport> ours = co_await dial(std::move(where), test::long_enough, options);
        BOOST_TEST_REQUIRE(ours.has_value());
        result<accepted> theirs = co_await from.accept(here);
        BOOST_TEST_REQUIRE(theirs.has_value());
        into.ends.push_back(std::move(*ours));
        into.ends.push_back(std::move(theirs->carrier));
    }
};

template <class Value = int>
Value option(int descriptor, int level, int name) {
    Value value{};
    socklen_t size = sizeof value;
    BOOST_TEST_REQUIRE(::getsockopt(descriptor, level, name, &value, &size) == 0);
    return value;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(networks)

BOOST_AUTO_TEST_CASE(tcp4_is_ipv4_alone_and_tcp_is_both) {
    asio::io_context context;
    const auto ipv4 = listening(context, at("tcp4::0"));
    BOOST_TEST(ipv4->text() == "tcp4:*:" + std::to_string(ipv4->port()));
    BOOST_TEST((ipv4->local_endpoint().what == endpoint::kind::ipv4));
    BOOST_TEST(!dialled(at("tcp4:localhost", ipv4->port())));
    BOOST_TEST(!dialled(at("tcp:localhost", ipv4->port())));   // tries every address that the name has
    if (!has_ipv6()) return;
    BOOST_TEST((dialled(at("tcp6:[::1]", ipv4->port())) == asio::error::connection_refused));
    const auto both = listening(context, at(":0"));
    BOOST_TEST(!dialled(at("tcp4:127.0.0.1", both->port())));
    BOOST_TEST(!dialled(at("tcp6:[::1]", both->port())));
}

BOOST_AUTO_TEST_CASE(tcp6_is_ipv6_alone) {
    if (!has_ipv6()) return;
    asio::io_context context;
    for (const std::string_view host : {"tcp6:", "tcp6:[::]"}) {
        const auto ipv6 = listening(context, at(host, 0));
        BOOST_TEST((ipv6->local_endpoint().what == endpoint::kind::ipv6));
        BOOST_TEST(!dialled(at("tcp6:", ipv6->port())));
        BOOST_TEST((dialled(at("tcp4:", ipv6->port())) == asio::error::connection_refused));
        BOOST_TEST(!try_to_listen(context, at("tcp4:", ipv6->port())).has_error(), "IPv4 is free there");
    }
}

BOOST_AUTO_TEST_CASE(a_host_of_the_other_family_is_not_found) {
    asio::io_context context;
    const address made_by_hand{.family = address::ip_family::ipv6, .host = "127.0.0.1", .port = 1};
    BOOST_TEST((dialled(made_by_hand) == asio::error::host_not_found));
    const auto refused = try_to_listen(context, made_by_hand);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST((refused.error() == asio::error::host_not_found));
}

BOOST_AUTO_TEST_CASE(a_stream_at_a_udp_address_is_refused_in_so_many_words) {
    asio::io_context context;
    const auto refused = try_to_listen(context, at("udp::0"));
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error() == errc::wrong_network);
    BOOST_TEST(refused.error() == condition::misuse);
    BOOST_TEST(dialled(at("udp:localhost:1")) == errc::wrong_network);
}

BOOST_AUTO_TEST_CASE(a_listener_knows_its_local_endpoint) {
    const test::temporary_directory directory;
    asio::io_context context;
    const auto open = listening(context, at("127.0.0.1:0"));
    BOOST_TEST(open->local_endpoint().text() == open->text());
    const auto path = listening(context, at("unix:" + directory.file("s")));
    BOOST_TEST((path->local_endpoint().what == endpoint::kind::unix_path));
    const memory_listener memory(context.get_executor());
    BOOST_TEST((memory.local_endpoint().what == endpoint::kind::memory));
}

BOOST_AUTO_TEST_CASE(a_name_is_listened_on_at_ipv4_first) {
    asio::io_context context;
    const auto open = listening(context, at("localhost:0"));
    BOOST_TEST(open->local_endpoint().text() == "127.0.0.1:" + std::to_string(open->port()));
    BOOST_TEST(open->text() == "localhost:" + std::to_string(open->port()));
}

BOOST_AUTO_TEST_CASE(a_silent_address_leaves_time_for_the_next) {
    if (!has_ipv6()) return;
    const test::busy_socket silent;
    asio::io_context context;
    const auto behind = listening(context, at("tcp6:[::1]", silent.port()));
    BOOST_TEST(!dialled(at("", silent.port()), 5s));   // 127.0.0.1 gets half of it
    const time_point start = clock::now();
    BOOST_TEST(dialled(at("", silent.port()), 20ms) == errc::connect_timeout);   // too little to share
    BOOST_TEST((clock::now() >= start + 20ms));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(socket_settings)

BOOST_AUTO_TEST_CASE(both_ends_have_no_delay_and_keep_alive_by_default) {
    asio::io_context context;
    const auto open = listening(context, at("127.0.0.1:0"));
    connection made;
    test::run(context, connection::make(*open, at("127.0.0.1", open->port()), {}, made));
    for (const std::size_t end : {0U, 1U}) {
        const int fd = made.descriptor(end);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_NODELAY) == 1);
        BOOST_TEST(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 15);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 15);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPCNT) == 9);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 0);
        BOOST_TEST(option<linger>(fd, SOL_SOCKET, SO_LINGER).l_onoff == 0);
    }
}

BOOST_AUTO_TEST_CASE(what_a_listener_and_a_dial_are_told_their_connections_have) {
    asio::io_context context;
    const socket_options told{.no_delay = false,
                              .keep_alive_idle = 7s,
                              .keep_alive_interval = 3s,
                              .keep_alive_probes = 4,
                              .user_timeout = 12'345ms,
                              .reset_at_close = true,
                              .send_buffer = 20'000,
                              .receive_buffer = 30'000};
    const auto open = listening(context, at("127.0.0.1:0"), told);
    connection made;
    test::run(context, connection::make(*open, at("127.0.0.1", open->port()), told, made));
    for (const std::size_t end : {0U, 1U}) {
        const int fd = made.descriptor(end);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_NODELAY) == 0);
        BOOST_TEST(option(fd, SOL_SOCKET, SO_KEEPALIVE) == 1);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPIDLE) == 7);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPINTVL) == 3);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_KEEPCNT) == 4);
        BOOST_TEST(option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT) == 12'345);
        BOOST_TEST(option<linger>(fd, SOL_SOCKET, SO_LINGER).l_onoff == 1);
        BOOST_TEST(option(fd, SOL_SOCKET, SO_SNDBUF) == 40'000);   // the kernel doubles it, for what it needs itself
        BOOST_TEST(option(fd, SOL_SOCKET, SO_RCVBUF) == 60'000);
    }
}

BOOST_AUTO_TEST_CASE(keep_alive_can_be_off) {
    asio::io_context context;
    const auto open = listening(context, at("127.0.0.1:0"), {.keep_alive = false});
    connection made;
    test::run(context, connection::make(*open, at("127.0.0.1", open->port()), {.keep_alive = false}, made));
    for (const std::size_t end : {0U, 1U}) BOOST_TEST(option(made.descriptor(end), SOL_SOCKET, SO_KEEPALIVE) == 0);
}

BOOST_AUTO_TEST_CASE(a_connection_that_resets_at_close_says_so_to_its_peer) {
    asio::io_context context;
    const auto open = listening(context, at("127.0.0.1:0"));
    connection made;
    test::run(context, connection::make(*open, at("127.0.0.1", open->port()), {.reset_at_close = true}, made));
    stream ours(std::move(made.ends[0])), theirs(std::move(made.ends[1]));
    struct reads {
        static task<void> the_reset(stream& from) {
            std::array<std::byte, 8> room{};
            const result<std::size_t> count = co_await from.read_some(room);
            BOOST_TEST_REQUIRE(count.has_error());
            BOOST_TEST((count.error() == asio::error::connection_reset));
        }
    };
    ours.close();
    test::run(context, reads::the_reset(theirs));
}

BOOST_AUTO_TEST_CASE(a_unix_socket_takes_what_applies_to_it) {
    const test::temporary_directory directory;
    asio::io_context context;
    const address where = at("unix:" + directory.file("s"));
    const socket_options told{.user_timeout = 5s, .reset_at_close = true, .send_buffer = 20'000, .backlog = 1};
    const auto open = listening(context, where, told);
    connection made;
    test::run(context, connection::make(*open, where, told, made));
    BOOST_TEST(option(made.descriptor(0), SOL_SOCKET, SO_SNDBUF) == 40'000);
    BOOST_TEST(option<linger>(made.descriptor(0), SOL_SOCKET, SO_LINGER).l_onoff == 0);
}

BOOST_AUTO_TEST_CASE(a_backlog_bounds_who_waits_to_be_accepted) {
    const test::temporary_directory directory;
    asio::io_context context;
    const address where = at("unix:" + directory.file("s"));
    const auto open = listening(context, where, {.backlog = 1});
    connection first, second;
    int connected = 0;
    struct dials_many {
        static task<void> one(address to, int& made_it) {
            const result<transport> made = co_await dial(std::move(to), 50ms);
            if (made) ++made_it;
            else BOOST_TEST(made.error() == errc::connect_timeout);
        }
    };
    for (int count = 0; count < 4; ++count) test::run(context, dials_many::one(where, connected));
    BOOST_TEST(connected == 2);   // the queue is full when there are more than the backlog says
}

BOOST_AUTO_TEST_CASE(options_that_make_no_sense_are_refused) {
    asio::io_context context;
    const socket_options nonsense{.keep_alive_idle = 0s};
    const auto refused = try_to_listen(context, at("127.0.0.1:0"), nonsense);
    BOOST_TEST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error() == condition::misuse);
    const auto open = listening(context, at("127.0.0.1:0"));
    BOOST_TEST(dialled(at("127.0.0.1", open->port()), test::long_enough, nonsense) == condition::misuse);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
