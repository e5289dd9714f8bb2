// The pool of memory, what a connection holds of it, and who pauses when it is short.
#include "support/frames.hpp"
#include "support/transports.hpp"

#include <hawser/io/frame_stream.hpp>
#include <hawser/io/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hawser::io {

namespace {

using namespace std::chrono_literals;
using frame::any_codec;
using namespace test;   // every word of a conversation

struct thin_memory {
    explicit thin_memory(const executor& of, std::size_t size) : account(memory_account::of(of)) {
        pool = std::make_shared<memory_budget>(size);
        account.draw_from(pool, [this] { ++alarms; });
    }
    ~thin_memory() { account.draw_from(nullptr); }

    memory_account& account;
    std::shared_ptr<memory_budget> pool;
    int alarms = 0;
};

constexpr std::size_t pool_size = 64 * 1024 * 1024;   // many steps

const std::string large(50'000, 'x');

// Whoever has begun a frame and holds it, while others hold all of the pool.
task<void> whoever_holds_waits(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::string wire = framed(large);
    co_await write_raw(client, framed("whole") + wire.substr(0, 30'000));
    co_await expects_frame(server, "whole");
    const std::size_t others = pool_size / 100 * 105;
    memory.account.change(0, others);
    BOOST_TEST((memory.account.level() == pressure::stop_growing));
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, large));
    co_await write_raw(client, wire.substr(30'000));
    co_await sleep(30ms);
    BOOST_TEST(reading.running() == 1U);   // it has come, and is not looked at
    BOOST_TEST(server.memory().must_pause());
    memory.account.change(others, 0);
    co_await reading.join();
    server.close();
    co_await server.finish(linger);
    BOOST_TEST(memory.account.used() == 0U);
}

// However short memory is: a page is its own.
task<void> whoever_holds_nothing_goes_on(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::size_t others = 2 * pool_size;
    memory.account.change(0, others);
    BOOST_TEST(memory.alarms == 1);
    const std::string page(4'000, 'p');
    co_await write_raw(client, framed("whole") + framed(page).substr(0, 3'000));
    co_await expects_frame(server, "whole");
    BOOST_TEST(memory.account.used() == others);
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, page));
    co_await write_raw(client, framed(page).substr(3'000));
    co_await reading.join();
    co_await sends(server, large);   // and is answered
    client.close_write();
    co_await expects_error(server, errc::end_of_stream);
    memory.account.change(others, 0);
    server.close();
    co_await server.finish(linger);
}

// It is small, so it is not read that a frame is longer than a page: it waits for its turn after one.
task<void> a_page_and_no_more(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::size_t others = 2 * pool_size;
    memory.account.change(0, others);
    co_await write_raw(client, framed(large));
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, large));
    co_await sleep(30ms);
    BOOST_TEST(reading.running() == 1U);
    BOOST_TEST(server.memory().bytes() <= memory_account::allowance);
    BOOST_TEST(memory.account.used() == others);
    memory.account.change(others, 0);
    co_await reading.join();
    server.close();
    co_await server.finish(linger);
}

task<void> a_pause_has_an_end(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.frame_timeout = 20ms;
    frame_stream server(std::move(theirs), any_codec(), limits);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::string wire = framed(large);
    co_await write_raw(client, framed("whole") + wire.substr(0, 30'000));
    co_await expects_frame(server, "whole");
    memory.account.change(0, 2 * pool_size);
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::frame_timeout));
    co_await write_raw(client, wire.substr(30'000, 1));
    co_await reading.join();
    memory.account.change(2 * pool_size, 0);
    co_await server.finish(linger);
}

// A first frame that has come, and only was not read.
task<void> a_pause_is_not_the_newcomers_fault(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_limits limits = patient;
    limits.first_frame_timeout = 20ms;
    frame_stream server(std::move(theirs), any_codec(), limits);
    const thin_memory memory(server.get_executor(), pool_size);
    memory.account.change(0, 2 * pool_size);
    const std::string body(6'000, 'b');
    group reading(server.get_executor());
    reading.spawn(expects_frame(server, body));
    co_await write_raw(client, framed(body));
    co_await reading.join();
    memory.account.change(2 * pool_size, 0);
    server.close();
    co_await server.finish(linger);
}

// Behind bytes that nobody reads.
task<void> who_pauses_sees_its_peer_leave(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    const std::string wire = framed(large);
    co_await write_raw(client, framed("whole") + wire.substr(0, 30'000));
    co_await expects_frame(server, "whole");
    const std::size_t others = pool_size / 100 * 95;
    memory.account.change(0, others);
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::truncated));
    co_await write_raw(client, wire.substr(30'000, 10'000));
    co_await sleep(5ms);
    client.close();
    co_await reading.join();
    memory.account.change(others, 0);
    co_await server.finish(linger);
}

task<void> what_is_shed_comes_back_at_once(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const thin_memory memory(server.get_executor(), pool_size);
    co_await write_raw(client, framed("whole") + framed(large).substr(0, 30'000));
    co_await expects_frame(server, "whole");
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::memory_short));
    while (server.in().unread().size() < 30'000 || server.memory().keeps(clock::now()).age < 20ms) co_await sleep(5ms);
    BOOST_TEST(server.memory().keeps(clock::now()).bytes == 64U * 1024);   // the block that it was lent
    memory.account.change(0, pool_size);
    server.memory().compact();
    BOOST_TEST(server.memory().keeps(clock::now()).bytes == 30'000U);
    server.memory().shed(errc::memory_short);
    BOOST_TEST(memory.account.used() == pool_size);
    BOOST_TEST(server.memory().keeps(clock::now()).bytes == 0U);
    memory.account.change(pool_size, 0);
    co_await reading.join();
    co_await server.finish(linger);
}

// A byte now and then is no progress, an upload is.
task<void> progress_is_counted_in_bytes(transport ours, transport theirs) {
    stream client(std::move(ours));
    frame_stream server(std::move(theirs), any_codec(), patient);
    const std::string wire = framed(std::string(200'000, 'x'));
    group reading(server.get_executor());
    reading.spawn(expects_error(server, errc::closed));
    co_await write_raw(client, wire.substr(0, 30'000));
    while (server.memory().keeps(clock::now()).age < 50ms) co_await sleep(5ms);
    co_await write_raw(client, wire.substr(30'000, 1));
    while (server.in().unread().size() < 30'001) co_await sleep(1ms);
    BOOST_TEST(server.memory().keeps(clock::now()).age >= 50ms);
    const time_point before = clock::now();
    co_await write_raw(client, wire.substr(30'001, 50'000));   // worth 0.75 s
    while (server.in().unread().size() < 80'001) co_await sleep(1ms);
    BOOST_TEST((server.memory().keeps(clock::now()).age <= clock::now() - before));
    server.close();
    co_await reading.join();
    co_await server.finish(linger);
}

using place = memory_account::turn::place;

// Notes in which order turns come.
task<void> takes_its_turn(memory_account& memory, int number, place where, std::vector<int>& order,
                          int descriptor = -1) {
    event wake(co_await this_executor);
    const memory_account::turn turn(memory, {wake, descriptor, where});
    while (!turn.has_come()) co_await wake.wait();
    order.push_back(number);
}

// Our end of a connection whose peer has sent so much and closed its half; or all of it, without having
// read what it got from us.
class left_alone {
public:
    enum class how : unsigned char { in_peace, with_a_reset };

    explicit left_alone(std::size_t unread, how left = how::in_peace) {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0)
            throw std::runtime_error("no socketpair");
        const std::string sent(unread, 'x');
        const bool is_sent = ::send(ends_[1], sent.data(), unread, 0) == static_cast<ssize_t>(unread);
        if (!is_sent || ::send(ends_[0], "x", 1, 0) != 1) throw std::runtime_error("cannot send");
        ::shutdown(ends_[1], SHUT_WR);
        if (left == how::with_a_reset) ::close(std::exchange(ends_[1], -1));
    }
    left_alone(left_alone&& other) noexcept : ends_(std::exchange(other.ends_, {-1, -1})) {}
    left_alone(const left_alone&) = delete;
    left_alone& operator=(const left_alone&) = delete;
    ~left_alone() {
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }

    [[nodiscard]] int descriptor() const noexcept { return ends_[0]; }

private:
    std::array<int, 2> ends_{-1, -1};
};

task<void> is_told_what_broke(memory_account& memory, int descriptor, place where) {
    event wake(co_await this_executor);
    const memory_account::turn turn(memory, {wake, descriptor, where});
    while (!turn.has_come()) co_await wake.wait();
    BOOST_TEST(turn.broken_by() == asio::error::connection_reset);
}

// Notes a 0 when it does, which is some turns later.
task<void> gives_back_after_the_turn_of(int number, memory_account& memory, std::size_t bytes,
                                        std::vector<int>& order) {
    while (std::ranges::find(order, number) == order.end()) co_await io::sleep(1ms);
    co_await io::sleep(30ms);
    order.push_back(0);
    memory.change(bytes, 0);
}

std::size_t resident() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0, pages = 0;
    file >> all >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// One of many that begins a frame.
struct dribbler {
    std::unique_ptr<stream> client;
    std::unique_ptr<frame_stream> server;
};

task<dribbler> begins_a_frame(listener& door, address where, std::size_t size) {
    const executor here = co_await this_executor;
    result<transport> ours = co_await dial(where, long_enough);
    if (!ours) throw std::runtime_error("cannot dial: " + ours.error().message());
    result<accepted> theirs = co_await door.accept(here);
    if (!theirs) throw std::runtime_error("cannot accept: " + theirs.error().message());
    dribbler made{std::make_unique<stream>(std::move(*ours)),
                  std::make_unique<frame_stream>(std::move(theirs->carrier), any_codec(), patient)};
    const std::string part = framed(std::string(500'000, 'x')).substr(0, size);
    co_await write_raw(*made.client, part);
    co_return made;
}

[[maybe_unused]] task<void> what_many_hold_is_what_the_account_says(std::size_t size, std::size_t count) {
    const executor here = co_await this_executor;
    address where{.host = "127.0.0.1"};
    result<std::unique_ptr<listener>> opened = listen(here, where);
    const std::unique_ptr<listener> door = std::move(*opened);
    where.port = door->port();
    std::vector<dribbler> all;
    for (std::size_t number = 0; number < count; ++number) {
        dribbler made = co_await begins_a_frame(*door, where, size);
        all.push_back(std::move(made));
    }
    const thin_memory memory(here, pool_size);
    ::malloc_trim(0);
    const std::size_t before = resident();
    group reading(here);
    for (const dribbler& one : all) reading.spawn(expects_error(*one.server, errc::closed));
    for (const dribbler& one : all)
        while (one.server->in().unread().size() < size) co_await sleep(1ms);
    memory.account.change(0, pool_size);
    for (const dribbler& one : all) one.server->memory().compact();
    ::malloc_trim(0);
    const std::size_t used = memory.account.used() - pool_size;
    const double ratio = static_cast<double>(resident() - before) / static_cast<double>(used);
    BOOST_TEST(used >= count * size);
    BOOST_TEST(ratio < 1.3);
    BOOST_TEST(ratio > 1 / 1.3);
    memory.account.change(pool_size, 0);
    for (const dribbler& one : all) one.server->close();
    co_await reading.join();
    for (const dribbler& one : all) co_await one.server->finish(linger);
}

}   // namespace

BOOST_AUTO_TEST_SUITE(budgets_of_memory)

BOOST_AUTO_TEST_CASE(when_no_memory_is_left_who_holds_some_is_not_read_from) {
    over_every_transport(whoever_holds_waits);
}

BOOST_AUTO_TEST_CASE(however_short_memory_is_who_holds_nothing_is_read_from_and_answered) {
    over_every_transport(whoever_holds_nothing_goes_on);
}

BOOST_AUTO_TEST_CASE(of_who_holds_nothing_a_page_is_read_when_memory_is_short) {
    over_every_transport(a_page_and_no_more);
}

BOOST_AUTO_TEST_CASE(a_frame_that_pauses_for_memory_has_its_time_out_all_the_same) {
    over_every_transport(a_pause_has_an_end);
}

BOOST_AUTO_TEST_CASE(a_first_frame_that_has_come_is_not_late_because_it_was_not_read) {
    over_every_transport(a_pause_is_not_the_newcomers_fault);
}

BOOST_AUTO_TEST_CASE(who_pauses_sees_that_its_peer_has_left) {
    over_sockets(medium::unix_socket, who_pauses_sees_its_peer_leave);
    over_sockets(medium::tcp, who_pauses_sees_its_peer_leave);
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_shed_gives_all_back_in_that_call) {
    over_every_transport(what_is_shed_comes_back_at_once);
}

BOOST_AUTO_TEST_CASE(a_byte_now_and_then_is_no_progress) { over_every_transport(progress_is_counted_in_bytes); }

BOOST_AUTO_TEST_CASE(those_who_pause_get_on_one_after_the_other_and_first_who_has_begun) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    const std::size_t others = pool_size / 100 * 80;
    memory.account.change(0, others);
    std::vector<int> order;
    run(context, together(takes_its_turn(memory.account, 1, place::back, order),
                          takes_its_turn(memory.account, 2, place::back, order),
                          takes_its_turn(memory.account, 3, place::front, order)));
    const std::vector<int> right{3, 1, 2};
    BOOST_TEST(order == right);
    memory.account.change(others, 0);
}

BOOST_AUTO_TEST_CASE(who_holds_what_closing_does_not_bring_back_waits_until_memory_is_not_short) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    const std::size_t others = pool_size / 100 * 80;
    memory.account.change(0, others);
    std::vector<int> order;
    run(context, together(takes_its_turn(memory.account, 1, place::behind, order),
                          takes_its_turn(memory.account, 2, place::back, order),
                          gives_back_after_the_turn_of(2, memory.account, others, order)));
    const std::vector<int> right{2, 0, 1};
    BOOST_TEST(order == right);
}

// They end when they have read it, and give back what they hold.
BOOST_AUTO_TEST_CASE(whose_peer_has_left_little_to_be_read_has_its_turn_however_full_the_pool_is) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    memory.account.change(0, 2 * pool_size);
    std::vector<int> order;
    const left_alone by(3'000);
    run(context, together(takes_its_turn(memory.account, 1, place::back, order),
                          takes_its_turn(memory.account, 2, place::back, order, by.descriptor()),
                          gives_back_after_the_turn_of(2, memory.account, 2 * pool_size, order)));
    const std::vector<int> right{2, 0, 1};
    BOOST_TEST(order == right);
}

// One at a time, a crowd that has left would keep all others waiting for as long as it is large.
BOOST_AUTO_TEST_CASE(those_whose_peers_have_left_have_their_turns_together_and_before_the_others) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    const std::size_t others = pool_size / 100 * 95;
    std::size_t looks = 0;
    memory.account.draw_from(memory.pool, {}, [&looks] { ++looks; });
    memory.account.change(0, others);
    std::vector<left_alone> crowd;
    for (int count = 0; count < 60; ++count) crowd.emplace_back(12'000);
    std::vector<int> order;
    group waiting(context.get_executor());
    waiting.spawn(takes_its_turn(memory.account, 1, place::behind, order));
    for (const left_alone& one : crowd)
        waiting.spawn(takes_its_turn(memory.account, 2, place::back, order, one.descriptor()));
    waiting.spawn(gives_back_after_the_turn_of(2, memory.account, others, order));
    run(context, waiting.join());
    BOOST_TEST(order.size() == 62U);
    BOOST_TEST(order.back() == 1);
    const auto had_theirs = std::ranges::find(order, 0) - order.begin();   // 30 ms after the first
    BOOST_TEST(had_theirs == 60);
    BOOST_TEST(looks <= 8U);
}

// Standing behind the line, too: what is held for it comes back later, but nobody is to begin more for it.
BOOST_AUTO_TEST_CASE(whose_connection_is_broken_is_told_at_once) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    memory.account.change(0, 2 * pool_size);
    for (const place where : {place::back, place::behind}) {
        const left_alone by(12'000, left_alone::how::with_a_reset);
        run(context, is_told_what_broke(memory.account, by.descriptor(), where));
        context.restart();
    }
    memory.account.change(2 * pool_size, 0);
}

BOOST_AUTO_TEST_CASE(what_accounts_may_draw_and_not_use_is_little) {
    asio::io_context context;
    const thin_memory memory(context.get_executor(), pool_size);
    memory.account.change(0, 300 * 1024);
    memory.account.change(300 * 1024, 0);
    BOOST_TEST(memory.pool->drawn() <= memory_account::slack);
}

BOOST_AUTO_TEST_CASE(accounts_draw_in_steps_and_give_back_what_they_do_not_need) {
    asio::io_context first;
    asio::io_context second;
    const auto pool = std::make_shared<io::memory_budget>(100 * memory_account::step);
    memory_account& one = memory_account::of(first.get_executor());
    memory_account& other = memory_account::of(second.get_executor());
    one.draw_from(pool);
    other.draw_from(pool);
    one.change(0, 1);
    BOOST_TEST(pool->drawn() == memory_account::step);
    other.change(0, 10 * memory_account::step);
    BOOST_TEST(pool->drawn() == 11 * memory_account::step);
    one.change(1, memory_account::step);
    BOOST_TEST(pool->drawn() == 11 * memory_account::step);
    other.change(10 * memory_account::step, 1);
    BOOST_TEST(pool->drawn() == 2 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::none));
    other.change(1, 80 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::pause_holders));
    other.change(80 * memory_account::step, 90 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::pause_holders));
    other.change(90 * memory_account::step, 99 * memory_account::step);
    BOOST_TEST((pool->level() == pressure::stop_growing));
    other.draw_from(nullptr);
    one.draw_from(nullptr);
    BOOST_TEST(pool->drawn() == 0U);
}

// While memory is short relief is called for again and again, and no longer.
BOOST_AUTO_TEST_CASE(an_account_asks_for_relief_until_there_is_enough) {
    asio::io_context context;
    memory_account& account = memory_account::of(context.get_executor());
    int asked = 0;
    account.draw_from(std::make_shared<io::memory_budget>(pool_size), {}, [&] {
        if (++asked == 3) account.change(pool_size, 0);
    });
    account.change(0, pool_size);
    context.run_for(20s);
    BOOST_TEST(context.stopped());   // nothing is left to wait for
    BOOST_TEST(asked == 3);
    account.draw_from(nullptr);
}

// Sanitizers keep memory of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
BOOST_AUTO_TEST_CASE(what_the_account_says_is_what_the_process_has) {
    for (const std::size_t size : {5'000U, 16'000U, 40'000U, 200'000U}) {
        BOOST_TEST_CONTEXT(size) {
            asio::io_context context;
            run(context, what_many_hold_is_what_the_account_says(size, 16'000'000 / size / 2));
        }
    }
}
#endif

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::io
