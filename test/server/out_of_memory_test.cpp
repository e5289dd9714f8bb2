// A server meets a peer again and again, and each time one more allocation succeeds before one fails, or several on
// end: whichever it is, it costs that connection at most. Nothing is thrown out of the io_context, each connection that
// was opened is told to have ended, no handler is blamed, what the peer heard is right as far as it goes, the next peer
// is served, and the server stops.
#include <support/failing_allocations.hpp>
#include <support/raw_peer.hpp>

#include <hawser/io/listener.hpp>
#include <hawser/io/next_turn.hpp>
#include <hawser/server.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <latch>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t most_allocations = 2000;   // no meeting here needs as many
constexpr std::uint32_t submits = 20;            // the answers to all of them are more than the least outbox holds
constexpr std::size_t long_body = 40'000;        // of the last submit: its frame arrives in parts

/// Counts, and allocates nothing.
struct counter final : server::events {
    void opened(const server::peer&) override { ++opened_count; }
    void closed(const server::peer&, const server::ending& how) override {
        ++closed_count;
        blamed = blamed || how.why == server::errc::handler_failed;
        first_why = closed_count == 1 ? how.why : first_why;
    }
    void stopped(const server::report&) override { ++stopped_count; }
    int opened_count = 0;
    int closed_count = 0;
    int stopped_count = 0;
    bool blamed = false;
    error_code first_why;
};

struct service {
    struct not_yet {};
    enum class outbox : unsigned char { usual, least };
    service(server::router router, not_yet, outbox size = outbox::usual)
        : server(config(told, size), std::move(router)), has_router(true) {}
    explicit service(server::router router, outbox size = outbox::usual) : service(std::move(router), not_yet{}, size) {
        start();
    }
    explicit service(server::server::serve_function serve, outbox size = outbox::usual)
        : server(config(told, size), std::move(serve)) {
        start();
    }

    static server::config config(counter& into, outbox size = outbox::usual) {
        server::config made{.listen = {"127.0.0.1:0"}, .events = {&into}};
        made.linger = 0ms;
        if (size == outbox::least) {
            made.answer_codec = frame::length_field::prefix_self(4, 16);
            made.limits.outbound_cap = 1;
        }
        return made;
    }
    void start() {
        if (!server.start(context)) throw std::runtime_error(server.failure());
    }

    io::asio::io_context context{1};
    counter told;
    server::server server;
    bool has_router = false;   // a coroutine that serves lets out what its own calls throw
};

// These need no memory themselves.

packet::submit_ack ack(server::context&, const packet::submit& s) { return {s.id, packet::outcome::ok}; }

io::task<packet::submit_ack> ack_later(server::context&, const packet::submit& s) {
    const io::executor here = co_await io::this_executor;
    io::operation_memory posted;
    co_await io::next_turn(here, posted);
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

io::task<packet::submit_ack> ack_in_a_coroutine(server::context&, const packet::submit& s) {
    co_return packet::submit_ack{s.id, packet::outcome::ok};
}

io::task<void> ack_all(server::connection& conn) {
    for (bool goes_on = true; goes_on;) {
        const result<bytes> body = co_await conn.read_frame();
        if (!body) co_return;
        const auto submit = packet::decode_as<packet::submit>(*body);
        if (!submit) co_return;
        const packet::submit_ack answer{submit->id, packet::outcome::ok};
        const result<void> sent = co_await conn.send(answer);
        goes_on = sent.has_value();
    }
}

std::string questions(bool greets) {
    std::string all = greets ? wire(packet::conn{.id = id_of(1), .payload = as_bytes("hawser/1")}) : std::string();
    for (std::uint32_t number = 1; number < submits; ++number) all += submit_frame(number);
    return all + submit_frame(submits, std::string(long_body, 'x'));
}

std::string answers(bool greets) {
    std::string all = greets ? wire(packet::conn_ack{id_of(1), packet::outcome::ok}) : std::string();
    for (std::uint32_t number = 1; number <= submits; ++number) all += ack_frame(number);
    return all;
}

std::string meets(service& with, const std::string& says, const failing_allocations& fail);
void stops(service& with);

/// It starts, or is as if it had never been asked to: then the io_context has nothing to do, and the
/// next start is a good one.
template <class Service>
std::size_t allocations_of_a_start(const Service& what, const failing_allocations& fail) {
    service with(what, service::not_yet{});
    with.server.add_listener([](const io::executor& on) { return std::make_unique<io::memory_listener>(on); });
    allocations = fail;
    const bool has_started = with.server.start(with.context).has_value();
    const std::size_t made = std::exchange(allocations, {}).made;
    if (!has_started) {
        with.context.run_for(10s);
        BOOST_TEST(with.context.stopped(), "something of it goes on");
        with.context.restart();
        BOOST_TEST(!with.server.failure().empty());
        with.start();
    }
    BOOST_TEST(meets(with, questions(true), {}).size() == answers(true).size());
    stops(with);
    return made;
}

/// What a peer hears that says everything at once, in two parts, and then closes its half.
std::string meets(service& with, const std::string& says, const failing_allocations& fail) {
    raw_peer peer(with.server.port());
    peer.say_without_waiting(says.substr(0, says.size() / 2));
    std::string heard;
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    allocations = fail;
    bool said_all = false;
    for (bool is_over = false; !is_over;) {
        try {
            static_cast<void>(with.context.poll_one());
        } catch (const std::bad_alloc&) {
            const unarmed ours;
            BOOST_ERROR("it left the io_context");
        }
        const unarmed ours;
        if (with.told.opened_count > 0 && !std::exchange(said_all, true)) {
            peer.say_without_waiting(says.substr(says.size() / 2));
            peer.close_write();
        }
        is_over = peer.hear_without_waiting(heard);
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < give_up), "a peer that waits for ever");
    }
    allocations.armed = false;
    return heard;
}

