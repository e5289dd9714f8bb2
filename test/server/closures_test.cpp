// Coroutines with memory of their own: what a lambda captured is there until the coroutine ends, wherever it was given
// away. They are written as classes here, as the house rule has it that a lambda that captures is no coroutine.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/group.hpp>
#include <hawser/io/run.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// Longer than what a string keeps in itself, so that a sanitizer sees who looks at it too late.
const std::string long_text(64, 'x');

struct acks_if_its_text_is_there {
    std::string text = long_text;

    io::task<packet::submit_ack> operator()(server::context&, const packet::submit& s) const {
        const packet::id id = s.id;
        co_await io::sleep(1ms);
        co_return packet::submit_ack{id, text == long_text ? packet::outcome::ok : packet::outcome::error};
    }
};

struct echoes_if_its_text_is_there {
    std::string text = long_text;

    io::task<void> operator()(server::connection& conn) const {
        while (auto body = co_await conn.read_frame()) {
            co_await io::sleep(1ms);
            if (text != long_text) co_return;
            const result<void> sent = co_await conn.send(*body);
            if (!sent) co_return;
        }
    }
};

struct adds_its_length {
    std::string text;
    std::size_t& sum;

    io::task<void> operator()() const {
        co_await io::sleep(1ms);
        sum += text.size();
    }
};

io::task<void> spawns_two(std::size_t& sum) {
    io::group children(co_await io::this_executor);
    for (int count = 0; count < 2; ++count) {
        adds_its_length child{long_text, sum};
        children.spawn(std::move(child));   // gone when the child goes on
    }
    co_await children.join();
}

// Never ends by itself. Counts how often it has begun.
struct waits_for_ever {
    std::shared_ptr<std::atomic<int>> begun;

    io::task<packet::submit_ack> operator()(server::context& here, const packet::submit& s) const {
        const packet::submit_ack ack{s.id, packet::outcome::ok};
        ++*begun;
        io::event never(co_await io::this_executor);
        co_await never.wait();
        static_cast<void>(here.answer(ack));
        co_return ack;
    }
};

template <class... More>
void goes_down_with_its_context(More... more) {
    const auto begun = std::make_shared<std::atomic<int>>(0);
    io::asio::io_context context(1);
    server::router router;
    router.on<packet::submit>(waits_for_ever{begun}, more...);
    server::server server({.listen = {"127.0.0.1:0"}}, std::move(router));
    BOOST_REQUIRE(server.start(context));
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    while (*begun < (sizeof...(more) > 0 ? 2 : 1)) context.run_one_for(10ms);
}   // without a stop, and not to the end

}   // namespace

BOOST_AUTO_TEST_SUITE(closures)

BOOST_AUTO_TEST_CASE(what_a_handler_has_captured_is_there_until_its_coroutine_ends) {
    for (const bool concurrent : {false, true}) {
        server::router router;
        if (concurrent) router.on<packet::submit>(acks_if_its_text_is_there{}, server::concurrent(2));
        else router.on<packet::submit>(acks_if_its_text_is_there{});
        running_server server(std::move(router));
        raw_peer peer(server.port());
        peer.say(submit_frame(1));
        BOOST_TEST(peer.hear(14) == ack_frame(1));
    }
}

BOOST_AUTO_TEST_CASE(what_serve_has_captured_is_there_until_its_coroutine_ends) {
    running_server server(server::server::serve_function(echoes_if_its_text_is_there{}));
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + submit_frame(2));
    BOOST_TEST(peer.hear(2 * submit_frame(1).size()) == submit_frame(1) + submit_frame(2));
}

BOOST_AUTO_TEST_CASE(what_a_spawned_function_has_captured_is_there_until_its_coroutine_ends) {
    std::size_t sum = 0;
    io::asio::io_context context(1);
    io::run(context, spawns_two(sum));
    BOOST_TEST(sum == 2 * long_text.size());
}

// On the user's io_context, which is destroyed while handlers wait: their frames, and the session, in whatever order.
BOOST_AUTO_TEST_CASE(handlers_that_wait_may_go_down_with_the_users_context) {
    goes_down_with_its_context();
    goes_down_with_its_context(server::concurrent(2));
}

BOOST_AUTO_TEST_SUITE_END()
