// Who is not known yet: the packet that has to come first, and what its handler says of its peer.
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <string>
#include <utility>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

struct login_ack {
    static constexpr packet::command<std::uint8_t> code{0x81};
    std::uint8_t is_in;
};
BOOST_DESCRIBE_STRUCT(login_ack, (), (is_in))
struct login {
    static constexpr packet::command<std::uint8_t> code{0x01};
    packet::text<std::uint8_t> name;
};
BOOST_DESCRIBE_STRUCT(login, (), (name))
struct greeted {
    static constexpr packet::command<std::uint8_t> code{0x82};
    packet::text<std::uint8_t, std::string> name;
};
BOOST_DESCRIBE_STRUCT(greeted, (), (name))
struct who_am_i {
    static constexpr packet::command<std::uint8_t> code{0x02};
    boost::endian::big_uint16_t milliseconds;
};
BOOST_DESCRIBE_STRUCT(who_am_i, (), (milliseconds))
struct refusal {
    static constexpr packet::command<std::uint8_t> code{0xff};
};
BOOST_DESCRIBE_STRUCT(refusal, (), ())
struct club : packet::protocol<login, login_ack, who_am_i, greeted, refusal> {};

struct member {
    std::string name;
};

server::entry<login_ack, member> on_login(server::context&, const login& asked) {
    if (asked.name != "ada" && asked.name != "bob") return {{0}};
    return {{1}, member{std::string(asked.name)}};
}

io::task<server::entry<login_ack, member>> on_login_later(server::context& here, const login& asked) {
    co_await io::sleep(1ms);
    co_return on_login(here, asked);
}

greeted on_question(server::context&, const member& who, const who_am_i&) { return {who.name}; }

io::task<greeted> on_question_later(server::context&, const member& who, const who_am_i& asked) {
    co_await io::sleep(std::chrono::milliseconds(asked.milliseconds));
    co_return greeted{who.name};
}

// Every way to have them.
std::vector<server::router> all_kinds() {
    std::vector<server::router> kinds(4, server::router(club{}));
    kinds[0].first<login>(on_login).on<who_am_i>(on_question);
    kinds[1].on<who_am_i>(on_question).first<login>(on_login_later);
    kinds[2].first<login>(on_login).on<who_am_i>(on_question_later);
    kinds[3].first<login>(on_login_later).on<who_am_i>(on_question_later, server::concurrent(4));
    return kinds;
}

const std::string in = wire(login_ack{1});
const std::string ada = wire(greeted{std::string("ada")});

}   // namespace

BOOST_AUTO_TEST_SUITE(entrance)

BOOST_AUTO_TEST_CASE(whoever_is_let_in_is_known_to_the_handlers_that_ask) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(login{"ada"}));
        BOOST_TEST(peer.hear(in.size()) == in);
        peer.say(wire(who_am_i{0}) + wire(who_am_i{1}));
        BOOST_TEST(peer.hear(2 * ada.size()) == ada + ada);
        raw_peer other(server.port());
        other.say(wire(login{"bob"}) + wire(who_am_i{0}));
        const std::string want = in + wire(greeted{std::string("bob")});
        BOOST_TEST(other.hear(want.size()) == want);
    }
}

BOOST_AUTO_TEST_CASE(what_comes_with_the_login_in_one_piece_is_handled_behind_it) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(login{"ada"}) + wire(who_am_i{0}) + wire(who_am_i{0}));
        BOOST_TEST(peer.hear(in.size() + 2 * ada.size()) == in + ada + ada);
    }
}

BOOST_AUTO_TEST_CASE(who_is_turned_away_gets_its_answer_and_nothing_else_is_handled) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(login{"eve"}) + wire(login{"ada"}) + wire(who_am_i{0}));
        BOOST_TEST(peer.hear_all() == wire(login_ack{0}));
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::refused));
    }
}

BOOST_AUTO_TEST_CASE(a_packet_before_the_first_is_a_breach_that_says_so) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(who_am_i{0}));
        BOOST_TEST(peer.hear_all() == "");
        const server::ending end = server.recorded().next_ending();
        BOOST_TEST(end.why == make_error_code(server::errc::too_early));
        BOOST_TEST(end.text().starts_with("packet before the one that has to come first: who_am_i"), end.text());
    }
}

