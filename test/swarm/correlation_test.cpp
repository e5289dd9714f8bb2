// Which answer belongs to which request: by number, by order, and by what it brings back.
#include <hawser/swarm/correlation.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <type_traits>

using namespace hawser;
using namespace std::chrono_literals;
using verdict = swarm::ledger::verdict;

namespace {

const io::time_point now{1h};

// Answers are texts: a digit, the number, and then what is brought back.
swarm::traffic texts(bool in_order) {
    swarm::traffic made;
    made.last = 9;
    made.in_order = in_order;
    return made;
}

void send(swarm::correlation& to, std::string_view body = "") { to.sent(to.next_number(), as_bytes(body), now, now); }

verdict hear(swarm::correlation& by, std::string_view answer) {
    const swarm::received_answer read{.number = static_cast<std::uint32_t>(answer.front() - '0'), .good = true};
    return by.settle(read, as_bytes(answer), now).verdict;
}

}   // namespace

// It would be gone with the expression.
static_assert(!std::is_constructible_v<swarm::correlation, swarm::traffic>);

BOOST_AUTO_TEST_SUITE(correlations)

BOOST_AUTO_TEST_CASE(by_number_the_order_does_not_matter_and_numbers_go_round) {
    const swarm::traffic traffic = texts(false);
    swarm::correlation requests(traffic);
    for (int i = 0; i < 5; ++i) send(requests);
    for (const auto* number : {"3", "1", "5", "2", "4"}) BOOST_TEST((hear(requests, number) == verdict::acked));
    for (int i = 0; i < 6; ++i) send(requests);   // 6 to 9, 1 and 2
    BOOST_TEST((hear(requests, "2") == verdict::acked));
    BOOST_TEST((hear(requests, "5") == verdict::duplicate));
    BOOST_TEST(requests.in_flight() == 5U);
}

BOOST_AUTO_TEST_CASE(by_order_numbers_do_not_matter) {
    const swarm::traffic traffic = texts(true);
    swarm::correlation requests(traffic);
    for (int round = 0; round < 7; ++round) {
        for (int i = 0; i < 3; ++i) send(requests);
        for (const auto* any : {"7", "7", "0"}) BOOST_TEST((hear(requests, any) == verdict::acked));
        BOOST_TEST((hear(requests, "1") == verdict::unknown));   // nobody has asked, and the next one has its own
    }
}

BOOST_AUTO_TEST_CASE(by_order_what_was_given_up_still_has_its_place) {
    const swarm::traffic traffic = texts(true);
    swarm::correlation requests(traffic);
    send(requests);
    send(requests);
    BOOST_TEST(requests.give_up(now) == 2U);
    send(requests);
    BOOST_TEST((hear(requests, "1") == verdict::late));
    BOOST_TEST((hear(requests, "1") == verdict::late));
    BOOST_TEST((hear(requests, "1") == verdict::acked));
}

BOOST_AUTO_TEST_CASE(what_does_not_bring_back_what_was_sent_is_wrong) {
    swarm::traffic traffic = texts(false);
    traffic.echoes = swarm::echo{.sent = [](bytes request) { return request; },
                                 .came_back = [](bytes answer) { return answer.subspan(1); }};
    swarm::correlation requests(traffic);
    send(requests, "red");
    send(requests, "blue");
    BOOST_TEST((hear(requests, "1red") == verdict::acked));
    BOOST_TEST((hear(requests, "2red") == verdict::wrong));
}

BOOST_AUTO_TEST_SUITE_END()