void stops(service& with) {
    with.server.stop(5s);
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    while (with.context.run_one_until(give_up) > 0) {}
    BOOST_TEST(with.server.connections() == 0U);
    BOOST_TEST(with.told.opened_count == with.told.closed_count);
    BOOST_TEST(!(with.told.blamed && with.has_router));
}

template <class Service>
void survives_every_failure(const Service& what, bool greets = true, service::outbox size = service::outbox::usual) {
    for (const std::size_t in_a_row : {1U, 3U, 40U}) {
        std::size_t number = 1;
        for (bool is_needed = true; is_needed && number < most_allocations; ++number) {
            BOOST_TEST_CONTEXT("allocation " << number << " fails, " << in_a_row << " on end") {
                service with(what, size);
                const failing_allocations fail{.armed = true, .made = 0, .failing = number, .in_a_row = in_a_row};
                const std::string heard = meets(with, questions(greets), fail);
                is_needed = allocations.made >= number;
                BOOST_TEST(answers(greets).starts_with(heard));
                if (!is_needed) BOOST_TEST(heard.size() == answers(greets).size());
                if (heard.size() < answers(greets).size() && with.told.closed_count == 1 && with.has_router)
                    BOOST_TEST(with.told.first_why == boost::system::errc::not_enough_memory);
                BOOST_TEST(meets(with, questions(greets), {}).size() == answers(greets).size(),
                           "the next peer is not served");
                stops(with);
            }
        }
        BOOST_TEST(number < most_allocations);
        BOOST_TEST(number > 10U);   // or nothing was tested
        BOOST_TEST_MESSAGE(number - 2 << " allocations, and each has failed");
    }
}

/// A peer is connected when the server is told to stop, whichever allocation fails from then on. Who
/// has greeted knows go_away.
template <class Service>
std::size_t allocations_of_a_stop(const Service& what, bool greets, const failing_allocations& fail) {
    service with(what);
    raw_peer peer(with.server.port());
    peer.say_without_waiting((greets ? wire(packet::conn{.id = id_of(1), .payload = as_bytes("hawser/1")}) : "") +
                             submit_frame(1));
    const std::string answers = (greets ? wire(packet::conn_ack{id_of(1), packet::outcome::ok}) : "") + ack_frame(1);
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    for (std::string heard; heard.size() < answers.size();) {
        static_cast<void>(with.context.poll_one());
        static_cast<void>(peer.hear_without_waiting(heard));
        BOOST_TEST_REQUIRE((std::chrono::steady_clock::now() < give_up), "it is not served");
    }
    allocations = fail;
    with.server.stop(5s);
    with.server.stop(4s);
    for (bool goes_on = true; goes_on;) {
        try {
            goes_on = with.context.run_one_until(give_up) > 0;
        } catch (const std::bad_alloc&) {
            const unarmed ours;
            BOOST_ERROR("it left the io_context");
        }
    }
    const std::size_t made = std::exchange(allocations, {}).made;
    BOOST_TEST((std::chrono::steady_clock::now() < give_up), "it does not stop");
    BOOST_TEST(with.server.connections() == 0U);
    BOOST_TEST(with.told.opened_count == with.told.closed_count);
    return made;
}

/// A server on the user's io_context that nobody is connected to is destroyed, and then all that has
/// it is what sees to its end.
std::size_t allocations_of_a_destruction(const server::router& router, const failing_allocations& fail) {
    io::asio::io_context context{1};
    counter told;
    auto server = std::make_unique<server::server>(service::config(told), router);
    BOOST_TEST_REQUIRE(server->start(context).has_value());
    context.poll();   // it accepts
    allocations = fail;
    server.reset();
    const auto give_up = std::chrono::steady_clock::now() + 10s;
    for (bool goes_on = true; goes_on;) {
        try {
            goes_on = context.run_one_until(give_up) > 0;
        } catch (const std::bad_alloc&) {
            const unarmed ours;
            BOOST_ERROR("it left the io_context");
        }
    }
    const std::size_t made = std::exchange(allocations, {}).made;
    BOOST_TEST((std::chrono::steady_clock::now() < give_up), "it does not stop");
    BOOST_TEST(told.stopped_count == 1, "its end is told " << told.stopped_count << " times");
    return made;
}

