// A client that keeps its connections, on real sockets: real servers that are restarted under load,
// and sockets that misbehave.
#include "support/played_server.hpp"
#include "support/run.hpp"
#include "support/running_server.hpp"

#include <hawser/client.hpp>
#include <hawser/io/frame_stream.hpp>
#include <hawser/io/listener.hpp>

#include <boost/asio/socket_base.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

using namespace hawser;
using namespace std::chrono_literals;
using client::on_break;
using client::reconnecting_client;
using client::reconnecting_options;
using phase = client::connection_state::phase;

namespace {

constexpr int askers = 6;
constexpr int rounds = 100;
constexpr client::back_off_options soon{.first = 10ms, .most = 100ms};

// Which submits have been handled, by all servers on one port, and how often.
struct book {
    void note(const packet::id& id) {
        const std::scoped_lock lock(mutex);
        ++handled[id];
    }
    std::mutex mutex;
    std::map<packet::id, int> handled;
};

server::router noting(book& into) {
    server::router router;
    router.on<packet::submit>([&into](server::context&, const packet::submit& s) {
        into.note(s.id);
        return packet::submit_ack{s.id};
    });
    return router;
}

server::config on_port(std::uint16_t port) {
    server::config settings;
    settings.listen = {"127.0.0.1:" + std::to_string(port)};
    settings.threads = 2;
    settings.reconnect_within = 20ms;
    return settings;
}

struct tally {
    int acked = 0;
    int failed = 0;
    [[nodiscard]] int done() const noexcept { return acked + failed; }
};

io::task<void> ask(reconnecting_client& server, tally& into) {
    for (int i = 0; i < rounds; ++i) {
        const packet::submit made{.payload = as_bytes("x")};
        const auto got = co_await server.request(made, test::long_enough);
        ++(got ? into.acked : into.failed);
    }
}

// Restarts the server three times while many ask.
io::task<void> ask_through_restarts(std::uint16_t port, reconnecting_options settings, tally& into,
                                    std::atomic<int>& progress, client::reconnecting_counters& counters) {
    const io::executor here = co_await io::this_executor;
    reconnecting_client server(here, io::address{.host = "127.0.0.1", .port = port}, std::move(settings));
    io::group asking(here);
    for (int i = 0; i < askers; ++i) asking.spawn(ask(server, into));
    while (asking.running() > 0) {
        progress = into.done();
        co_await io::sleep(1ms);
    }
    progress = askers * rounds;
    counters = server.counters();
    co_await server.close();
}

struct restarts {
    explicit restarts(reconnecting_options settings) {
        auto serving = std::make_unique<server::server>(on_port(0), noting(seen));
        BOOST_TEST_REQUIRE(serving->start());
        const std::uint16_t port = serving->port();
        std::atomic<int> progress = 0;
        std::thread client([&] {
            io::asio::io_context context(1);
            test::run(context, ask_through_restarts(port, std::move(settings), total, progress, counters));
        });
        for (const int quarter : {1, 2, 3}) {
            if (!test::eventually([&] { return progress >= quarter * askers * rounds / 4; })) break;
            serving->stop(5s);
            static_cast<void>(serving->wait());
            serving = std::make_unique<server::server>(on_port(port), noting(seen));
            if (!serving->start()) break;
        }
        client.join();
        serving->stop(0s);
        static_cast<void>(serving->wait());
    }

    book seen;
    tally total;
    client::reconnecting_counters counters;
};

io::address loopback(std::uint16_t port) { return {.host = "127.0.0.1", .port = port}; }

std::unique_ptr<io::listener> listening(const io::executor& on, std::uint16_t port = 0) {
    auto made = io::listen(on, loopback(port));
    BOOST_TEST_REQUIRE(made.has_value());
    return std::move(*made);
}

io::task<io::transport> accepted(io::listener& at) {
    result<io::accepted> made = co_await at.accept(co_await io::this_executor);
    if (!made) throw boost::system::system_error(made.error());
    co_return std::move(made->carrier);
}

io::task<void> serve(io::transport carrier) {
    io::frame_stream server(std::move(carrier), frame::any_codec());
    co_await test::answer_all(server);
}

io::task<void> serve_all(io::listener& at, io::group& serving) {
    const io::executor here = co_await io::this_executor;
    for (;;) {
        result<io::accepted> made = co_await at.accept(here);
        if (!made) co_return;
        serving.spawn(serve(std::move(made->carrier)));
    }
}

// A server that the test plays, on a socket; it is done when it has all() of the requests.
using played_server = io::task<void> (*)(io::listener& at, reconnecting_client& client, const tally& got,
                                         io::group& serving);

io::task<void> all(const tally& got) {
    while (got.done() < rounds) co_await io::sleep(1ms);
    BOOST_TEST(got.acked == rounds);
}

io::task<void> ask_of(played_server server, io::listener& at, reconnecting_client& client) {
    io::group both(co_await io::this_executor);
    tally got;
    both.spawn(ask(client, got));
    co_await server(at, client, got, both);
    at.close();
    co_await client.close();
    co_await both.join();
}

enum class begins { at_once, late };

void ask_of(played_server server, reconnecting_options settings, begins when = begins::at_once) {
    io::asio::io_context context;
    const auto listener = listening(context.get_executor());
    reconnecting_client client(context.get_executor(), loopback(listener->port()), std::move(settings));
    if (when == begins::late) listener->close();
    test::run(context, ask_of(server, *listener, client));
}

}   // namespace

