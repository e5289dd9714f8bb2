// Many clients at once.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/swarm/swarm.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/test/unit_test.hpp>

#include <memory>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

io::task<void> run_swarm(swarm::swarm& swarm, swarm::report& into) { into = co_await swarm.run(); }

void rethrow(const std::exception_ptr& thrown) {
    if (thrown) std::rethrow_exception(thrown);
}

// Sanitizers make everything several times slower; the same tests run there with fewer submits.
constexpr bool sanitized =
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    true;
#else
    false;
#endif

// Runs the plans at the same time, on one thread.
std::vector<swarm::report> run(std::uint16_t port, std::vector<swarm::plan> plans) {
    io::asio::io_context context(1);
    std::vector<std::unique_ptr<swarm::swarm>> swarms;
    std::vector<swarm::report> reports(plans.size());
    for (std::size_t i = 0; i < plans.size(); ++i) {
        plans[i].connect = *io::address::parse("127.0.0.1:" + std::to_string(port));
        swarms.push_back(std::make_unique<swarm::swarm>(plans[i]));
        io::asio::co_spawn(context.get_executor(), run_swarm(*swarms.back(), reports[i]), rethrow);
    }
    context.run();
    return reports;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(load)

BOOST_AUTO_TEST_CASE(five_clients_with_ten_submits_each) {
    running_server server(acking());
    const auto reports = run(server.port(), {{.clients = 5, .count = 10, .interval = 1ms}});
    BOOST_TEST(reports[0].sent == 50U);
    BOOST_TEST(reports[0].acked == 50U);
    BOOST_TEST(reports[0].good());
}

BOOST_AUTO_TEST_CASE(two_hundred_connections_with_a_window_of_32_and_payloads_of_all_sizes) {
    running_server server(acking());
    const std::uint64_t count = sanitized ? 50 : 500;
    std::vector<swarm::plan> plans;
    for (const std::size_t size : {0U, 100U, 5000U, 65'536U})
        plans.push_back(
            {.clients = 50, .count = count, .interval = 0s, .window = 32, .payload_size = size, .timeout = 60s});
    std::uint64_t acked = 0;
    for (const swarm::report& report : run(server.port(), plans)) {
        BOOST_TEST(report.good());
        acked += report.acked;
    }
    BOOST_TEST(acked == 200 * count);
    const server::report ended = server.stop();
    BOOST_TEST(ended.accepted == 200U);
    BOOST_TEST(ended.frames_in == acked);
    BOOST_TEST(ended.frames_out == acked);
}

BOOST_AUTO_TEST_SUITE_END()