/// A server whose handler never ends: where that waits is there for as long as the program is.
struct stuck_server {
    struct counter final : server::events {
        void stuck(const std::string& what) override { names += what.empty() ? 0 : 1; }
        int names = 0;
    };

    stuck_server() {
        server::router router;
        router.on<packet::submit>([&is_inside = is_inside](server::context&, const packet::submit&) {
            is_inside.count_down();
            std::latch(1).wait();
        });
        server.emplace(server::config{.listen = {"127.0.0.1:0"},
                                      .threads = 1,
                                      .on_stuck = server::stuck_policy::abandon,
                                      .events = {&told}},
                       router);
        if (!server->start()) throw std::runtime_error(server->failure());
        peer.emplace(server->port());
        peer->say(submit_frame(1));
    }

    std::latch& is_inside = *new std::latch(1);
    counter& told = *new counter;   // what is left behind tells it
    std::optional<server::server> server;
    std::optional<raw_peer> peer;
};

template <class Service>
void stops_whichever_fails(const Service& what, bool greets = true) {
    for (const std::size_t in_a_row : {1U, 3U, 40U}) {
        std::size_t number = 1;
        for (bool is_needed = true; is_needed && number < most_allocations; ++number)
            BOOST_TEST_CONTEXT("allocation " << number << " fails, " << in_a_row << " on end") {
                const failing_allocations fail{.armed = true, .made = 0, .failing = number, .in_a_row = in_a_row};
                is_needed = allocations_of_a_stop(what, greets, fail) >= number;
            }
        BOOST_TEST(number < most_allocations);
        BOOST_TEST(number > 3U);   // or nothing was tested
    }
}

server::router routed(auto handler, auto... more) {
    server::router router;
    router.on<packet::submit>(handler, more...);
    return router;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(out_of_memory)

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_plain_handlers_server_it_costs_one_connection) {
    survives_every_failure(routed(ack));
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_server_whose_answers_wait_for_room_it_costs_one_connection) {
    survives_every_failure(routed(ack), true, service::outbox::least);
    survives_every_failure(routed(ack_in_a_coroutine), true, service::outbox::least);
    survives_every_failure(server::server::serve_function(ack_all), false, service::outbox::least);
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_coroutines_server_it_costs_one_connection) {
    survives_every_failure(routed(ack_later));
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_concurrent_handlers_server_it_costs_one_connection) {
    survives_every_failure(routed(ack_later, server::concurrent(2)));
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_server_whose_coroutines_never_wait_it_costs_one_connection) {
    survives_every_failure(routed(ack_in_a_coroutine));
    survives_every_failure(routed(ack_in_a_coroutine, server::concurrent(2)));
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_serve_coroutines_server_it_costs_one_connection) {
    survives_every_failure(server::server::serve_function(ack_all), false);
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_start_it_serves_or_nothing_of_it_is_left) {
    for (const std::size_t in_a_row : {1U, 3U, 40U}) {
        std::size_t number = 1;
        for (bool is_needed = true; is_needed && number < most_allocations; ++number)
            BOOST_TEST_CONTEXT("allocation " << number << " fails, " << in_a_row << " on end") {
                const failing_allocations fail{.armed = true, .made = 0, .failing = number, .in_a_row = in_a_row};
                is_needed = allocations_of_a_start(routed(ack), fail) >= number;
            }
        BOOST_TEST(number < most_allocations);
        BOOST_TEST(number > 10U);   // or nothing was tested
    }
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_of_a_stop_it_comes_to_its_end) {
    stops_whichever_fails(routed(ack));
    stops_whichever_fails(server::server::serve_function(ack_all), false);
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_after_a_server_was_destroyed_it_comes_to_its_end) {
    for (const std::size_t in_a_row : {1U, 3U, 40U}) {
        std::size_t number = 1;
        for (bool is_needed = true; is_needed && number < most_allocations; ++number)
            BOOST_TEST_CONTEXT("allocation " << number << " fails, " << in_a_row << " on end") {
                const failing_allocations fail{.armed = true, .made = 0, .failing = number, .in_a_row = in_a_row};
                is_needed = allocations_of_a_destruction(routed(ack), fail) >= number;
            }
        BOOST_TEST(number < most_allocations);
        BOOST_TEST(number > 1U);   // or nothing was tested
    }
}

BOOST_AUTO_TEST_CASE(whichever_allocation_fails_what_is_stuck_is_left_behind_and_told) {
    std::deque<stuck_server> servers(8);   // each takes half a second to be given up
    for (stuck_server& one : servers) one.is_inside.wait();
    for (stuck_server& one : servers) one.server->stop(0ms);
    bool is_needed = true;
    for (std::size_t number = 0; stuck_server & one : servers) {
        allocations = {
            .armed = true, .made = 0, .failing = std::max<std::size_t>(number, 1), .in_a_row = number == 0 ? 40U : 1U};
        one.server.reset();
        is_needed = std::exchange(allocations, {}).made >= number;
        BOOST_TEST(one.told.names == 1, "allocation " << number << " fails, and " << one.told.names << " are told");
        ++number;
    }
    BOOST_TEST(!is_needed);   // or one has not failed
}

BOOST_AUTO_TEST_SUITE_END()
