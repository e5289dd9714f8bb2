// What goes to all connections: over threads that keep up, and over one that does not.
#include <support/print.hpp>
#include <support/raw_peer.hpp>
#include <support/run.hpp>
#include <support/running_server.hpp>

#include <hawser/io/memory_charge.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

packet::submit news_of(std::uint32_t number, std::string_view text = "news") { return {id_of(number), as_bytes(text)}; }

// A server whose thread does nothing from block() to release().
class stoppable {
public:
    explicit stoppable(server::config settings = {}) : server_(routes(), one_thread(std::move(settings))) {}
    ~stoppable() { release(); }

    void block(raw_peer& by) {
        by.say(submit_frame(1, "block"));
        entered_.get_future().wait();
    }
    void release() {
        if (!std::exchange(released_, true)) go_on_.set_value();
    }
    raw_peer listener() {
        raw_peer made(server_.port());
        made.say(submit_frame(1));
        BOOST_TEST(made.hear(14) == ack_frame(1));
        return made;
    }
    running_server& running() noexcept { return server_; }
    server::server& get() noexcept { return server_.get(); }

private:
    static server::config one_thread(server::config settings) {
        settings.threads = 1;
        return settings;
    }
    server::router routes() {
        server::router made;
        made.on<packet::submit>([this](server::context&, const packet::submit& s) {
            if (as_text(s.payload) == "block") {
                entered_.set_value();
                go_on_.get_future().wait();
            }
            return packet::submit_ack{s.id, packet::outcome::ok};
        });
        return made;
    }

    std::promise<void> entered_;
    std::promise<void> go_on_;
    bool released_ = false;
    running_server server_;
};

// Publishes so many, one after the other; how many it did.
io::task<int> publish_many(server::server& in, int count, server::push_as as) {
    int done = 0;
    for (int number = 1; number <= count; ++number) {
        const packet::submit news = news_of(static_cast<std::uint32_t>(number));
        const result<void> told = co_await in.publish(news, as);
        if (!told) break;
        ++done;
    }
    co_return done;
}

// In a thread of the test.
std::future<int> publishing(server::server& in, int count, server::push_as as = {}) {
    return std::async(std::launch::async, [&in, count, as] {
        io::asio::io_context context(1);
        std::future<int> done = io::asio::co_spawn(context.get_executor(), publish_many(in, count, as),
                                                   io::asio::use_future);
        context.run();
        return done.get();
    });
}

std::string all_news(int count) {
    std::string all;
    for (int number = 1; number <= count; ++number) all += wire(news_of(static_cast<std::uint32_t>(number)));
    return all;
}

// Tries until somebody says no; how many were taken.
int publish_until_full(server::server& in, const server::push_as& as = {}) {
    const frame::shared_frame made = *in.frame_of(news_of(1));
    for (int count = 0;; ++count) {
        const error_code error = in.try_publish(made, as);
        if (!error) continue;
        BOOST_TEST(error == errc::outbox_full);
        return count;
    }
}

