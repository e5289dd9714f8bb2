// Answers that handlers give by themselves: packets with views, encoded while what they look at is there.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

// Answers with what was said, in a packet that looks at it, and in one that owns it.
struct echo {
    static constexpr packet::command<std::uint8_t> code{0xa1};
    packet::id id;
    packet::text<std::uint8_t> said;
};
BOOST_DESCRIBE_STRUCT(echo, (), (id, said))
struct own_echo {
    static constexpr packet::command<std::uint8_t> code{0xa1};
    packet::id id;
    packet::text<std::uint8_t, std::string> said;
};
BOOST_DESCRIBE_STRUCT(own_echo, (), (id, said))
struct shout {
    static constexpr packet::command<std::uint8_t> code{0x21};
    using reply = echo;
    packet::id id;
    packet::rest_text words;
};
BOOST_DESCRIBE_STRUCT(shout, (), (id, words))

std::string louder(std::string_view words) {
    std::string made(words);
    std::ranges::transform(made, made.begin(), [](char letter) {
        return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    });
    return made;
}

server::answered plain(server::context& here, const shout& asked) {
    const std::string copy = louder(asked.words);   // gone when this returns
    return here.answer(echo{asked.id, copy});
}

void plain_without_a_word(server::context& here, const shout& asked) {
    const std::string copy = louder(asked.words);
    static_cast<void>(here.answer(echo{asked.id, copy}));
}

own_echo by_value(server::context&, const shout& asked) { return {asked.id, louder(asked.words)}; }

io::task<server::answered> waiting(server::context& here, const shout& asked) {
    co_await io::sleep(1ms);
    const std::string copy = louder(asked.words);   // the request's own views are still good
    co_return here.answer(echo{asked.id, copy});
}

io::task<void> answering_first(server::context& here, const shout& asked) {
    {
        const std::string copy = louder(asked.words);
        static_cast<void>(here.answer(echo{asked.id, copy}));
    }
    co_await io::sleep(1ms);   // the answer has left meanwhile
}

io::task<own_echo> by_value_later(server::context&, const shout& asked) {
    co_await io::sleep(1ms);
    own_echo made{asked.id, louder(asked.words)};
    co_return made;
}

server::router routed(auto handler, auto... more) {
    server::router router = acking();
    router.on<shout>(handler, more...);
    return router;
}

std::string shout_frame(std::uint32_t number, std::string_view words) { return wire(shout{id_of(number), words}); }
std::string echo_frame(std::uint32_t number, std::string_view words) { return wire(echo{id_of(number), words}); }

void answers(const server::router& router, std::string_view kind) {
    BOOST_TEST_CONTEXT(kind) {
        running_server server(router);
        raw_peer peer(server.port());
        const std::string words = "a text that is longer than those which a string keeps in itself";
        peer.say(shout_frame(1, words) + submit_frame(2));
        const std::string want = echo_frame(1, louder(words));
        const std::string heard = peer.hear(want.size() + 14);
        const bool in_order = heard == want + ack_frame(2);
        const bool overtaken = heard == ack_frame(2) + want;
        BOOST_TEST((in_order || (overtaken && kind == "concurrent")));
    }
}

