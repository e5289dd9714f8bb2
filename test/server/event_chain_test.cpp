// Several who are told what happens, in the order of the config.
#include "../../server/src/event_chain.hpp"

#include <support/in_a_child.hpp>
#include <support/raw_peer.hpp>
#include <support/running_server.hpp>

#include <hawser/server/server.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <exception>
#include <functional>
#include <iostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace hawser;
using namespace hawser::test;
using namespace std::chrono_literals;

namespace {

using notes = std::vector<std::string>;

/// Notes all that it is told, with its name.
class noting : public server::events {
public:
    noting(std::string name, notes& into, bool says_failures = false)
        : name_(std::move(name)), into_(into), says_failures_(says_failures) {}

    bool start_failed(const std::string& why) override {
        note("start_failed " + why);
        return says_failures_;
    }
    void planned(const server::memory_plan&) override { note("planned"); }
    void listening(const std::vector<std::string>& addresses, const std::vector<std::uint16_t>&) override {
        note("listening " + std::to_string(addresses.size()));
    }
    void opened(const server::peer& who) override { note("opened " + std::to_string(who.number)); }
    void closed(const server::peer& who, const server::ending& how) override {
        note("closed " + std::to_string(who.number) + " " + std::to_string(how.frames_in));
    }
    void refused(const io::endpoint&, const error_code&) override { note("refused"); }
    void datagram_failed(const io::endpoint&, const std::string& why) override { note("datagram_failed " + why); }
    void accept_failed(const error_code&, io::duration) override { note("accept_failed"); }
    void stopping(std::size_t connections) override { note("stopping " + std::to_string(connections)); }
    void stuck(const std::string& what) override { note("stuck " + what); }
    void stopped(const server::report& done) override { note("stopped " + std::to_string(done.accepted)); }

private:
    virtual void note(const std::string& what) { into_.push_back(name_ + ": " + what); }

    std::string name_;
    notes& into_;
    bool says_failures_;
};

/// Cannot bear any of it.
class throwing final : public noting {
public:
    using noting::noting;

private:
    void note(const std::string& what) override { throw std::runtime_error("no more of that: " + what); }
};

struct call {
    std::string name;
    std::function<void(const server::event_chain&)> make;
};

const call of_the_start[] = {
    {"planned", [](const auto& chain) { chain.planned({}); }},
    {"listening 2", [](const auto& chain) { chain.listening({"here", "there"}, {}); }},
};

const call of_the_rest[] = {
    {"start_failed in use", [](const auto& chain) { chain.start_failed("in use"); }},
    {"opened 7", [](const auto& chain) { chain.opened({.number = 7, .address = {}}); }},
    {"closed 7 3",
     [](const auto& chain) {
         server::ending how;
         how.frames_in = 3;
         chain.closed({.number = 7, .address = {}}, how);
     }},
    {"refused", [](const auto& chain) { chain.refused({}, server::errc::denied); }},
    {"datagram_failed odd", [](const auto& chain) { chain.datagram_failed({}, "odd"); }},
    {"accept_failed", [](const auto& chain) { chain.accept_failed(server::errc::out_of_descriptors, 1s); }},
    {"stopping 4", [](const auto& chain) { chain.stopping(4); }},
    {"stuck submit", [](const auto& chain) { chain.stuck("submit"); }},
    {"stopped 5", [](const auto& chain) { chain.stopped({.accepted = 5}); }},
};

/// What `call` prints on standard error.
template <class Call>
std::string complaint_of(const Call& call) {
    std::ostringstream kept;
    std::streambuf* const usual = std::cerr.rdbuf(kept.rdbuf());
    call();
    std::cerr.rdbuf(usual);
    return kept.str();
}

}   // namespace

BOOST_AUTO_TEST_SUITE(event_chain)

