// Which connection each request goes out on, and in which order: a pool over memory, whose servers the test plays.
#include "support/played_server.hpp"
#include "support/run.hpp"

#include "../../client/src/connection_pool.hpp"

#include <hawser/io/memory.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>
#include <vector>

using namespace hawser;
using namespace std::chrono_literals;
using client::connection_pool;

namespace {

using server_end = std::unique_ptr<io::frame_stream>;

// Every dial succeeds, and leaves the server's end here.
struct world {
    explicit world(std::size_t connections, bool works = true) : answers(works) {
        client::reconnecting_options settings;
        settings.connections = connections;
        settings.pauses = {.first = 1ms, .most = 1ms};
        pool = std::make_shared<connection_pool>(
            context.get_executor(), [this](io::duration, std::stop_token) { return dial(*this); }, settings);
        connection_pool::start(pool);
    }
    ~world() {
        for (const server_end& each : servers) each->close();
        test::run(context, connection_pool::close(pool));
        for (const server_end& each : servers) test::run(context, each->finish(0ms));
        test::expect_nothing_left(context);
    }

    static io::task<result<io::transport>> dial(world& in) {
        if (!in.answers) co_return error_code(io::asio::error::connection_refused);
        const io::executor here = in.context.get_executor();
        auto ends = io::memory_pair(here, here);
        in.servers.push_back(std::make_unique<io::frame_stream>(io::transport(std::move(ends.second)),
                                                                frame::any_codec()));
        co_return io::transport(std::move(ends.first));
    }

    [[nodiscard]] byte_buffer submit() {
        byte_buffer body;
        packet::encode(packet::submit{packet::serial::from_number(++number), {}}, body);
        return body;
    }
    void send(io::duration within, error_code& came_to, std::vector<int>* order = nullptr, int name = 0) {
        io::asio::co_spawn(context, send_one(*this, within, came_to, order, name), io::asio::detached);
    }
    static io::task<void> send_one(world& in, io::duration within, error_code& came_to, std::vector<int>* order,
                                   int name) {
        const result<void> sent = co_await connection_pool::send(in.pool, in.submit(),
                                                                 io::after(io::clock::now(), within));
        came_to = sent ? error_code() : sent.error();
        if (order != nullptr) order->push_back(name);
    }
    // Frames that have come to each server.
    [[nodiscard]] std::vector<std::size_t> heard() {
        test::settle(context);
        std::vector<std::size_t> counts;
        for (const server_end& each : servers) counts.push_back(each->connection().available());
        return counts;
    }

    io::asio::io_context context{1};
    bool answers;
    std::uint32_t number = 0;
    std::vector<server_end> servers;
    std::shared_ptr<connection_pool> pool;
};

}   // namespace

BOOST_AUTO_TEST_SUITE(connection_pools)

BOOST_AUTO_TEST_CASE(every_connection_is_dialled_and_each_has_its_state) {
    world of(3);
    test::run(of.context, io::sleep(1ms));
    test::settle(of.context);
    BOOST_TEST(of.servers.size() == 3U);
    BOOST_TEST(of.pool->size() == 3U);
    for (std::size_t which = 0; which < 3; ++which)
        BOOST_TEST((of.pool->state(which).now == client::connection_state::phase::connected));
}

BOOST_AUTO_TEST_CASE(those_with_equally_many_under_way_take_turns) {
    world of(3);
    test::settle(of.context);
    std::vector<error_code> came_to(6);
    for (error_code& each : came_to) {
        of.send(1h, each);
        test::settle(of.context);
    }
    const std::vector<std::size_t> heard = of.heard();
    BOOST_TEST(heard.size() == 3U);
    BOOST_TEST(heard[0] > 0U);
    BOOST_TEST((heard[1] == heard[0] && heard[2] == heard[0]));   // two frames each
}

BOOST_AUTO_TEST_CASE(who_waits_for_a_connection_goes_first_when_there_is_one) {
    world of(1, false);
    test::settle(of.context);
    std::vector<error_code> came_to(5);
    std::vector<int> order;
    for (int i = 0; i < 5; ++i) of.send(1h, came_to[static_cast<std::size_t>(i)], &order, i);
    test::settle(of.context);
    BOOST_TEST(of.pool->waiting() == 5U);
    of.answers = true;
    while (order.size() < 5) test::run(of.context, io::sleep(1ms));
    BOOST_TEST(order == (std::vector<int>{0, 1, 2, 3, 4}), boost::test_tools::per_element());
    BOOST_TEST(of.pool->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_connection_in_time_nothing_is_sent) {
    world of(1, false);
    error_code came_to;
    std::vector<int> order;
    of.send(2ms, came_to, &order);
    while (order.empty()) test::run(of.context, io::sleep(1ms));
    BOOST_TEST((came_to == client::errc::no_connection), came_to.message());
    BOOST_TEST(of.pool->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(whoever_waits_when_it_is_closed_is_told_so) {
    std::vector<error_code> came_to(3);
    std::vector<int> order;
    {
        world of(1, false);
        for (error_code& each : came_to) of.send(1h, each, &order);
        test::settle(of.context);
        BOOST_TEST(order.empty());
    }
    BOOST_TEST(order.size() == 3U);
    for (const error_code& each : came_to) BOOST_TEST((each == hawser::errc::closed), each.message());
}

BOOST_AUTO_TEST_SUITE_END()