// What the connection came to when the handler was called once.
server::ending ending_of(const server::router& router, const std::string& wants) {
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(submit_frame(1) + shout_frame(2, "x"));
    BOOST_TEST(peer.hear_all() == ack_frame(1) + wants);
    return server.recorded().next_ending();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(contexts)

BOOST_AUTO_TEST_CASE(an_answer_is_encoded_while_what_it_looks_at_is_there) {
    answers(routed(plain), "plain");
    answers(routed(plain_without_a_word), "plain, returns nothing");
    answers(routed(waiting), "coroutine");
    answers(routed(answering_first), "coroutine, returns nothing");
    answers(routed(waiting, server::concurrent(4)), "concurrent");
    answers(routed(by_value), "owned");
    answers(routed(by_value_later), "owned, coroutine");
    answers(routed(by_value_later, server::concurrent(4)), "concurrent");
}

BOOST_AUTO_TEST_CASE(an_answer_of_a_coroutine_does_not_wait_for_its_end) {
    static constexpr auto forever = [](server::context& here, const shout& asked) -> io::task<void> {
        static_cast<void>(here.answer(echo{asked.id, "soon"}));
        co_await io::sleep(60s);
    };
    for (const bool concurrent : {false, true}) {
        running_server server(concurrent ? routed(forever, server::concurrent(2)) : routed(forever));
        raw_peer peer(server.port());
        peer.say(shout_frame(1, "x"));
        BOOST_TEST(peer.hear(echo_frame(1, "soon").size()) == echo_frame(1, "soon"));
    }
}

BOOST_AUTO_TEST_CASE(a_request_has_one_answer) {
    static constexpr auto twice = [](server::context& here, const shout& asked) -> server::answered {
        // Boost.Test is for one thread.
        if (!here.answer(echo{asked.id, "one"})) throw std::runtime_error("no answer at all");
        return here.answer(echo{asked.id, "two"});
    };
    static constexpr auto twice_later = [](server::context& here, const shout& asked) -> io::task<server::answered> {
        static_cast<void>(here.answer(echo{asked.id, "one"}));
        co_await io::sleep(1ms);
        co_return here.answer(echo{asked.id, "two"});
    };
    const server::ending ends[] = {ending_of(routed(twice), echo_frame(2, "one")),
                                   ending_of(routed(twice_later), echo_frame(2, "one")),
                                   ending_of(routed(twice_later, server::concurrent(2)), echo_frame(2, "one"))};
    for (const server::ending& end : ends) {
        BOOST_TEST(end.why == make_error_code(server::errc::nothing_to_answer), end.text());
        BOOST_TEST(!end.is_breach());
    }
}

BOOST_AUTO_TEST_CASE(a_handler_that_returns_its_answer_has_nothing_else_to_answer) {
    error_code got;
    server::router router = routed([&got](server::context& here, const shout& asked) {
        got = here.answer(echo{asked.id, "one"}).error();
        return own_echo{asked.id, "two"};
    });
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(shout_frame(1, "x"));
    BOOST_TEST(peer.hear(echo_frame(1, "two").size()) == echo_frame(1, "two"));
    BOOST_TEST(got == make_error_code(server::errc::nothing_to_answer));
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_answer_in_a_hook) {
    std::vector<error_code> got;
    const auto asks = [&got](server::context& here) { got.push_back(here.answer(echo{id_of(9), "?"}).error()); };
    server::router router = acking();
    router.on_open(asks);
    router.greeting<packet::conn>([&](server::context& here, const packet::conn& said) {
        asks(here);
        return server::entry<packet::conn_ack>{{said.id}, server::anybody()};
    });
    router.on_close([&](server::context& here, const server::ending&) { asks(here); });
    running_server server(router);
    raw_peer peer(server.port());
    peer.say(wire(packet::conn{id_of(1), {}}));
    BOOST_TEST(peer.hear(14) == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    peer.close_write();
    BOOST_TEST(peer.hear_all() == "");
    static_cast<void>(server.recorded().next_ending());
    BOOST_TEST_REQUIRE(got.size() == 3U);
    for (const error_code& one : got) BOOST_TEST(one == make_error_code(server::errc::nothing_to_answer));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_encoded_is_no_answer_and_another_may_be_given) {
    static constexpr auto tries = [](server::context& here, const shout& asked) -> server::answered {
        const std::string large(300, 'x');
        const server::answered first = here.answer(echo{asked.id, large});
        if (first.error() != make_error_code(packet::errc::value_too_long))
            throw std::runtime_error(first.error().message());
        return here.answer(echo{asked.id, "too much"});
    };
    running_server server(routed(tries));
    raw_peer peer(server.port());
    peer.say(shout_frame(1, "x"));
    BOOST_TEST(peer.hear(echo_frame(1, "too much").size()) == echo_frame(1, "too much"));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_encoded_and_is_returned_ends_the_session_with_its_earlier_answers) {
    static constexpr auto too_much = [](server::context& here, const shout& asked) -> server::answered {
        const std::string large(300, 'x');
        return here.answer(echo{asked.id, large});
    };
    const server::ending end = ending_of(routed(too_much), "");
    BOOST_TEST(end.why == make_error_code(packet::errc::value_too_long), end.text());
}

// Fills the outbox before it answers.
template <class Handler>
void answers_wait_for_room(Handler handler, std::string_view kind) {
    BOOST_TEST_CONTEXT(kind) {
        running_server server(routed(handler), {.sockets = {.send_buffer = 16 * 1024}});
        raw_peer peer(server.port());
        peer.receive_little(64 * 1024);
        peer.say(shout_frame(1, "full") + submit_frame(2));
        const std::string want = echo_frame(1, "FULL") + ack_frame(2);
        peer.close_write();
        const std::string heard = peer.hear_all();
        BOOST_TEST(heard.size() > 1'000'000U);
        BOOST_TEST(heard.ends_with(want));
    }
}

// Until not even a byte has room.
void fill(server::context& here) {
    static const std::string kilobyte(1000, 'k');
    while (!here.try_send(as_bytes(kilobyte))) {}
    while (!here.try_send(as_bytes("k"))) {}
}

BOOST_AUTO_TEST_CASE(an_answer_that_has_no_room_waits_for_it) {
    answers_wait_for_room(
        [](server::context& here, const shout& asked) {
            fill(here);
            return plain(here, asked);
        },
        "plain");
    answers_wait_for_room(
        [](server::context& here, const shout& asked) {
            fill(here);
            plain_without_a_word(here, asked);
        },
        "plain, returns nothing");
    answers_wait_for_room(
        [](server::context& here, const shout& asked) {
            fill(here);
            return answering_first(here, asked);
        },
        "coroutine");
    answers_wait_for_room(
        [](server::context& here, const shout& asked) {
            fill(here);
            return by_value(here, asked);
        },
        "owned");
}

BOOST_AUTO_TEST_CASE(each_concurrent_call_has_its_own_answer) {
    static constexpr auto slow = [](server::context& here, const shout& asked) -> io::task<server::answered> {
        co_await io::sleep(asked.words == "slow" ? 40ms : 1ms);
        const std::string copy = louder(asked.words);
        co_return here.answer(echo{asked.id, copy});
    };
    running_server server(routed(slow, server::concurrent(4)));
    raw_peer peer(server.port());
    peer.say(shout_frame(1, "slow") + shout_frame(2, "fast"));
    const std::string want = echo_frame(2, "FAST") + echo_frame(1, "SLOW");
    BOOST_TEST(peer.hear(want.size()) == want);
}

BOOST_AUTO_TEST_SUITE_END()