BOOST_AUTO_TEST_CASE(everyone_is_told_everything_in_the_order_of_the_config) {
    notes told;
    noting first("first", told, true), second("second", told);
    const server::event_chain both({&first, &second});
    notes wanted;
    const auto all_are_told = [&](const call& one) {
        one.make(both);
        wanted.insert(wanted.end(), {"first: " + one.name, "second: " + one.name});
    };
    for (const call& one : of_the_start) all_are_told(one);
    for (const call& one : of_the_rest) all_are_told(one);
    BOOST_TEST(told == wanted, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_start_that_one_cannot_bear_is_no_news_for_those_behind_it) {
    for (const call& one : of_the_start) BOOST_TEST_CONTEXT(one.name) {
            notes told;
            noting first("first", told), third("third", told);
            throwing second("second", told);
            const server::event_chain all({&first, &second, &third});
            BOOST_CHECK_THROW(one.make(all), std::runtime_error);
            BOOST_TEST(told == notes{"first: " + one.name}, boost::test_tools::per_element());
        }
}

BOOST_AUTO_TEST_CASE(what_one_throws_later_ends_the_process_when_all_the_others_have_been_told) {
    static notes told;   // for the end
    for (const call& one : of_the_rest) BOOST_TEST_CONTEXT(one.name) {
            const bool ends = holds_in_a_child([&] {
                std::set_terminate([] { std::_Exit(told.size() == 2 && std::current_exception() ? 0 : 1); });
                throwing first("first", told), third("third", told);
                noting second("second", told), fourth("fourth", told);
                one.make(server::event_chain({&first, &second, &third, &fourth}));
                return false;
            });
            BOOST_TEST(ends);
        }
}

BOOST_AUTO_TEST_CASE(a_start_that_failed_is_said_once_unless_one_of_them_says_it) {
    const auto said_by = [](const server::event_list& told) {
        return complaint_of([&] { server::event_chain(told).start_failed("in use"); });
    };
    notes told;
    noting says_it("first", told, true);
    server::events silent, other;
    BOOST_TEST(said_by({}) == "in use\n");
    BOOST_TEST(said_by({&silent, &other}) == "in use\n");
    BOOST_TEST(said_by({&silent, &says_it}) == "");
    BOOST_TEST(said_by({&says_it, &silent}) == "");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_refused) {
    server::events quiet;
    BOOST_CHECK_THROW(server::server({.listen = {"127.0.0.1:0"}, .events = {&quiet, nullptr}}, server::router()),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(more_than_a_config_has_room_for_are_refused_with_the_numbers) {
    server::events quiet;
    const server::event_list eight = {&quiet, &quiet, &quiet, &quiet, &quiet, &quiet, &quiet, &quiet};
    BOOST_CHECK_NO_THROW(server::server({.listen = {"127.0.0.1:0"}, .events = eight}, server::router()));
    const server::event_list nine = {&quiet, &quiet, &quiet, &quiet, &quiet, &quiet, &quiet, &quiet, nullptr};
    BOOST_CHECK_EXCEPTION(server::server({.listen = {"127.0.0.1:0"}, .events = nine}, server::router()),
                          std::invalid_argument, [](const std::invalid_argument& why) {
                              return std::string(why.what()) == "events: there are 9, and at most 8 are told";
                          });
}

BOOST_AUTO_TEST_CASE(a_server_tells_all_of_them) {
    notes told;
    noting first("first", told), second("second", told);
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}, .events = {&first, &second}}, acking());
    BOOST_TEST_REQUIRE(server.start(context).has_value());
    raw_peer peer(server.port());
    peer.say(submit_frame(1));
    peer.close_write();
    const notes wanted = {"planned", "listening 1", "opened 1", "closed 1 1", "stopping 0", "stopped 1"};
    while (told.size() < 8 && context.run_one_for(20s) > 0) {}   // to the end of that connection
    server.stop(0s);
    context.run_for(20s);
    BOOST_TEST(peer.hear_all() == ack_frame(1));
    BOOST_TEST_REQUIRE(told.size() == 2 * wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        BOOST_TEST(told[2 * i] == "first: " + wanted[i]);
        BOOST_TEST(told[2 * i + 1] == "second: " + wanted[i]);
    }
}

BOOST_AUTO_TEST_CASE(a_server_that_cannot_start_tells_those_before_and_says_why) {
    notes told;
    noting first("first", told), third("third", told);
    throwing second("second", told);
    io::asio::io_context context(1);
    server::server server({.listen = {"127.0.0.1:0"}, .events = {&first, &second, &third}}, acking());
    BOOST_TEST(!server.start(context));
    BOOST_TEST(server.failure() == "no more of that: planned");
    BOOST_TEST(told == notes{"first: planned"}, boost::test_tools::per_element());
}

// It was lost with the coroutine that told it, and the server never ended.
BOOST_AUTO_TEST_CASE(what_is_thrown_at_the_stop_ends_the_process_and_hangs_nothing) {
    struct : server::events {
        void stopped(const server::report&) override { throw std::runtime_error("no more"); }
    } told;
    BOOST_TEST(holds_in_a_child([&] {
        std::set_terminate([] { std::_Exit(0); });
        io::asio::io_context context(1);
        server::server server({.listen = {"127.0.0.1:0"}, .events = {&told}}, acking());
        if (!server.start(context)) return false;
        server.stop(0s);
        context.run_for(20s);
        std::_Exit(1);   // its end would wait for ever
    }));
}

BOOST_AUTO_TEST_SUITE_END()
