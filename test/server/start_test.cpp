// When a server says that it has started.
#include <support/busy_socket.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/io/listener.hpp>
#include <hawser/io/memory_budget.hpp>

#include <boost/test/unit_test.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

std::ptrdiff_t threads_of_this_process() {
    std::thread([] {}).join();   // a sanitizer has one of its own, from the first one on
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), std::filesystem::directory_iterator());
}

struct counts_threads final : server::events {
    std::ptrdiff_t seen = 0;
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) override {
        seen = threads_of_this_process();
    }
};

struct cannot_bear_it final : server::events {
    int said = 0;
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) override {
        throw std::runtime_error("no room for a note");
    }
    void stopping(std::size_t) override { ++said; }
    void stopped(const server::report&) override { ++said; }
};

struct cannot_bear_it_once final : server::events {
    bool is_first = true;
    void listening(const std::vector<std::string>&, const std::vector<std::uint16_t>&) override {
        if (std::exchange(is_first, false)) throw std::runtime_error("no room for a note");
    }
};

// As many descriptors as there are now and so many more, until this ends.
class few_descriptors {
public:
    explicit few_descriptors(unsigned more) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::fcntl(0, F_DUPFD_CLOEXEC, 0);
        ::close(next);
        const rlimit now{.rlim_cur = static_cast<rlim_t>(next) + more, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_NOFILE, &now);
    }
    few_descriptors(const few_descriptors&) = delete;
    few_descriptors& operator=(const few_descriptors&) = delete;
    ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

using made_listener = result<std::unique_ptr<io::listener>>;

made_listener closed_one(const io::executor& on) {
    auto made = std::make_unique<io::memory_listener>(on);
    made->close();
    return made;
}

// A server that holds it.
server::router held_by(const std::shared_ptr<int>& what) {
    server::router router;
    router.on<packet::submit>([what](server::context&, const packet::submit& s) {
        return packet::submit_ack{s.id, packet::outcome::ok};
    });
    return router;
}

server::config told_to(server::events& who) {
    server::config settings;
    settings.listen = {"127.0.0.1:0"};
    settings.threads = 3;
    settings.events = {&who};
    return settings;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(starting)

BOOST_AUTO_TEST_CASE(it_is_told_when_all_its_threads_are_there) {
    counts_threads told;
    server::server server(told_to(told), acking());
    const std::ptrdiff_t before = threads_of_this_process();
    BOOST_REQUIRE(server.start());
    BOOST_TEST(told.seen == before + 4);   // three that serve, and the front
}

BOOST_AUTO_TEST_CASE(who_cannot_bear_to_be_told_makes_the_start_fail_and_nothing_is_left) {
    cannot_bear_it told;
    server::server server(told_to(told), acking());
    const std::ptrdiff_t before = threads_of_this_process();
    BOOST_TEST(!server.start());
    BOOST_TEST(server.failure() == "no room for a note");
    BOOST_TEST(!server.ready());
    BOOST_TEST(told.said == 0);   // what was never running does not stop
    BOOST_TEST(threads_of_this_process() == before);
    BOOST_TEST(server.wait().failure == "no room for a note");
}

// A loop that ends while the next one begins is counted: what accepts is begun on the thread where it ends.
BOOST_AUTO_TEST_CASE(listeners_that_are_closed_before_the_front_begins_with_them_do_not_keep_a_server_from_its_end) {
    constexpr int many = 3000;   // enough for two threads to be there at once
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1}, acking());
    for (int number = 0; number < many; ++number) server.add_listener(closed_one);
    BOOST_TEST_REQUIRE(server.start().has_value());
    server.stop(0s);
    const auto ends = std::async(std::launch::async, [&server] { return server.wait().accepted; });
    const bool has_ended = ends.wait_for(20s) == std::future_status::ready;
    if (!has_ended) std::_Exit(1);   // nothing would end it
    BOOST_TEST(has_ended);
}

