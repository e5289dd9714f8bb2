// A request costs no memory: once a connection is under way, neither malloc nor aligned allocation is called for it,
// whichever way the server is written. A program of its own, since it replaces malloc.
#include <support/allocations.hpp>
#include <support/datagram_peer.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <thread>
#include <vector>

using namespace hawser;
using namespace hawser::test;

namespace {

constexpr std::uint32_t requests = 512;   // on each connection
constexpr std::string_view payload = "a payload of thirty-two bytes...";

packet::submit_ack ack_of(const packet::submit& s) { return {s.id, packet::outcome::ok}; }

packet::submit_ack acked(server::context&, const packet::submit& s) { return ack_of(s); }

io::task<packet::submit_ack> acked_by_a_coroutine(server::context&, const packet::submit& s) { co_return ack_of(s); }

// Gives way to others before it answers, as one does that waits.
io::task<packet::submit_ack> acked_later(server::context&, const packet::submit& s) {
    const io::executor here = co_await io::this_executor;
    co_await io::asio::post(here, io::use_task);
    co_return ack_of(s);
}

io::task<void> acked_in_one_coroutine(server::connection& conn) {
    const std::string ack = ack_frame(1).substr(4);
    while (const auto body = co_await conn.read_frame())
        if (const auto sent = co_await conn.send(as_bytes(ack)); !sent) break;
}

// Without frames: it counts bytes.
io::task<void> acked_without_frames(server::byte_connection& conn) {
    const std::size_t submit = submit_frame(1, payload).size();
    const std::string ack = ack_frame(1);
    std::size_t left = 0;
    while (const auto some = co_await conn.read_some())
        for (left += some->size(); left >= submit; left -= submit)
            if (const auto sent = co_await conn.write(as_bytes(ack)); !sent) co_return;
}

template <class Handler>
server::router routed(Handler handler) {
    server::router router;
    router.on<packet::submit>(handler);
    return router;
}

struct load {
    std::size_t connections;
    std::uint32_t window;   // submits in flight on each
};

// Sends submits, as many at a time as the load has in flight, until each connection has `count` answers.
void converse(std::vector<raw_peer>& peers, const load& how, std::uint32_t count) {
    std::string submits, acks;
    for (std::uint32_t i = 0; i < how.window; ++i) {
        submits += submit_frame(1, payload);
        acks += ack_frame(1);
    }
    for (std::uint32_t done = 0; done < count; done += how.window) {
        for (raw_peer& peer : peers)
            if (!peer.say(submits)) throw std::runtime_error("the server has closed");
        for (raw_peer& peer : peers) BOOST_TEST_REQUIRE(peer.hear(acks.size()) == acks);
    }
}

const std::vector<load> one_connection{{1, 1}, {1, 64}};
const std::vector<load> one_and_many{{1, 1}, {1, 64}, {50, 1}, {50, 64}};

// On one thread for everything: what accepting took is behind it when it answers. On threads of its own the server may
// still be at that when the requests are counted.
class server_on_one_thread {
public:
    template <class Service>
    explicit server_on_one_thread(Service service)
        : server_({.listen = {"127.0.0.1:0"}, .events = {&quiet_}}, std::move(service)) {
        if (!server_.start(context_)) throw std::runtime_error(server_.failure());
        thread_ = std::jthread([this] { context_.run(); });
    }
    ~server_on_one_thread() { server_.stop(std::chrono::seconds(0)); }

