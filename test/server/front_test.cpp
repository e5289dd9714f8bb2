// The front of a server: it lets in who waits, many in a turn, and no handler holds it up.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <functional>
#include <latch>
#include <set>
#include <string>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// How often the queue of a thread went round until it was so.
template <class Condition>
int turns_until(io::asio::io_context& context, Condition is_so) {
    int turns = 0;
    bool is_over = false;   // and nothing of this is in the queue any more
    std::function<void()> count = [&] {
        is_over = is_so() || ++turns == 100'000;
        if (!is_over) io::asio::post(context, count);
    };
    io::asio::post(context, count);
    while (!is_over && context.run_one_for(10s) > 0) {}
    return turns;
}

// Of the descriptors that are open now: which a program started from here would have.
std::set<int> inherited() {
    std::set<int> found;
    for (const auto& one : std::filesystem::directory_iterator("/proc/self/fd")) {
        const int descriptor = std::stoi(one.path().filename());
        const int flags = ::fcntl(descriptor, F_GETFD);
        if (flags >= 0 && (flags & FD_CLOEXEC) == 0) found.insert(descriptor);
    }
    return found;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(front)

BOOST_AUTO_TEST_CASE(many_who_wait_are_let_in_in_a_few_turns_of_a_busy_thread) {
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}}, acking());
    BOOST_REQUIRE(server.start(context));
    constexpr std::size_t many = 200;
    std::vector<raw_peer> peers;
    for (std::size_t i = 0; i < many; ++i) peers.emplace_back(server.port());
    BOOST_TEST(turns_until(context, [&] { return server.connections() == many; }) <= 10);   // 64 a turn
    server.stop(0s);
    context.run_for(20s);
    BOOST_TEST(context.stopped());
}

BOOST_AUTO_TEST_CASE(accepting_goes_on_while_a_handler_blocks_the_only_thread) {
    std::latch go_on(1);
    std::atomic<bool> begun = false;
    server::router router;
    router.on<packet::submit>([&](server::context&, const packet::submit& s) {
        begun = true;
        go_on.wait();
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    running_server server(router, {.threads = 1});
    raw_peer first(server.port());
    first.say(submit_frame(1));
    BOOST_TEST(eventually([&] { return begun.load(); }));
    raw_peer second(server.port());
    BOOST_TEST(eventually([&] { return server.get().connections() == 2; }));
    go_on.count_down();
    BOOST_TEST(first.hear(14) == ack_frame(1));
}

BOOST_AUTO_TEST_CASE(a_program_that_is_started_meanwhile_inherits_no_connection) {
    const std::set<int> before = inherited();
    running_server server(acking());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    const std::set<int> now = inherited();
    BOOST_TEST(std::ranges::includes(before, now));
}

BOOST_AUTO_TEST_CASE(who_waits_to_be_accepted_at_the_stop_is_accepted_and_answered) {
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}}, acking());
    BOOST_REQUIRE(server.start(context));
    std::vector<raw_peer> peers;
    for (int i = 0; i < 100; ++i) {
        peers.emplace_back(server.port());
        peers.back().say(submit_frame(1));
    }
    server.stop(10s);   // before the thread has run at all
    std::thread runner([&] { context.run(); });
    for (raw_peer& peer : peers) BOOST_TEST(peer.hear_all() == ack_frame(1));
    peers.clear();
    const server::report report = server.wait();
    runner.join();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.drained == 100U);
}

BOOST_AUTO_TEST_SUITE_END()