BOOST_AUTO_TEST_CASE(otherwise_may_answer_what_comes_too_early) {
    for (server::router routes : all_kinds()) {
        std::vector<server::unhandled> seen;
        routes.otherwise([&seen](server::context&, const server::unhandled& what) {
            seen.push_back(what);
            return refusal();
        });
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(who_am_i{0}) + wire(login{"ada"}) + wire(who_am_i{0}));
        const std::string want = wire(refusal()) + in + ada;
        BOOST_TEST(peer.hear(want.size()) == want);
        BOOST_REQUIRE(seen.size() == 1U);
        BOOST_TEST(seen[0].why == make_error_code(server::errc::too_early));
        BOOST_TEST(seen[0].packet == "who_am_i");
    }
}

BOOST_AUTO_TEST_CASE(who_is_in_does_not_log_in_again) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        peer.say(wire(login{"ada"}) + wire(login{"bob"}));
        BOOST_TEST(peer.hear_all() == in);
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::no_handler));
    }
}

BOOST_AUTO_TEST_CASE(nobody_is_welcome_a_second_time_by_what_the_protocol_says_of_greetings) {
    server::router routes;
    routes.first<packet::conn>([](server::context&, const packet::conn& said) -> server::entry<packet::conn_ack> {
        return {{said.id}, server::anybody()};
    });
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(wire(packet::conn{id_of(1), {}}) + wire(packet::conn{id_of(2), {}}));
    BOOST_TEST(peer.hear_all() == wire(packet::conn_ack{id_of(1), packet::outcome::ok}));
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::no_handler));
    raw_peer early(server.port());
    early.say(wire(packet::ping{id_of(1)}));
    BOOST_TEST(early.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::too_early));
}

BOOST_AUTO_TEST_CASE(who_a_peer_is_is_no_state_that_handlers_change) {
    server::router routes(club{});
    routes.on_open([](server::context& here) { here.state<member>().name = "nobody"; });
    routes.first<login>(on_login).on<who_am_i>([](server::context& here, const member& who,
                                                  const who_am_i&) -> greeted {
        here.state<member>().name = "eve";
        return {who.name};
    });
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(wire(login{"ada"}) + wire(who_am_i{0}) + wire(who_am_i{0}));
    BOOST_TEST(peer.hear(in.size() + 2 * ada.size()) == in + ada + ada);
}

BOOST_AUTO_TEST_CASE(whoever_asks_where_nobody_may_be_known_is_told_so) {
    std::promise<std::string> stranger;
    std::promise<std::string> known;
    const auto name_of = [](server::context& here) {
        const member* const who = here.identity<member>();
        return who != nullptr ? who->name : "nobody";
    };
    server::router routes(club{});
    std::atomic<int> closed = 0;
    routes.first<login>(on_login).on<who_am_i>(on_question).on_close([&](server::context& here, const server::ending&) {
        (closed++ == 0 ? stranger : known).set_value(name_of(here));
    });
    running_server server(routes);
    { const raw_peer peer(server.port()); }
    BOOST_TEST(stranger.get_future().get() == "nobody");
    raw_peer peer(server.port());
    peer.say(wire(login{"ada"}));
    BOOST_TEST(peer.hear(in.size()) == in);
    peer.close_write();
    BOOST_TEST(known.get_future().get() == "ada");
}

BOOST_AUTO_TEST_CASE(a_handler_that_no_longer_asks_who_its_peer_is_needs_nobody_to_say_so) {
    server::router routes(club{});
    routes.on<who_am_i>(on_question);
    routes.on<who_am_i>([](server::context&, const who_am_i&) { return greeted{std::string("you")}; });
    const running_server server(routes);
}

BOOST_AUTO_TEST_CASE(a_malformed_login_is_a_breach) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes);
        raw_peer peer(server.port());
        std::string cut = wire(login{"ada"});
        cut[3] = static_cast<char>(cut[3] - 1);   // the frame is a byte shorter
        cut.pop_back();
        peer.say(cut);
        BOOST_TEST(peer.hear_all() == "");
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(packet::errc::short_body));
    }
}

BOOST_AUTO_TEST_CASE(an_entrance_that_throws_ends_its_connection_and_lets_nobody_in) {
    server::router routes(club{});
    routes.first<login>([](server::context&, const login&) -> server::entry<login_ack, member> {
        throw std::runtime_error("no list");
    });
    routes.on<who_am_i>(on_question);
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(wire(login{"ada"}) + wire(who_am_i{0}));
    BOOST_TEST(peer.hear_all() == "");
    const server::ending end = server.recorded().next_ending();
    BOOST_TEST(end.why == make_error_code(server::errc::handler_failed));
    BOOST_TEST(end.detail == "no list");
}