    [[nodiscard]] server::server& get() noexcept { return server_; }

private:
    server::events quiet_;
    io::asio::io_context context_{1};
    server::server server_;
    std::jthread thread_;   // joins first
};

template <class Service>
void a_request_allocates_nothing(Service service, const std::vector<load>& loads = one_and_many) {
    server_on_one_thread on(service);
    server::server& server = on.get();
    for (const load& how : loads) {
        BOOST_TEST_REQUIRE(eventually([&] { return server.connections() == 0; }));   // those of the load before
        std::vector<raw_peer> peers;
        for (std::size_t i = 0; i < how.connections; ++i) peers.emplace_back(server.port());
        converse(peers, how, requests);   // until what is kept for the next time is there
        const allocations counted = allocations_during([&] { converse(peers, how, requests); });
        BOOST_TEST(counted.times == 0U, counted.times << " allocations for " << requests << " requests on each of "
                                                      << how.connections << " connections, " << how.window
                                                      << " in flight; the first:" << counted.first);
    }
}

// Few enough for the kernel's queue.
void ask_all(datagram_peer& peer) {
    for (int i = 0; i < 100; ++i) peer.ask("a question of thirty-two bytes..");
    for (int i = 0; i < 100; ++i) BOOST_TEST_REQUIRE(peer.hear() == "an answer");
}

// The server has waited for it.
void ask_one(datagram_peer& peer) { BOOST_TEST_REQUIRE(peer.ask_and_hear("a question of its own") == "an answer"); }

// What the hook counts when another thread asks once, in this way.
std::uint64_t counted_for(const std::function<void()>& ask) {
    return allocations_during([&] { std::jthread(ask).join(); }).times;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(the_hook)

BOOST_AUTO_TEST_CASE(every_way_to_ask_for_memory_is_counted) {
    void* volatile kept = nullptr;   // so that no pair of them is left out
    const std::uint64_t thread_alone = counted_for([] {});
    const auto counts = [&](const std::function<void()>& ask) { return counted_for(ask) > thread_alone; };
    BOOST_TEST(counts([&] {
        kept = std::malloc(10);
        std::free(kept);
    }));
    BOOST_TEST(counts([&] {
        kept = std::calloc(10, 10);
        std::free(kept);
    }));
    BOOST_TEST(counts([&] {
        kept = std::aligned_alloc(64, 128);
        std::free(kept);
    }));
    BOOST_TEST(counts([&] {
        kept = ::operator new(10);
        ::operator delete(kept);
    }));
    BOOST_TEST(counts([&] {
        kept = ::operator new(64, std::align_val_t(64));
        ::operator delete(kept, std::align_val_t(64));
    }));
    BOOST_TEST(counts([&] {
        kept = std::realloc(nullptr, 10);
        std::free(kept);
    }));
}

BOOST_AUTO_TEST_CASE(what_the_test_itself_does_is_not_counted) {
    BOOST_TEST(allocations_during([] { std::make_unique<std::string>(1000, 'x'); }).times == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(no_allocation_a_request)

BOOST_AUTO_TEST_CASE(of_a_plain_handler) { a_request_allocates_nothing(routed(acked)); }

BOOST_AUTO_TEST_CASE(of_a_coroutine_that_answers_at_once) { a_request_allocates_nothing(routed(acked_by_a_coroutine)); }

// Of many at once, as many frames are there as have ever been in the middle of a request together, up to what is kept.
BOOST_AUTO_TEST_CASE(of_a_coroutine_that_waits) { a_request_allocates_nothing(routed(acked_later), one_connection); }

BOOST_AUTO_TEST_CASE(of_a_connection_served_by_one_coroutine) {
    a_request_allocates_nothing(server::server::serve_function(acked_in_one_coroutine));
}

BOOST_AUTO_TEST_CASE(of_a_connection_of_bytes) {
    a_request_allocates_nothing(server::server::serve_bytes_function(acked_without_frames));
}

BOOST_AUTO_TEST_CASE(of_a_datagram) {
    server::events quiet;
    const auto answer = [](server::datagram& here, bytes) { here.answer(as_bytes("an answer")); };
    server::server server({.listen = {"udp:127.0.0.1:0"}, .threads = 1, .datagrams = {.rate = 1e6}, .events = {&quiet}},
                          answer);
    BOOST_REQUIRE(server.start());
    datagram_peer peer(server.datagram_port());
    ask_all(peer);
    const allocations counted = allocations_during([&] {
        ask_all(peer);
        for (int i = 0; i < 100; ++i) ask_one(peer);
    });
    BOOST_TEST(counted.times == 0U, counted.times << " allocations for 200 datagrams; the first:" << counted.first);
}

BOOST_AUTO_TEST_SUITE_END()
