// Sending to a connection from elsewhere.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// Hands the handle of the first connection out to the test.
struct doorman {
    std::promise<server::handle> first;
    server::router router() {
        server::router made = acking();
        made.on_open([this](server::context& here) { first.set_value(here.handle()); });
        return made;
    }
};

std::string push_body(char sender, std::uint32_t number, std::size_t size) {
    std::string body(1, sender);
    body += packet::serial::from_number(number).text();
    body.resize(size, sender);
    return body;
}

io::task<void> send_many(server::handle to, char sender, std::uint32_t count) {
    for (std::uint32_t number = 1; number <= count; ++number) {
        const std::string body = push_body(sender, number, 10 + number % 5000);
        const result<void> sent = co_await to.send(as_bytes(body));
        if (!sent) throw boost::system::system_error(sent.error());
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(handles)

std::optional<io::executor> here_executor;   // of the test that serves on its own io_context

BOOST_AUTO_TEST_CASE(frames_sent_from_many_coroutines_and_threads_never_mix_and_keep_each_senders_order) {
    doorman door;
    running_server server(door.router(), {.limits = {.outbound_cap = 1024 * 1024}});
    raw_peer peer(server.port());
    const server::handle to = door.first.get_future().get();

    constexpr std::uint32_t count = 300;
    const std::string senders = "abcdefgh";
    std::vector<std::thread> threads;
    for (const char sender : {'a', 'b'}) {   // coroutines, two on each of two io_contexts that are not the server's
        threads.emplace_back([&, sender] {
            io::asio::io_context context(1);
            for (const char one : {sender, static_cast<char>(sender + 2)})
                io::asio::co_spawn(context.get_executor(), send_many(to, one, count),
                                   [](const std::exception_ptr& thrown) {
                                       if (thrown) std::rethrow_exception(thrown);
                                   });
            context.run();
        });
    }
    for (const char sender : {'e', 'f', 'g', 'h'}) {   // and plain threads
        threads.emplace_back([&, sender] {
            for (std::uint32_t number = 1; number <= count; ++number)
                if (!to.send_blocking(as_bytes(push_body(sender, number, 10 + number % 5000)))) std::terminate();
        });
    }

    std::map<char, std::uint32_t> next;
    for (std::size_t frames = 0; frames < senders.size() * count; ++frames) {
        const std::string field = peer.hear(4);
        BOOST_REQUIRE(field.size() == 4U);
        std::size_t size = 0;
        for (const char octet : field) size = size * 256 + static_cast<unsigned char>(octet);
        const std::string body = peer.hear(size - 4);
        const std::uint32_t number = ++next[body.front()];
        BOOST_REQUIRE(body == push_body(body.front(), number, 10 + number % 5000));
    }
    for (std::thread& thread : threads) thread.join();
    BOOST_TEST(next.size() == senders.size());
}

BOOST_AUTO_TEST_CASE(a_handle_is_harmless_after_the_connection_and_after_the_server) {
    doorman door;
    std::optional<running_server> server(std::in_place, door.router());
    std::optional<raw_peer> peer(std::in_place, server->port());
    const server::handle to = door.first.get_future().get();
    peer.reset();
    static_cast<void>(server->recorded().next_ending());
    BOOST_TEST(eventually([&] { return server->get().connections() == 0; }));
    BOOST_TEST(to.send_blocking(as_bytes("late")).error() == make_error_code(errc::closed));
    to.close();
    server.reset();
    BOOST_TEST(to.expired());
    BOOST_TEST(to.send_blocking(as_bytes("later")).error() == make_error_code(errc::closed));
    to.close();
    BOOST_TEST(server::handle().send_blocking(as_bytes("nobody")).error() == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_CASE(close_from_another_thread_ends_the_connection) {
    doorman door;
    running_server server(door.router());
    raw_peer peer(server.port());
    door.first.get_future().get().close();
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(errc::closed));
}

BOOST_AUTO_TEST_CASE(blocking_on_the_servers_own_thread_is_refused) {
    server::router router;
    std::promise<error_code> got;
    router.on<packet::submit>([&](server::context& here, const packet::submit&) {
        got.set_value(here.handle().send_blocking(as_bytes("x")).error());
    });
    running_server server(router, {.threads = 1});
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    BOOST_TEST((got.get_future().get() == boost::system::errc::operation_not_permitted));
}

BOOST_AUTO_TEST_CASE(blocking_on_any_thread_of_the_server_is_refused) {
    std::mutex mutex;
    std::vector<server::handle> all;
    std::promise<error_code> got;
    server::router router;
    router.on_open([&](server::context& here) {
        const std::scoped_lock lock(mutex);
        all.push_back(here.handle());
    });
    router.on<packet::submit>([&](server::context&, const packet::submit&) {
        got.set_value(all.back().send_blocking(as_bytes("x")).error());
    });
    running_server server(router, {.threads = 2});
    raw_peer first(server.port());
    raw_peer second(server.port());
    BOOST_TEST(eventually([&] {
        const std::scoped_lock lock(mutex);
        return all.size() == 2;
    }));
    first.say(submit_frame(1));   // on the other thread than the second connection
    BOOST_TEST((got.get_future().get() == boost::system::errc::operation_not_permitted));
}

io::task<void> send_notice(server::context& here) {
    const result<void> sent = co_await here.send(packet::go_away{packet::no_id, 7});
    BOOST_TEST(!!sent);
}

BOOST_AUTO_TEST_CASE(what_a_plain_handler_sends_besides_does_not_touch_its_answer) {
    io::asio::io_context context(1);
    server::router router;
    std::optional<io::group> children;   // of the one thread
    router.on_open([&](server::context&) { children.emplace(*here_executor); });
    router.on<packet::submit>([&](server::context& here, const packet::submit& s) {
        children->spawn(send_notice(here));   // runs inside this call, and encodes a packet
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    here_executor = context.get_executor();
    server::server server({.listen = {"127.0.0.1:0"}}, router);
    BOOST_REQUIRE(server.start(context));
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    context.run_for(50ms);
    BOOST_TEST(peer.hear(31) == wire(packet::go_away{packet::no_id, 7}) + ack_frame(1));
    server.stop(0s);
    context.run_for(5s);
}

BOOST_AUTO_TEST_CASE(handles_raced_with_the_end_of_connections_and_servers_lose_nothing_but_the_frame) {
    for (int round = 0; round < 30; ++round) {
        doorman door;
        running_server server(door.router());
        raw_peer peer(server.port());
        const server::handle to = door.first.get_future().get();
        std::thread sender([to] {
            while (to.send_blocking(as_bytes("x"))) {}
        });
        std::thread reader([&] { static_cast<void>(peer.hear_all()); });
        std::this_thread::sleep_for(std::chrono::microseconds(100 * round));
        if (round % 2 == 0) to.close();
        else server.stop(100ms);
        sender.join();
        reader.join();
    }
}

BOOST_AUTO_TEST_SUITE_END()