server::config with_cap(std::size_t cap, frame::slow_consumer policy = frame::slow_consumer::wait) {
    server::config settings;
    settings.codec = frame::length_field::prefix_self(4, 4096);
    settings.limits.outbound_cap = cap;
    settings.pushes.otherwise = policy;
    settings.linger = 10ms;   // peers stay
    return settings;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(publishing_to_all)

BOOST_AUTO_TEST_CASE(a_frame_reaches_every_connection_of_every_thread_in_the_order_of_publishing) {
    running_server server(acking(), {.threads = 3, .linger = 10ms});
    std::vector<raw_peer> peers;
    for (int count = 0; count < 9; ++count) {
        peers.emplace_back(server.port());
        peers.back().say(submit_frame(1));
        BOOST_TEST(peers.back().hear(14) == ack_frame(1));
    }
    BOOST_TEST(publishing(server.get(), 200).get() == 200);
    const std::string expected = all_news(200);
    for (raw_peer& peer : peers) BOOST_TEST((peer.hear(expected.size()) == expected));
    const server::report report = server.stop();
    BOOST_TEST(report.published == 9U * 200);
    BOOST_TEST(report.lost == 0U);
    BOOST_TEST(report.exit_status() == 0);
}

io::task<void> note_outcome(io::task<result<void>> publishing, error_code& into) {
    const result<void> told = co_await std::move(publishing);
    into = told ? error_code() : told.error();
}

// Publishing is the server's, not that of the object that it was asked of.
BOOST_AUTO_TEST_CASE(publishing_that_is_awaited_when_the_server_is_gone_fails) {
    auto gone = std::make_unique<server::server>(server::config{}, acking());
    io::task<result<void>> packet = gone->publish(news_of(1));
    io::task<result<void>> frame = gone->publish(*gone->frame_of(news_of(2)));
    gone.reset();
    error_code of_packet;
    error_code of_frame;
    io::asio::io_context context(1);
    test::run(context, note_outcome(std::move(packet), of_packet));
    test::run(context, note_outcome(std::move(frame), of_frame));
    BOOST_TEST(of_packet == errc::stopping);
    BOOST_TEST(of_frame == errc::stopping);
}

BOOST_AUTO_TEST_CASE(a_handler_publishes_to_all_but_the_one_who_asked) {
    server::server* in = nullptr;
    std::atomic<int> refused = 0;
    server::router router;
    router.on<packet::submit>([&](server::context& here, const packet::submit& s) {
        if (!s.payload.empty() && in->try_publish(*here.frame_of(s.payload), {}, here.peer().number)) ++refused;
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    running_server server(router, {.threads = 2});
    in = &server.get();
    std::vector<raw_peer> peers;
    for (int count = 0; count < 4; ++count) {
        peers.emplace_back(server.port());
        peers.back().say(submit_frame(1, ""));
        BOOST_TEST(peers.back().hear(14) == ack_frame(1));
    }
    peers.front().say(submit_frame(2, "ahoy") + submit_frame(3, ""));
    BOOST_TEST(peers.front().hear(28) == ack_frame(2) + ack_frame(3));
    for (std::size_t other = 1; other < peers.size(); ++other)
        BOOST_TEST(peers[other].hear(8) == std::string("\0\0\0\10ahoy", 8));
    BOOST_TEST(refused == 0);
}

BOOST_AUTO_TEST_CASE(a_thread_that_is_behind_refuses_where_the_policy_is_to_wait_and_loses_nothing) {
    stoppable server(with_cap(16 * 1024));
    raw_peer listener = server.listener();
    raw_peer blocker(server.running().port());
    server.block(blocker);
    const int taken = publish_until_full(server.get());
    BOOST_TEST(taken > 16);
    BOOST_TEST(static_cast<std::size_t>(taken) * wire(news_of(1)).size() <= 16U * 1024);
    BOOST_TEST(server.get().each([](server::context&) {}) == errc::outbox_full);
    server.release();
    BOOST_TEST(blocker.hear(14) == ack_frame(1));
    const std::size_t size = static_cast<std::size_t>(taken) * wire(news_of(1)).size();
    BOOST_TEST(listener.hear(size).size() == size);
    const server::report report = server.running().stop();
    BOOST_TEST(report.published == 2U * static_cast<std::size_t>(taken));
    BOOST_TEST(report.lost == 0U);
}

BOOST_AUTO_TEST_CASE(at_the_bound_of_a_thread_the_policy_says_what_is_lost_and_the_report_how_much) {
    for (const auto policy :
         {frame::slow_consumer::drop_newest, frame::slow_consumer::drop_oldest, frame::slow_consumer::coalesce}) {
        stoppable server(with_cap(16 * 1024, policy));
        raw_peer listener = server.listener();
        raw_peer blocker(server.running().port());
        server.block(blocker);
        constexpr std::uint32_t count = 1000;
        for (std::uint32_t number = 1; number <= count; ++number)
            BOOST_TEST(!server.get().try_publish(*server.get().frame_of(news_of(number)), {.key = number % 10}));
        server.release();
        BOOST_TEST(blocker.hear(14) == ack_frame(1));
        const std::string first = listener.hear(wire(news_of(1)).size());
        const server::report report = server.running().stop();
        BOOST_TEST(report.published + report.lost == 2U * count);
        BOOST_TEST(report.lost > 0U);
        if (policy == frame::slow_consumer::drop_newest) BOOST_TEST(first == wire(news_of(1)));
        if (policy == frame::slow_consumer::drop_oldest)
            BOOST_TEST(first == wire(news_of(static_cast<std::uint32_t>(count + 1 - report.published / 2))));
        if (policy == frame::slow_consumer::coalesce) BOOST_TEST(report.published == 2U * 10);
    }
}

BOOST_AUTO_TEST_CASE(who_publishes_waits_for_a_thread_that_is_behind) {
    stoppable server(with_cap(16 * 1024));
    raw_peer listener = server.listener();
    raw_peer blocker(server.running().port());
    server.block(blocker);
    std::vector<std::future<int>> publishers;
    for (int one = 0; one < 3; ++one) publishers.push_back(publishing(server.get(), 300));
    BOOST_TEST((publishers.front().wait_for(50ms) == std::future_status::timeout), "900 of them do not fit");
    server.release();
    for (std::future<int>& one : publishers) BOOST_TEST(one.get() == 300);
    BOOST_TEST(blocker.hear(14) == ack_frame(1));
    BOOST_TEST(listener.hear(3 * all_news(300).size()).size() == 3 * all_news(300).size());
    const server::report report = server.running().stop();
    BOOST_TEST(report.published == 2U * 900);
    BOOST_TEST(report.lost == 0U);
}

BOOST_AUTO_TEST_CASE(waiting_for_a_thread_has_an_end_and_what_it_then_misses_is_counted) {
    server::config settings = with_cap(16 * 1024);
    settings.limits.push_timeout = 30ms;
    stoppable server(settings);
    raw_peer blocker(server.running().port());
    server.block(blocker);
    const int done = publishing(server.get(), 1000).get();
    BOOST_TEST(done > 0);
    BOOST_TEST(done < 1000);
    server.release();
    BOOST_TEST(blocker.hear(14) == ack_frame(1));
    const server::report report = server.running().stop();
    BOOST_TEST(report.published == static_cast<std::size_t>(done));
    BOOST_TEST(report.lost == 1U);
}

BOOST_AUTO_TEST_CASE(a_publisher_who_waits_hears_of_the_stop) {
    stoppable server(with_cap(16 * 1024));
    raw_peer blocker(server.running().port());
    server.block(blocker);
    std::future<int> publisher = publishing(server.get(), 100'000);
    BOOST_TEST((publisher.wait_for(50ms) == std::future_status::timeout));
    server.get().stop(10s);
    server.release();
    BOOST_TEST(publisher.get() < 100'000);
    BOOST_TEST(server.get().wait().exit_status() == 0);
    BOOST_TEST(server.get().try_publish(*server.get().frame_of(news_of(1))) == errc::stopping);
    BOOST_TEST(server.get().each([](server::context&) {}) == errc::stopping);
}

BOOST_AUTO_TEST_CASE(what_was_published_before_the_stop_still_arrives) {
    stoppable server(with_cap(64 * 1024));
    raw_peer listener = server.listener();
    raw_peer blocker(server.running().port());
    server.block(blocker);
    for (std::uint32_t number = 1; number <= 100; ++number)
        BOOST_TEST(!server.get().try_publish(*server.get().frame_of(news_of(number))));
    server.get().stop(10s);
    server.release();
    BOOST_TEST((listener.hear_all() == all_news(100)));
    const server::report report = server.get().wait();
    BOOST_TEST(report.exit_status() == 0);
    BOOST_TEST(report.published == 200U);
}

BOOST_AUTO_TEST_CASE(a_connection_without_room_misses_what_is_published_if_its_policy_is_to_wait) {
    server::config settings = with_cap(8 * 1024);
    settings.sockets.send_buffer = 4 * 1024;
    settings.limits.write_stall_timeout = 0s;
    running_server server(acking(), settings);
    raw_peer sleeper(server.port());
    sleeper.receive_little(4 * 1024);
    sleeper.say(submit_frame(1));
    BOOST_TEST(sleeper.hear(14) == ack_frame(1));
    BOOST_TEST(publishing(server.get(), 20'000).get() == 20'000);   // nobody waits for one
    sleeper.close_write();
    const std::string heard = sleeper.hear_all();
    const server::report report = server.stop();
    BOOST_TEST(report.published + report.lost == 20'000U);
    BOOST_TEST(report.lost > 0U);
    BOOST_TEST(heard.size() == report.published * wire(news_of(1)).size());
}

io::task<int> send_until_late(server::handle to) {
    const std::string body(1000, 'x');
    int sent = 0;
    for (result<void> done; done; sent += done ? 1 : 0) {
        done = co_await to.send(as_bytes(body));
        if (!done && done.error() != errc::closed) BOOST_TEST(done.error() == errc::write_timeout);
    }
    co_return sent;
}

BOOST_AUTO_TEST_CASE(who_sends_by_a_handle_to_a_thread_that_is_behind_waits_and_gives_up) {
    std::promise<server::handle> first;
    std::promise<void> go_on;
    server::router router;
    router.on<packet::submit>([&](server::context& here, const packet::submit&) {
        first.set_value(here.handle());
        go_on.get_future().wait();
    });
    server::config settings = with_cap(8 * 1024);
    settings.threads = 1;
    settings.limits.push_timeout = 30ms;
    running_server server(router, settings);
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    const server::handle to = first.get_future().get();
    io::asio::io_context context(1);
    std::vector<std::future<int>> senders;
    for (int one = 0; one < 100; ++one)
        senders.push_back(io::asio::co_spawn(context.get_executor(), send_until_late(to), io::asio::use_future));
    context.run_for(500ms);   // 6 or so are on their way, the others gave up
    int waiting = 0;
    for (std::future<int>& one : senders) waiting += one.wait_for(0s) == std::future_status::timeout ? 1 : 0;
    BOOST_TEST(waiting > 0);
    BOOST_TEST(waiting <= 8);
    for (int again = 0; again < 1000; ++again) to.close();   // one post for all
    go_on.set_value();
    context.run_for(5s);
    BOOST_TEST(peer.hear_all().size() % 1004 == 0U);
}

BOOST_AUTO_TEST_CASE(a_frame_counts_in_the_pool_once_until_nobody_holds_it) {
    const auto pool = std::make_shared<io::memory_budget>(1'000'000);
    byte_buffer wire(1000);
    wire.append(as_bytes(std::string(1000, 'x')));
    frame::shared_frame one = io::counted_frame(std::move(wire), pool);
    frame::shared_frame other = one;
    BOOST_TEST(pool->drawn() == 1000U);
    one.reset();
    BOOST_TEST(pool->drawn() == 1000U);
    std::async(std::launch::async, [last = std::move(other)] {}).wait();
    BOOST_TEST(pool->drawn() == 0U);
}

BOOST_AUTO_TEST_CASE(there_are_no_new_frames_when_the_pool_is_full) {
    server::config settings;
    settings.memory_budget = 24 * 1024 * 1024;
    settings.threads = 1;
    settings.admission.max_connections = 10;
    running_server server(acking(), settings);
    const std::string body(1'000'000, 'x');
    std::vector<frame::shared_frame> kept;
    result<frame::shared_frame> made = server.get().frame_of(as_bytes(body));
    for (; made && kept.size() < 100; made = server.get().frame_of(as_bytes(body))) kept.push_back(*made);
    BOOST_TEST((made.error() == boost::system::errc::not_enough_memory));
    BOOST_TEST(kept.size() < 10U);
    made = error_code(errc::closed);
    kept.clear();
    BOOST_TEST(server.get().frame_of(as_bytes(body)).has_value());
}

BOOST_AUTO_TEST_CASE(who_keeps_others_frames_in_memory_by_not_reading_is_closed_when_that_is_short) {
    server::config settings;
    settings.memory_budget = 28 * 1024 * 1024;
    settings.threads = 1;
    settings.admission.max_connections = 50;
    settings.sockets.send_buffer = 16 * 1024;
    settings.pushes.otherwise = frame::slow_consumer::drop_oldest;
    running_server server(acking(), settings);
    std::vector<raw_peer> deaf;
    for (int count = 0; count < 30; ++count) {
        deaf.emplace_back(server.port());
        deaf.back().receive_little(4 * 1024);
        deaf.back().say(submit_frame(1));
        BOOST_TEST(deaf.back().hear(14) == ack_frame(1));
    }
    tell_each(server.get(), [](server::context& client) {   // a megabyte each, 30 in all
        const std::string body(1'000'000, 'x');
        if (const auto made = client.frame_of(as_bytes(body))) static_cast<void>(client.try_push(*made));
    });
    const server::ending first = server.recorded().next_ending();
    BOOST_TEST((first.why == errc::memory_short), first.text());
    server.get().stop(0s);
}

BOOST_AUTO_TEST_SUITE_END()
