// Letting connections in, and turning them away: what goes wrong with accept() stops nobody for good.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>
#include <support/temporary_directory.hpp>

#include <hawser/io/listener.hpp>

#include <boost/system/errc.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

namespace sys = boost::system::errc;

error_code of_system(sys::errc_t value) { return {value, boost::system::system_category()}; }

/// What a listener is to fail with, from now on; and how often it was asked.
struct trouble {
    std::atomic<const boost::system::error_category*> category{&boost::system::system_category()};
    std::atomic<int> code{0};
    std::atomic<int> times{0};   ///< that it still fails; negative: for ever
    std::atomic<int> asked{0};

    void is(const error_code& what, int how_often) {
        category = &what.category();
        code = what.value();
        times = how_often;
    }
    void is(sys::errc_t what, int how_often) { is(of_system(what), how_often); }
};

/// A real listener with trouble.
class troubled_listener final : public io::listener {
public:
    troubled_listener(std::unique_ptr<io::listener> real, std::shared_ptr<trouble> has)
        : real_(std::move(real)), trouble_(std::move(has)) {}

    io::task<result<io::accepted>> accept(io::executor where) override {
        ++trouble_->asked;
        if (trouble_->times != 0 && !closed_) {
            if (trouble_->times > 0) --trouble_->times;
            co_return error_code(trouble_->code, *trouble_->category);
        }
        result<io::accepted> made = co_await real_->accept(where);
        co_return made;
    }
    void close() noexcept override {
        closed_ = true;
        real_->close();
    }
    std::string text() const override { return real_->text(); }
    std::uint16_t port() const noexcept override { return real_->port(); }

private:
    std::unique_ptr<io::listener> real_;
    std::shared_ptr<trouble> trouble_;
    bool closed_ = false;
};

/// Counts what is told of accepting.
class door_events final : public server::events {
public:
    void refused(const io::endpoint& who, const error_code& why) override {
        const std::scoped_lock lock(mutex_);
        ++refused_[why];
        last_refused_ = who;
    }
    void accept_failed(const error_code&, io::duration pause) override {
        const std::scoped_lock lock(mutex_);
        ++failures_;
        last_pause_ = pause;
    }

    [[nodiscard]] int refused(server::errc why) const {
        const std::scoped_lock lock(mutex_);
        const auto found = refused_.find(make_error_code(why));
        return found == refused_.end() ? 0 : found->second;
    }
    [[nodiscard]] io::endpoint last_refused() const {
        const std::scoped_lock lock(mutex_);
        return last_refused_;
    }
    [[nodiscard]] int failures() const {
        const std::scoped_lock lock(mutex_);
        return failures_;
    }
    [[nodiscard]] io::duration last_pause() const {
        const std::scoped_lock lock(mutex_);
        return last_pause_;
    }

private:
    mutable std::mutex mutex_;
    std::map<error_code, int> refused_;
    io::endpoint last_refused_;
    int failures_ = 0;
    io::duration last_pause_{};
};

server::server::make_listener with(std::shared_ptr<trouble> has) {
    return [has = std::move(has)](const io::executor& on) -> result<std::unique_ptr<io::listener>> {
        auto real = io::listen(on, *io::address::parse("127.0.0.1:0"));
        if (!real) return real.error();
        return std::make_unique<troubled_listener>(std::move(*real), has);
    };
}

bool serves(raw_peer& peer, std::uint32_t number = 1) {
    peer.say(submit_frame(number));
    return peer.hear(14) == ack_frame(number);
}

// By a reset: before connecting was through, or after it.
bool is_turned_away(std::uint16_t port) {
    try {
        raw_peer peer(port);
        return peer.hear_all().empty();
    } catch (const boost::system::system_error& refused) {
        return refused.code() == sys::connection_reset;
    }
}

/// A server that listens on the port of one troubled listener.
struct troubled_server {
    door_events told;
    std::shared_ptr<trouble> has = std::make_shared<trouble>();
    server::server server;

    explicit troubled_server(std::vector<std::string> listen = {})
        : server({.listen = std::move(listen), .threads = 1, .events = {&told}}, acking()) {
        server.add_listener(with(has));
    }
    ~troubled_server() {
        server.stop(0s);
        static_cast<void>(server.wait());
    }
};

}   // namespace

