// What does not end when the server does: a handler that blocks, a function that was offloaded.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/offload.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <semaphore>
#include <string>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// What abandoned threads go on to use: for as long as the program runs.
struct blocking {
    std::counting_semaphore<> let_go{0};
    std::atomic<int> inside = 0;
    std::atomic<int> returned = 0;

    void block() {
        ++inside;
        let_go.acquire();
        ++returned;
    }
};

blocking& everlasting() { return *new blocking; }

server::router blocks_at_once(blocking& in) {
    server::router router;
    router.on<packet::submit>([&in](server::context&, const packet::submit& s) {
        in.block();
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    return router;
}

io::task<packet::submit_ack> offload_and_wait(blocking& in, packet::id id) {
    const auto work = [&in] { in.block(); };
    co_await io::offload(work);
    co_return packet::submit_ack{id, packet::outcome::ok};
}

server::router blocks_elsewhere(blocking& in) {
    server::router router;
    router.on<packet::submit>([&in](server::context&, const packet::submit& s) { return offload_and_wait(in, s.id); });
    return router;
}

io::task<packet::submit_ack> tell_its_thread(std::promise<io::executor>& to, packet::id id) {
    const io::executor here = co_await io::this_executor;
    to.set_value(here);
    co_return packet::submit_ack{id, packet::outcome::ok};
}

struct told_of_stuck final : server::events {
    std::vector<std::string> names;   // on the thread that waits
    void stuck(const std::string& what) override { names.push_back(what); }
};

server::config patient(server::events& told, server::stuck_policy on_stuck) {
    return {.listen = {"127.0.0.1:0"}, .threads = 2, .on_stuck = on_stuck, .events = {&told}};
}

}   // namespace

BOOST_AUTO_TEST_SUITE(stuck)

BOOST_AUTO_TEST_CASE(what_blocks_is_abandoned_after_the_grace_and_named) {
    for (const auto routes : {blocks_at_once, blocks_elsewhere}) {
        blocking& in = everlasting();
        static told_of_stuck told;
        told.names.clear();
        server::server server(patient(told, server::stuck_policy::abandon), routes(in));
        BOOST_REQUIRE(server.start());
        raw_peer peer(server.port());
        peer.say(submit_frame(1) + submit_frame(2));
        BOOST_TEST(eventually([&] { return in.inside == 1; }));
        const auto before = std::chrono::steady_clock::now();
        server.stop(50ms);
        const server::report report = server.wait();
        BOOST_TEST((std::chrono::steady_clock::now() - before < 10s));
        BOOST_TEST(report.exit_status() == 3);
        BOOST_TEST(report.forced == 1U);
        BOOST_REQUIRE(report.stuck.size() == 1U);
        BOOST_TEST(report.stuck.front().starts_with("submit of connection 1 from 127.0.0.1:"));
        BOOST_TEST(told.names == report.stuck);
        BOOST_TEST(in.returned == 0);
        in.let_go.release(2);   // it returns into a server that nobody has any more
        BOOST_TEST(eventually([&] { return in.returned == 1; }));
        std::this_thread::sleep_for(10ms);
        BOOST_TEST(in.inside == 1);   // the second packet is not handled
    }
}

// A connection that is gone has no handler that could be named.
BOOST_AUTO_TEST_CASE(what_blocks_after_its_connection_has_ended_is_no_handlers) {
    static blocking& in = everlasting();   // it is never destroyed, and no leak
    static told_of_stuck told;
    std::promise<io::executor> thread;
    server::router router;
    router.on<packet::submit>([&thread](server::context&, const packet::submit& s) {
        return tell_its_thread(thread, s.id);
    });
    server::server server(patient(told, server::stuck_policy::abandon), router);
    BOOST_REQUIRE(server.start());
    {
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
    BOOST_TEST(eventually([&] { return server.connections() == 0; }));
    // Its session has one more turn when it counts no more: the second turn from now is behind that.
    const io::executor where = thread.get_future().get();
    io::asio::post(where, [where] { io::asio::post(where, [] { in.block(); }); });
    BOOST_TEST(eventually([&] { return in.inside == 1; }));
    server.stop(50ms);
    const server::report report = server.wait();
    BOOST_TEST(report.stuck == std::vector<std::string>{"something that no handler is known to do"},
               boost::test_tools::per_element());
    in.let_go.release();
    BOOST_TEST(eventually([&] { return in.returned == 1; }));
}

BOOST_AUTO_TEST_CASE(what_blocks_is_waited_for_if_nothing_else_was_said) {
    for (const auto routes : {blocks_at_once, blocks_elsewhere}) {
        blocking in;
        told_of_stuck told;
        server::server server(patient(told, server::stuck_policy::wait), routes(in));
        BOOST_REQUIRE(server.start());
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(eventually([&] { return in.inside == 1; }));
        server.stop(0s);
        std::thread later([&] {
            std::this_thread::sleep_for(2s);   // more than grace and unwinding
            in.let_go.release();
        });
        const server::report report = server.wait();
        BOOST_TEST(in.returned == 1);
        later.join();
        BOOST_TEST(report.exit_status() == 3);
        BOOST_TEST(report.stuck.empty());
        BOOST_TEST(told.names.empty());
    }
}

BOOST_AUTO_TEST_CASE(who_returns_in_time_is_not_abandoned) {
    blocking in;
    told_of_stuck told;
    server::server server(patient(told, server::stuck_policy::abandon), blocks_at_once(in));
    BOOST_REQUIRE(server.start());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(eventually([&] { return in.inside == 1; }));
    server.stop(10s);
    in.let_go.release();
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    BOOST_TEST(server.wait().exit_status() == 0);
}

io::task<void> goes_on_for_ever() {
    for (;;) co_await io::sleep(10ms);
}

BOOST_AUTO_TEST_CASE(a_coroutine_of_the_users_that_never_ends_is_destroyed_with_the_server) {
    server::router router;
    router.on<packet::submit>([](server::context& here, const packet::submit& s) -> io::task<packet::submit_ack> {
        const packet::id id = s.id;
        io::asio::co_spawn(co_await io::this_executor, goes_on_for_ever(), io::asio::detached);
        static_cast<void>(here);
        co_return packet::submit_ack{id, packet::outcome::ok};
    });
    told_of_stuck told;
    server::server server(patient(told, server::stuck_policy::abandon), router);
    BOOST_REQUIRE(server.start());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    server.stop(50ms);
    const server::report report = server.wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.stuck.empty());
}

BOOST_AUTO_TEST_SUITE_END()