BOOST_AUTO_TEST_SUITE(restarts_of_servers)

BOOST_AUTO_TEST_CASE(with_resend_no_request_is_lost_though_the_server_is_restarted_under_load) {
    for (const std::size_t connections : {1U, 3U}) {
        const restarts done({.connections = connections, .in_flight = on_break::resend, .hello = true, .pauses = soon});
        BOOST_TEST(done.total.acked == askers * rounds);
        BOOST_TEST(done.total.failed == 0);
        BOOST_TEST(done.seen.handled.size() == static_cast<std::size_t>(askers * rounds));
        BOOST_TEST(done.counters.connected > connections);   // a restart may come while it pauses
    }
}

BOOST_AUTO_TEST_CASE(with_fail_no_request_is_handled_twice_though_the_server_is_restarted_under_load) {
    const restarts done({.hello = true, .pauses = soon});
    BOOST_TEST(done.total.done() == askers * rounds);
    BOOST_TEST_MESSAGE(done.total.failed << " of " << askers * rounds << " failed");
    for (const auto& [id, count] : done.seen.handled) BOOST_TEST(count == 1);
    BOOST_TEST(done.seen.handled.size() >= static_cast<std::size_t>(done.total.acked));
    BOOST_TEST(done.counters.resent == 0U);
}

io::task<void> reset_then_served(io::listener& at, reconnecting_client& client, const tally& got, io::group& serving) {
    for (int i = 0; i < 3; ++i) {
        io::transport carrier = co_await accepted(at);
        co_await carrier.waits_on()->async_wait(io::socket::wait_read, io::use_task);   // a request has come
        carrier.reset();                                                                // and that is the answer
    }
    serving.spawn(serve_all(at, serving));
    co_await all(got);
    BOOST_TEST(client.counters().broken == 3U);
    BOOST_TEST((client.state().last_failure == condition::broken));
}

BOOST_AUTO_TEST_CASE(a_server_that_resets_is_dialled_again) {
    ask_of(reset_then_served, {.in_flight = on_break::resend, .pauses = soon});
}

io::task<void> half_open_then_served(io::listener& at, reconnecting_client& client, const tally& got,
                                     io::group& serving) {
    // The kernel has accepted, and nobody reads: for the client, that is a server whose machine is gone.
    while (client.counters().broken == 0U) co_await io::sleep(1ms);
    BOOST_TEST((client.state().last_failure == make_error_code(client::errc::heartbeat_lost)));
    serving.spawn(serve_all(at, serving));   // those that were given up too
    co_await all(got);
    BOOST_TEST((client.state().now == phase::connected));
}

BOOST_AUTO_TEST_CASE(a_server_that_takes_connections_and_never_reads_is_found_by_pings) {
    ask_of(half_open_then_served,
           {.connection = {.ping_interval = 50ms}, .in_flight = on_break::resend, .pauses = soon});
}

io::task<void> served_when_it_comes(io::listener& gone, reconnecting_client& client, const tally& got,
                                    io::group& serving) {
    while (client.counters().failed < 3U) co_await io::sleep(1ms);
    BOOST_TEST((client.state().last_failure == io::asio::error::connection_refused));
    const io::executor here = co_await io::this_executor;
    const auto listener = listening(here, gone.port());
    serving.spawn(serve(co_await accepted(*listener)));
    co_await all(got);
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_dialled_until_somebody_does) {
    ask_of(served_when_it_comes, {.pauses = soon}, begins::late);
}

BOOST_AUTO_TEST_SUITE_END()