BOOST_AUTO_TEST_CASE(a_handler_that_asks_for_what_nobody_says_is_refused_before_the_start) {
    server::router nobody(club{});
    nobody.on<who_am_i>(on_question);
    BOOST_CHECK_EXCEPTION(running_server{nobody}, std::invalid_argument, [](const std::invalid_argument& error) {
        return std::string(error.what()) ==
               "the handler of who_am_i wants to know who its peer is, but no first() says so";
    });
    server::router other(club{});
    other.first<login>([](server::context&, const login&) -> server::entry<login_ack> { return {{1}}; });
    other.on<who_am_i>(on_question);
    BOOST_CHECK_THROW(running_server{other}, std::invalid_argument);
    BOOST_CHECK_THROW(other.first<login>(on_login), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_stranger_has_shorter_frames_and_whoever_is_let_in_those_of_the_config) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes, {.strangers = {.max_frame = 64}});
        raw_peer known(server.port());
        known.say(wire(login{"ada"}) + wire(login{std::string(200, 'x')}));   // too long, if not for who is in
        BOOST_TEST(known.hear_all() == in);
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::no_handler));
        raw_peer stranger(server.port());
        stranger.say(wire(login{std::string(200, 'x')}));
        BOOST_TEST(stranger.hear_all() == "");
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(hawser::errc::too_long));
    }
}

BOOST_AUTO_TEST_CASE(what_strangers_may_send_has_a_limit_by_default_and_one_that_cannot_be_is_refused) {
    running_server server(all_kinds()[0]);
    raw_peer stranger(server.port());
    stranger.say(std::string("\0\1\0\1", 4));   // a frame of 65,537 bytes
    BOOST_TEST(stranger.hear_all() == "");
    BOOST_TEST(server.recorded().next_ending().why == make_error_code(hawser::errc::too_long));
    BOOST_CHECK_THROW(running_server(all_kinds()[0], {.strangers = {.max_frame = 1}}), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_stranger_that_does_not_say_in_time_who_it_is_is_left) {
    for (const server::router& routes : all_kinds()) {
        running_server server(routes, {.strangers = {.timeout = 300ms}});
        raw_peer known(server.port());
        known.say(wire(login{"ada"}));
        BOOST_TEST(known.hear(in.size()) == in);
        raw_peer stranger(server.port());
        stranger.say(std::string(3, '\0'));   // something, but no login
        BOOST_TEST(stranger.hear_all() == "");
        BOOST_TEST(server.recorded().next_ending().why == make_error_code(server::errc::entry_timeout));
        known.say(wire(who_am_i{0}));
        BOOST_TEST(known.hear(ada.size()) == ada);
    }
}

BOOST_AUTO_TEST_CASE(what_is_published_is_not_for_strangers) {
    running_server server(all_kinds()[0]);
    raw_peer stranger(server.port());
    raw_peer known(server.port());
    known.say(wire(login{"ada"}));
    BOOST_TEST(known.hear(in.size()) == in);
    BOOST_REQUIRE(eventually([&] { return server.get().connections() == 2U; }));
    const frame::shared_frame news = *server.get().frame_of(refusal());
    BOOST_TEST(!server.get().try_publish(news));
    BOOST_TEST(known.hear(wire(refusal()).size()) == wire(refusal()));
    stranger.say(wire(login{"bob"}));
    BOOST_TEST(stranger.hear(in.size()) == in);   // and not the news first
}

BOOST_AUTO_TEST_CASE(a_greeting_may_come_at_any_time_or_not_at_all) {
    server::router routes(club{});
    routes.greeting<login>([](server::context& here, const login& asked) -> server::entry<login_ack> {
        here.state<std::string>() = asked.name;
        return {{1}, server::anybody()};
    });
    routes.on<who_am_i>([](server::context& here, const who_am_i&) { return greeted{here.state<std::string>()}; });
    running_server server(routes);
    raw_peer peer(server.port());
    peer.say(wire(who_am_i{0}) + wire(login{"ada"}) + wire(who_am_i{0}));
    const std::string want = wire(greeted{std::string()}) + in + ada;
    BOOST_TEST(peer.hear(want.size()) == want);
}

BOOST_AUTO_TEST_SUITE_END()