BOOST_AUTO_TEST_CASE(on_the_users_io_context_a_start_that_fails_is_over_whatever_made_it_fail) {
    const busy_socket taken;
    struct stage {
        std::string name;
        std::function<void(server::config&)> hinder;
        std::function<void(server::server&)> burden;
    };
    cannot_bear_it told;
    const std::vector<stage> all = {
        {"the second address is in use",
         [&](auto& of) { of.listen.push_back("127.0.0.1:" + std::to_string(taken.port())); }, [](auto&) {}},
        {"a listener cannot be made", [](auto&) {},
         [](auto& of) {
             of.add_listener([](const io::executor&) -> made_listener { throw std::runtime_error("no"); });
         }},
        {"what is thrown is none of std's", [](auto&) {},
         [](auto& of) { of.add_listener([](const io::executor&) -> made_listener { throw 7; }); }},
        {"who is told cannot bear it", [&](auto& of) { of.events = {&told}; }, [](auto&) {}},
    };
    for (const stage& each : all) BOOST_TEST_CONTEXT(each.name) {
            const auto alive = std::make_shared<int>();
            io::asio::io_context context(1);
            {
                server::config settings{.listen = {"127.0.0.1:0"}, .memory_budget = 64 * 1024 * 1024};
                each.hinder(settings);
                server::server server(settings, held_by(alive));
                each.burden(server);
                BOOST_TEST(!server.start(context));
                BOOST_TEST(!server.failure().empty());
                BOOST_TEST(server.port() == 0U);
                BOOST_TEST(server.wait().failure == server.failure());
                context.run_for(20s);
                BOOST_TEST(context.stopped());
                // What else lives there is not bounded by a pool of a server that is none, nor is that
                // one's thread asked for memory.
                BOOST_TEST(io::memory_account::of(context.get_executor()).pool() == nullptr);
            }
            BOOST_TEST(alive.use_count() == 1);
        }
    BOOST_TEST(told.said == 0);
}

BOOST_AUTO_TEST_CASE(a_start_that_failed_may_be_tried_again) {
    cannot_bear_it_once told;
    for (const bool on_the_users : {false, true}) BOOST_TEST_CONTEXT("on the user's io_context: " << on_the_users) {
            told.is_first = true;
            io::asio::io_context context(1);
            server::server server(told_to(told), acking());
            const auto start = [&] { return on_the_users ? server.start(context) : server.start(); };
            BOOST_TEST(!start());
            BOOST_TEST_REQUIRE(start().has_value());
            raw_peer peer(server.port());
            peer.say(submit_frame(1));
            std::thread runner([&] { context.run(); });
            BOOST_TEST(peer.hear(14) == ack_frame(1));
            server.stop(0s);
            BOOST_TEST(server.wait().failure.empty());
            runner.join();
        }
}

BOOST_AUTO_TEST_CASE(a_run_that_failed_when_it_had_caught_signals_may_be_tried_again) {
    cannot_bear_it_once told;
    server::server server(told_to(told), acking());
    BOOST_TEST(server.run().failure == "no room for a note");
    server.stop(0s);
    const server::report second = server.run();
    BOOST_TEST(second.failure == "");
    BOOST_TEST(second.exit_status() == 0);
}

// The watch for signals was there, and waited: what it waits with lies in it.
BOOST_AUTO_TEST_CASE(a_run_without_a_descriptor_for_connections_takes_back_the_signals_that_it_had_caught) {
    std::optional<few_descriptors> few;
    server::server server({.listen = {}, .threads = 1}, acking());
    server.add_listener([&few](const io::executor& on) -> made_listener {
        auto made = std::make_unique<io::memory_listener>(on);
        few.emplace(1);
        return made;
    });
    const server::report first = server.run();
    few.reset();
    BOOST_TEST(first.failure.starts_with("no descriptor is left for a connection"));
    BOOST_TEST(first.exit_status() == 1);
}

BOOST_AUTO_TEST_CASE(a_start_inside_of_a_start_is_refused) {
    server::server server({.listen = {}, .threads = 1}, acking());
    error_code inner;
    server.add_listener([&](const io::executor& on) -> made_listener {
        inner = server.start().error();
        return std::make_unique<io::memory_listener>(on);
    });
    BOOST_TEST_REQUIRE(server.start().has_value());
    BOOST_TEST(inner == make_error_code(boost::system::errc::operation_in_progress));
    server.stop(0s);
    BOOST_TEST(server.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
