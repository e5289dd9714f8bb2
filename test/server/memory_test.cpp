// The same session code without sockets, and with every step failing once.
#include <support/in_memory.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/client.hpp>
#include <hawser/io/buffer_pool.hpp>
#include <hawser/io/listener.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <unistd.h>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

struct outcome {
    std::uint32_t answered = 0;
    error_code error;
};

constexpr std::uint32_t rounds = 3;

// Submits a few times; then ends, and the server with it.
io::task<void> converse(client::client client, server::server& server, outcome& into) {
    for (std::uint32_t round = 0; round < rounds && !into.error; ++round) {
        const auto ack = co_await client.request(packet::submit{{}, as_bytes("hello")}, 5s);
        if (!ack) into.error = ack.error();
        else if (ack->result == packet::outcome::ok) ++into.answered;
    }
    co_await client.close();
    server.stop(1s);
}

outcome run_conversation(const io::memory_options& clients, const io::memory_options& servers) {
    in_memory world(acking());
    outcome result;
    auto carrier = world.door->connect(world.context.get_executor(), clients, servers);
    io::asio::co_spawn(world.context.get_executor(),
                       converse(client::client::over(std::move(*carrier)), world.server, result), rethrow);
    world.run();
    BOOST_TEST(world.server.connections() == 0U);
    BOOST_TEST(world.server.wait().exit_status() == 0);
    BOOST_TEST(io::buffer_pool::of(world.context.get_executor()).lent() == 0U);
    return result;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(without_sockets)

BOOST_AUTO_TEST_CASE(the_session_code_runs_in_memory) {
    const outcome got = run_conversation({}, {});
    BOOST_TEST(got.answered == rounds);
    BOOST_TEST(!got.error);
}

BOOST_AUTO_TEST_CASE(a_byte_at_a_time_in_both_directions) {
    const outcome got = run_conversation({.most_a_read = 1, .most_a_write = 1}, {.most_a_read = 1, .most_a_write = 1});
    BOOST_TEST(got.answered == rounds);
}

BOOST_AUTO_TEST_CASE(tiny_buffers_between_the_ends) {
    const outcome got = run_conversation({.capacity = 3}, {.capacity = 2});
    BOOST_TEST(got.answered == rounds);
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_servers_side_at_any_step_ends_the_connection_and_nothing_else) {
    std::size_t step = 1;
    for (outcome got; got.answered < rounds || step == 1; ++step) {
        got = run_conversation({}, {.fail_at = step, .failure = io::asio::error::connection_reset});
        BOOST_TEST((got.error.failed() == (got.answered < rounds)));
        BOOST_REQUIRE(step < 100U);
    }
    BOOST_TEST(step > 2 * rounds);   // each round is a read and a write at least
}

BOOST_AUTO_TEST_CASE(a_failure_of_the_clients_side_at_any_step_fails_its_request) {
    std::size_t step = 1;
    for (outcome got; got.answered < rounds || step == 1; ++step) {
        got = run_conversation({.fail_at = step, .failure = io::asio::error::connection_reset}, {});
        if (got.answered < rounds) BOOST_TEST((got.error == io::asio::error::connection_reset));
        BOOST_REQUIRE(step < 100U);
    }
    BOOST_TEST(step > 2 * rounds);
}

io::task<void> submit_once(io::address where, outcome& into) {
    auto client = co_await client::client::connect(where);
    if (!client) {
        into.error = client.error();
        co_return;
    }
    const auto ack = co_await client->request(packet::submit{{}, as_bytes("hello")});
    if (ack) ++into.answered;
    else into.error = ack.error();
    co_await client->close();
}

BOOST_AUTO_TEST_CASE(the_same_server_over_a_unix_socket) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("hawser-test-" + std::to_string(::getpid()) + ".sock");
    const std::string address = "unix:" + path.string();
    server::server server({.listen = {address}, .threads = 1}, acking());
    BOOST_REQUIRE(server.start());
    outcome got;
    io::asio::io_context context(1);
    io::asio::co_spawn(context.get_executor(), submit_once(*io::address::parse(address), got), rethrow);
    context.run_for(20s);
    BOOST_TEST(got.answered == 1U);
    server.stop(1s);
    BOOST_TEST(server.wait().exit_status() == 0);
    BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_SUITE_END()