BOOST_AUTO_TEST_SUITE(accepting)

BOOST_AUTO_TEST_CASE(whatever_accept_fails_with_the_next_connection_is_served) {
    troubled_server here;
    BOOST_REQUIRE(here.server.start());
    for (const auto code : {sys::too_many_files_open, sys::too_many_files_open_in_system, sys::not_enough_memory,
                            sys::no_buffer_space, sys::connection_aborted, sys::protocol_error, sys::network_down,
                            sys::host_unreachable, sys::operation_not_permitted, sys::io_error}) {
        BOOST_TEST_CONTEXT(of_system(code).message()) {
            here.has->is(code, 3);
            raw_peer first(here.server.port());   // wakes the accept that waits already
            raw_peer second(here.server.port());
            BOOST_TEST(serves(first));
            BOOST_TEST(serves(second));
            BOOST_TEST(here.has->times == 0);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_befell_one_connection_only_delays_nobody) {
    troubled_server here;
    BOOST_REQUIRE(here.server.start());
    here.has->is(sys::connection_aborted, 100);
    raw_peer first(here.server.port());
    raw_peer second(here.server.port());
    BOOST_TEST(serves(second));
    BOOST_TEST(here.told.failures() == 0);
    here.has->is(sys::no_buffer_space, 2);
    raw_peer third(here.server.port());
    raw_peer fourth(here.server.port());
    BOOST_TEST(serves(fourth));
    BOOST_TEST(here.told.failures() == 2);
}

BOOST_AUTO_TEST_CASE(who_is_turned_away_delays_nobody_whatever_the_reason) {
    using server::errc;
    for (const auto why : {errc::denied, errc::too_many_connections, errc::too_many_from_address,
                           errc::accept_rate_exceeded, errc::out_of_descriptors}) {
        troubled_server here;
        BOOST_REQUIRE(here.server.start());
        here.has->is(make_error_code(why), 100);
        raw_peer first(here.server.port());
        raw_peer second(here.server.port());
        BOOST_TEST(serves(second));
        BOOST_TEST(here.told.failures() == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_listener_that_fails_for_ever_is_asked_less_and_less_often) {
    for (const auto code : {sys::not_enough_memory, sys::too_many_files_open, sys::connection_aborted}) {
        BOOST_TEST_CONTEXT(of_system(code).message()) {
            troubled_server here;
            here.has->is(code, -1);
            BOOST_REQUIRE(here.server.start());
            BOOST_TEST(eventually([&] { return here.told.last_pause() == 500ms; }));
            // The pauses until then are 10, 20, 40, 80, 160 and 320 ms; each may follow on a burst.
            BOOST_TEST(here.told.failures() <= 8);
            BOOST_TEST(here.has->asked <= 8 * 256);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_connection_that_ends_wakes_a_loop_that_pauses) {
    troubled_server here;
    BOOST_REQUIRE(here.server.start());
    constexpr int rounds = 6;
    std::vector<raw_peer> peers;
    for (int i = 0; i <= rounds; ++i) peers.emplace_back(here.server.port());
    for (raw_peer& peer : peers) BOOST_REQUIRE(serves(peer));
    here.has->is(sys::not_enough_memory, -1);
    const raw_peer waker(here.server.port());   // of the accept that waits
    BOOST_TEST(eventually([&] { return here.told.last_pause() == 500ms; }));
    const auto before = std::chrono::steady_clock::now();
    for (int i = 0; i < rounds; ++i) {
        const int asked = here.has->asked;
        peers.pop_back();
        BOOST_TEST(eventually([&] { return here.has->asked > asked; }));
    }
    // Left alone they would have taken 500 ms each.
    BOOST_TEST((std::chrono::steady_clock::now() - before < rounds * 500ms - 500ms));
}

BOOST_AUTO_TEST_CASE(a_listener_in_trouble_does_not_hold_up_another) {
    troubled_server here({"127.0.0.1:0"});
    here.has->is(sys::not_enough_memory, -1);
    BOOST_REQUIRE(here.server.start());
    BOOST_TEST(eventually([&] { return here.told.failures() > 0; }));
    raw_peer peer(here.server.port());   // of the first one, which is well
    BOOST_TEST(serves(peer));
    here.server.stop(5s);
    BOOST_TEST(peer.hear_all() == "");
    BOOST_TEST(here.server.wait().exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(who_comes_when_the_server_is_full_is_turned_away_at_once_and_room_is_for_the_next) {
    door_events told;
    server::server server(
        {.listen = {"127.0.0.1:0"}, .threads = 2, .admission = {.max_connections = 2}, .events = {&told}}, acking());
    BOOST_REQUIRE(server.start());
    std::optional<raw_peer> first(std::in_place, server.port());
    raw_peer second(server.port());
    BOOST_TEST(serves(*first));
    BOOST_TEST(serves(second));
    BOOST_TEST(is_turned_away(server.port()));
    BOOST_TEST(eventually([&] { return told.refused(server::errc::too_many_connections) == 1; }));   // after the reset
    BOOST_TEST((told.last_refused().what == io::endpoint::kind::ipv4));
    BOOST_TEST(told.last_refused().port != 0);
    first.reset();
    BOOST_TEST(eventually([&] { return server.connections() == 1; }));
    raw_peer third(server.port());
    BOOST_TEST(serves(third));
    BOOST_TEST(serves(second, 2));
    server.stop(5s);
    second.close_write();
    const server::report report = server.wait();
    BOOST_TEST(report.accepted == 3U);
    BOOST_TEST(report.refused.too_many_connections == 1U);
    BOOST_TEST(report.refused.all() == 1U);
}

BOOST_AUTO_TEST_CASE(all_listeners_of_a_server_share_its_limits) {
    const temporary_directory directory;
    server::server server({.listen = {"127.0.0.1:0", "unix:" + directory.file("s")},
                           .threads = 1,
                           .admission = {.max_connections = 3, .max_per_address = 2}},
                          acking());
    const auto other = std::make_shared<trouble>();
    std::shared_ptr<std::uint16_t> other_port = std::make_shared<std::uint16_t>();
    server.add_listener([=](const io::executor& on) {
        auto made = with(other)(on);
        if (made) *other_port = (*made)->port();
        return made;
    });
    BOOST_REQUIRE(server.start());
    raw_peer one(server.port());
    raw_peer two(*other_port);
    BOOST_TEST(serves(one));
    BOOST_TEST(serves(two));
    BOOST_TEST(is_turned_away(server.port()));
    BOOST_TEST(is_turned_away(*other_port));
    server.stop(5s);
    one.close_write();
    two.close_write();
    BOOST_TEST(server.wait().refused.too_many_from_address == 2U);
}

BOOST_AUTO_TEST_CASE(ipv4_through_a_listener_for_both_families_is_ipv4) {
    door_events told;
    server::server server({.listen = {":0"},
                           .threads = 1,
                           .admission = {.deny = {io::address_block::parse("127.0.0.0/8").value()}},
                           .events = {&told}},
                          acking());
    BOOST_REQUIRE(server.start());
    BOOST_TEST(is_turned_away(server.port()));
    BOOST_TEST(eventually([&] { return told.refused(server::errc::denied) == 1; }));
    server.stop(5s);
    BOOST_TEST(server.wait().refused.denied == 1U);
}

BOOST_AUTO_TEST_CASE(who_connects_too_often_is_turned_away) {
    server::server server({.listen = {"127.0.0.1:0"}, .threads = 1, .admission = {.accept_rate = 0.01}}, acking());
    BOOST_REQUIRE(server.start());
    raw_peer peer(server.port());
    BOOST_TEST(serves(peer));
    BOOST_TEST(is_turned_away(server.port()));
    BOOST_TEST(serves(peer, 2));
    server.stop(5s);
    peer.close_write();
    BOOST_TEST(server.wait().refused.accept_rate_exceeded == 1U);
}

BOOST_AUTO_TEST_CASE(limits_that_make_no_sense_are_thrown_at_once) {
    BOOST_CHECK_THROW(server::server({.admission = {.max_connections = 0}}, acking()), std::invalid_argument);
    BOOST_CHECK_THROW(server::server({.admission = {.accept_rate = -1}}, acking()), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()
