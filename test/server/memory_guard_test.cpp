// A server whose pool of memory is short: who is closed, and who is served.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/memory_budget.hpp>
#include <hawser/server/memory_plan.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

server::config with_pool(std::size_t pool) {
    server::config settings;
    settings.threads = 2;
    settings.admission.max_connections = 1000;
    const server::memory_plan empty{.threads = 2, .connections = 1000};
    settings.memory_budget = empty.fixed() + empty.of_connections() + pool;
    return settings;
}

constexpr std::size_t small_pool = 8 * 1024 * 1024;

// Of a frame that is made once: to make it anew for each of hundreds takes most of the time of a test,
// and more with a sanitizer.
std::string_view part_of_a_frame(std::size_t size) {
    static const std::string whole = submit_frame(1, std::string(900'000, 'x'));
    return std::string_view(whole).substr(0, size);
}

void is_served(raw_peer& peer, std::uint32_t number) {
    peer.say(submit_frame(number));
    BOOST_TEST(peer.hear(14) == ack_frame(number));
}

std::size_t closed_for_memory(running_server& server, std::size_t least) {
    std::size_t count = 0;
    while (count < least) {
        const server::ending ending = server.recorded().next_ending();
        if (ending.why == hawser::errc::memory_short) ++count;
    }
    return count;
}

io::task<packet::submit_ack> with_much(server::context& here, const packet::submit& s) {
    const packet::submit_ack ack{s.id, packet::outcome::ok};
    const std::string much(900'000, 'x');
    const packet::submit answer{s.id, as_bytes(much)};
    for (int count = 0; count < 20; ++count) {
        const result<void> sent = co_await here.send(answer);
        if (!sent) break;
    }
    co_return ack;
}

// "keep" is kept for long, everything else is answered at once.
io::task<packet::submit_ack> keeps(std::atomic<int>& kept, server::context& here, const packet::submit& s) {
    const packet::submit_ack ack{s.id, packet::outcome::ok};
    if (as_text(s.payload).starts_with("keep")) {
        ++kept;
        static_cast<void>(co_await io::sleep(1h, here.stop_token()));
    }
    co_return ack;
}

// "fill" takes twice the pool and "empty" gives it back: what no closing brings back.
io::task<packet::submit_ack> fills_the_pool(server::context&, const packet::submit& s) {
    const packet::submit_ack ack{s.id, packet::outcome::ok};
    const std::string_view asked = as_text(s.payload);
    const bool fills = asked == "fill", empties = asked == "empty";
    if (!fills && !empties) co_return ack;
    io::memory_account& account = io::memory_account::of(co_await io::this_executor);
    account.change(empties ? 2 * small_pool : 0, fills ? 2 * small_pool : 0);
    co_return ack;
}

// What its calls keep.
struct keep {
    static constexpr packet::command<std::uint8_t> code{0x20};
    using reply = packet::submit_ack;
    packet::id id = {};
    packet::rest payload = {};
};
BOOST_DESCRIBE_STRUCT(keep, (), (id, payload))

io::task<packet::submit_ack> keeps_a_while(std::atomic<int>& kept, server::context& here, const keep& asked) {
    const packet::submit_ack ack{asked.id, packet::outcome::ok};
    ++kept;
    static_cast<void>(co_await io::sleep(300ms, here.stop_token()));
    co_return ack;
}

// Handles "fill" and "empty", and calls of which many may be under way.
struct server_of_keepers {
    std::atomic<int> kept = 0;
    running_server server;

    server_of_keepers() : server(routes(kept), settings()) {}

    // In one piece: what comes after "fill" has been read, and waits for its turn.
    static std::string fills_between_calls() {
        const std::string keeps = wire(keep{id_of(7), as_bytes(std::string_view(part_of_a_frame(8'000)))});
        return keeps + submit_frame(1, "fill") + keeps + keeps + keeps;
    }
    void empty() {
        raw_peer other(server.port());
        other.say(submit_frame(2, "empty"));
        BOOST_TEST(other.hear(14) == ack_frame(2));
    }

private:
    static server::router routes(std::atomic<int>& kept) {
        server::router router;
        router.on<packet::submit>(fills_the_pool);
        router.on<keep>([&kept](server::context& here, const keep& asked) { return keeps_a_while(kept, here, asked); },
                        server::concurrent(64));
        return router;
    }
    static server::config settings() {
        server::config made = with_pool(small_pool);
        made.threads = 1;   // so that what was taken is given back on the thread that took it
        return made;
    }
};

// For so long as looks at memory have everybody served who will be.
void wait_until_it_rests(const std::atomic<int>& count) {
    for (int before = -1; count != before;) {
        before = count;
        std::this_thread::sleep_for(300ms);
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(memory_guards)

// Many who begin a long frame and never end it, on a pool that holds few of them.
BOOST_AUTO_TEST_CASE(those_who_hold_on_to_memory_are_closed_when_it_is_short_and_the_others_are_served) {
    running_server server(acking(), with_pool(small_pool));
    raw_peer good(server.port());
    is_served(good, 1);
    std::vector<raw_peer> hoarders;
    for (int count = 0; count < 90; ++count) hoarders.emplace_back(server.port());
    for (raw_peer& hoarder : hoarders) hoarder.say_without_waiting(part_of_a_frame(800'000));
    for (std::uint32_t number = 2; number < 50; ++number) {
        is_served(good, number);
        raw_peer newcomer(server.port());
        is_served(newcomer, number);
    }
    BOOST_TEST(closed_for_memory(server, 10) == 10U);
    is_served(good, 50);
    BOOST_TEST(server.stop().refused.all() == 0U);
}

// A crowd of which each holds little.
BOOST_AUTO_TEST_CASE(many_who_hold_little_make_room_for_an_upload) {
    running_server server(acking(), with_pool(small_pool));
    std::vector<raw_peer> crowd;
    for (int count = 0; count < 600; ++count) {
        crowd.emplace_back(server.port());
        crowd.back().say(part_of_a_frame(16'000));
    }
    BOOST_TEST(closed_for_memory(server, 50) == 50U);
    raw_peer uploads(server.port());
    const std::string long_frame = submit_frame(1, std::string(1'000'000, 'x'));
    for (int count = 0; count < 5; ++count) {
        uploads.say(long_frame);
        BOOST_TEST(uploads.hear(14) == ack_frame(1));
    }
}

// A peer that has closed its half still gets answers, and is charged for what it does not read.
BOOST_AUTO_TEST_CASE(those_who_closed_their_half_and_do_not_read_are_closed_and_not_all_of_them) {
    server::router router;
    router.on<packet::submit>(with_much);
    running_server server(router, with_pool(small_pool));
    std::vector<raw_peer> hoarders;
    for (int count = 0; count < 20; ++count) hoarders.emplace_back(server.port());
    for (raw_peer& hoarder : hoarders) {
        hoarder.receive_little();
        hoarder.say(submit_frame(1));
        hoarder.close_write();
    }
    BOOST_TEST(closed_for_memory(server, 1) == 1U);
    BOOST_TEST(server.get().connections() >= 2U);   // what fits the pool goes on
}

// What handlers keep cannot be taken back: nobody else is closed for it, and such a session begins nothing more.
BOOST_AUTO_TEST_CASE(handlers_that_keep_bodies_keep_nobody_else_from_being_served) {
    std::atomic<int> calls = 0;
    server::router router;
    router.on<packet::submit>([&calls](server::context& here,
                                       const packet::submit& s) { return keeps(calls, here, s); },
                              server::concurrent(64));
    running_server server(router, with_pool(small_pool));
    const std::string kept = submit_frame(1, "keep" + std::string(30'000, 'x'));
    std::vector<raw_peer> keepers;
    for (int count = 0; count < 20; ++count) keepers.emplace_back(server.port());
    for (raw_peer& keeper : keepers)
        for (int call = 0; call < 64; ++call) keeper.say_without_waiting(kept);
    wait_until_it_rests(calls);
    raw_peer modest(server.port());   // holds a little, and not for long
    is_served(modest, 1);
    modest.say(submit_frame(2, std::string(6'000, 'x')).substr(0, 3'000));
    for (std::uint32_t number = 1; number < 20; ++number) {
        raw_peer newcomer(server.port());
        is_served(newcomer, number);
    }
    modest.say(submit_frame(2, std::string(6'000, 'x')).substr(3'000));
    BOOST_TEST(modest.hear(14) == ack_frame(2));
    BOOST_TEST(server.stop(0s).refused.all() == 0U);
}

// Nobody would be answered, and what its calls hold is not brought back by closing it.
BOOST_AUTO_TEST_CASE(a_peer_that_is_gone_has_no_further_call_begun_while_memory_is_short) {
    server_of_keepers some;
    raw_peer peer(some.server.port());
    peer.say(server_of_keepers::fills_between_calls());
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    peer.reset();
    BOOST_TEST(some.server.recorded().next_ending().why == io::asio::error::connection_reset);
    BOOST_TEST(some.kept == 1);
    some.empty();
}

BOOST_AUTO_TEST_CASE(a_peer_that_has_only_closed_its_half_has_all_its_answers_when_memory_is_there_again) {
    server_of_keepers some;
    raw_peer peer(some.server.port());
    peer.say(server_of_keepers::fills_between_calls());
    BOOST_TEST(peer.hear(14) == ack_frame(1));
    peer.close_write();
    some.empty();
    const std::string answers = peer.hear_all();
    BOOST_TEST(answers == ack_frame(7) + ack_frame(7) + ack_frame(7) + ack_frame(7));
    BOOST_TEST(some.kept == 4);
}

// A newcomer holds nothing, and what it may always hold is planned for it outside of the pool.
BOOST_AUTO_TEST_CASE(newcomers_come_in_and_are_served_however_full_the_pool_is) {
    server::router router;
    router.on<packet::submit>(fills_the_pool);
    server::config settings = with_pool(small_pool);
    settings.threads = 1;   // so that what was taken is given back on the thread that took it
    running_server server(router, settings);
    raw_peer fills(server.port());
    fills.say(submit_frame(1, "fill"));
    BOOST_TEST(fills.hear(14) == ack_frame(1));
    for (std::uint32_t number = 1; number < 50; ++number) {
        raw_peer newcomer(server.port());
        is_served(newcomer, number);
    }
    fills.say(submit_frame(2, "empty"));
    BOOST_TEST(fills.hear(14) == ack_frame(2));
    BOOST_TEST(server.stop().refused.all() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
