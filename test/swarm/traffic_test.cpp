// What a swarm says of a protocol: its own submits, and random packets of a description.
#include "support/every_field.hpp"

#include <hawser/swarm/traffic.hpp>

#include <boost/test/unit_test.hpp>

#include <cctype>
#include <cstdint>
#include <random>
#include <set>
#include <string>

using namespace hawser;
using boost::endian::big_uint16_t;

namespace {

enum class gear : std::uint8_t { slow = 3, fast = 9 };
BOOST_DESCRIBE_ENUM(gear, slow, fast)
enum class lamp : std::uint16_t { green = 500, red = 700 };
BOOST_DESCRIBE_ENUM(lamp, green, red)

struct waypoint {
    boost::endian::big_int32_t north;
    gear at;
};
BOOST_DESCRIBE_STRUCT(waypoint, (), (north, at))

struct moved {
    static constexpr packet::command<big_uint16_t, 1> code{0x0102};
    std::uint8_t version;
    big_uint16_t id;
    packet::enum_as<lamp, big_uint16_t> result;
};
BOOST_DESCRIBE_STRUCT(moved, (), (version, id, result))
struct move {
    static constexpr packet::command<big_uint16_t, 1> code{0x0101};
    using reply = moved;
    std::uint8_t version;
    big_uint16_t id;
    gear in;
    packet::enum_as<lamp, big_uint16_t> shows;
    packet::fixed_text<4> ship;
    packet::text<std::uint8_t> place;
    packet::octets<std::uint8_t> blob;
    packet::array<waypoint, std::uint8_t> route;
    packet::array<packet::text<std::uint8_t>, std::uint8_t> crew;
    packet::rest note;
};
BOOST_DESCRIBE_STRUCT(move, (), (version, id, in, shows, ship, place, blob, route, crew, note))
struct ferry : packet::protocol<move, moved> {};

bool is_word(std::string_view text) {
    return !text.empty() && text.size() <= 12 && std::ranges::all_of(text, [](char c) { return c >= 'a' && c <= 'z'; });
}

}   // namespace

BOOST_AUTO_TEST_SUITE(traffics)

BOOST_AUTO_TEST_CASE(the_default_submits_code_names_as_ever) {
    swarm::random_source random = swarm::seeded(7);
    swarm::random_source same = swarm::seeded(7);
    swarm::random_values values(random, nullptr);
    const swarm::traffic traffic = swarm::default_traffic();
    byte_buffer body;
    BOOST_TEST(!traffic.make(12, values, body));
    const auto made = packet::decode_as<packet::submit>(body.view());
    BOOST_TEST_REQUIRE(made.has_value());
    BOOST_TEST(made->id.text() == "00000012");
    swarm::code_name name;
    name.draw(same);
    BOOST_TEST(as_text(made->payload) == name.text());
}

BOOST_AUTO_TEST_CASE(the_default_takes_an_ack_with_result_0_for_good) {
    const swarm::traffic traffic = swarm::default_traffic();
    for (const packet::outcome how : {packet::outcome::ok, packet::outcome::error, packet::outcome{7}}) {
        byte_buffer ack;
        packet::encode(packet::submit_ack{packet::serial::from_number(9), how}, ack);
        const auto answer = traffic.read(ack.view());
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->number == 9U);
        BOOST_TEST(answer->good == (how == packet::outcome::ok));
        BOOST_TEST((traffic.read(ack.view().first(4)).error() == packet::errc::short_body));
    }
    BOOST_TEST((traffic
                    .read(as_bytes("\x83"
                                   "00000001"))
                    .error() == packet::errc::unknown_command));
    byte_buffer odd;
    packet::encode(packet::submit_ack{packet::id{{'n', 'o', 't', ' ', 'm', 'i', 'n', 'e'}}}, odd);
    BOOST_TEST(traffic.read(odd.view())->number == 0U);
}

BOOST_AUTO_TEST_CASE(random_requests_of_a_description_are_good_packets_with_values_that_have_names) {
    swarm::random_source random = swarm::seeded(3);
    const swarm::payload_source payloads(100, random);
    swarm::random_values values(random, &payloads);
    const swarm::traffic traffic = swarm::traffic_of<move>();
    BOOST_TEST(traffic.last == 65'535U);
    std::set<std::string> different;
    std::size_t most = 0;
    for (std::uint32_t number = 1; number <= 500; ++number) {
        byte_buffer body;
        BOOST_TEST_REQUIRE(!traffic.make(number, values, body));
        const auto made = packet::decode_as<move>(body.view());
        BOOST_TEST_REQUIRE(made.has_value());
        BOOST_TEST(made->id == number);
        BOOST_TEST((made->in == gear::slow || made->in == gear::fast));
        BOOST_TEST((made->shows == lamp::green || made->shows == lamp::red));
        BOOST_TEST(is_word(made->ship.view()));
        BOOST_TEST(is_word(made->place));
        BOOST_TEST(is_word(as_text(made->blob)));
        for (const waypoint& one : made->route) BOOST_TEST((one.at == gear::slow || one.at == gear::fast));
        for (const auto& name : made->crew) BOOST_TEST(is_word(name));
        most = std::max({most, made->route.size(), made->crew.size()});
        BOOST_TEST(made->note.size() == 100U);
        different.emplace(as_text(body.view()));
    }
    BOOST_TEST(different.size() == 500U);
    BOOST_TEST(most == swarm::longest_array);
}

template <class Packet>
Packet drawn(swarm::random_values& values, byte_buffer& body) {
    Packet made{};
    swarm::fill(made, values);
    body.clear();
    BOOST_TEST_REQUIRE(!packet::encode(made, body));
    const auto read = packet::decode_as<Packet>(body.view());
    BOOST_TEST_REQUIRE(read.has_value(), (read ? "" : read.error().message()));
    return *read;
}

BOOST_AUTO_TEST_CASE(numbers_of_every_width_are_drawn) {
    swarm::random_source random = swarm::seeded(11);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    std::set<std::uint32_t> stations;
    std::set<float> celsius;
    for (int round = 0; round < 200; ++round) {
        const auto made = drawn<test::every_field::measured>(values, body);
        stations.insert(made.station);
        celsius.insert(made.celsius);
        BOOST_TEST((made.latitude >= 0 && made.latitude < 1000));
        BOOST_TEST((test::every_field::depth{made.where} == test::every_field::depth::shallow ||
                    test::every_field::depth{made.where} == test::every_field::depth::deep));
    }
    BOOST_TEST((stations.size() > 190 && celsius.size() > 190));
    BOOST_TEST(*stations.rbegin() > 0x800000U);
}

BOOST_AUTO_TEST_CASE(texts_with_a_nul_are_drawn_of_what_they_have_room_for) {
    swarm::random_source random = swarm::seeded(12);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    std::size_t longest = 0;
    for (int round = 0; round < 200; ++round) {
        const auto made = drawn<test::every_field::greeting>(values, body);
        BOOST_TEST((is_word(made.who) && is_word(made.mine)));
        longest = std::max(longest, made.mine.size());
    }
    BOOST_TEST(longest == 4U);
}

BOOST_AUTO_TEST_CASE(bits_that_have_names_are_drawn_with_what_depends_on_them) {
    using namespace test::every_field;
    swarm::random_source random = swarm::seeded(13);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    std::set<int> bits, sizes;
    for (int round = 0; round < 200; ++round) {
        const auto made = drawn<connecting>(values, body);
        bits.insert(made.flags.bits());
        sizes.insert(static_cast<int>(made.parts->size()));
        BOOST_TEST(made.flags.has(how::will) == is_word(*made.will));
        if (made.flags.has(how::named)) BOOST_TEST(!made.name->empty());
    }
    BOOST_TEST(bits.size() == 32U);   // five named bits
    BOOST_TEST(sizes.size() == swarm::longest_array + 1);
}

BOOST_AUTO_TEST_CASE(elements_without_a_count_are_drawn) {
    using namespace test::every_field;
    swarm::random_source random = swarm::seeded(14);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    std::set<std::size_t> properties, more, spots;
    for (int round = 0; round < 200; ++round) {
        const auto made = drawn<tagged>(values, body);
        properties.insert(made.properties.size());
        more.insert(made.more.size());
        for (const parameter& one : made.more) BOOST_TEST(is_word(as_text(one.value)));
        spots.insert(drawn<spotted>(values, body).spots.size());
    }
    BOOST_TEST((properties.size() == 5 && more.size() == 5 && spots.size() == 5));
    // As many as their length can say.
    packet::array_in_bytes<std::uint8_t, packet::fixed_text<100>> long_ones;
    for (int round = 0; round < 50; ++round) {
        swarm::fill(long_ones, values);
        BOOST_TEST(long_ones.size() <= 2U);
    }
}

BOOST_AUTO_TEST_CASE(what_may_be_missing_is_there_now_and_then) {
    using namespace test::every_field;
    swarm::random_source random = swarm::seeded(15);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    int nulls = 0, versions = 0, locales = 0, all = 0;
    for (int round = 0; round < 400; ++round) {
        const auto made = drawn<lacking>(values, body);
        nulls += made.client ? 0 : 1;
        versions += made.version ? 1 : 0;
        locales += made.locale ? 1 : 0;
        all += made.at ? 1 : 0;
        if (made.client) BOOST_TEST(is_word(*made.client));
    }
    BOOST_TEST((nulls > 50 && nulls < 150));
    BOOST_TEST((versions < 350 && versions > locales && locales > all && all > 100));
}

BOOST_AUTO_TEST_CASE(varints_of_every_length_are_drawn) {
    using namespace test::every_field;
    swarm::random_source random = swarm::seeded(16);
    swarm::random_values values(random, nullptr);
    byte_buffer body;
    std::set<std::size_t> sizes;
    bool some_negative = false, some_positive = false;
    for (int round = 0; round < 300; ++round) {
        const auto made = drawn<packed>(values, body);
        sizes.insert(packet::layout<decltype(made.ticks)>::size(made.ticks));
        some_negative = some_negative || made.delta < -1000;
        some_positive = some_positive || made.delta > 1000;
        BOOST_TEST(is_word(made.name));
    }
    BOOST_TEST(sizes.size() >= 9U);
    BOOST_TEST((some_negative && some_positive));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_requests) {
    std::string first;
    for (int round = 0; round < 2; ++round) {
        swarm::random_source random = swarm::seeded(5);
        swarm::random_values values(random, nullptr);
        byte_buffer body;
        for (std::uint32_t number = 1; number <= 10; ++number)
            BOOST_TEST(!swarm::traffic_of<move>().make(number, values, body));
        if (round == 0) first = as_text(body.view());
        else BOOST_TEST(as_text(body.view()) == first);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_of_a_description_is_read_by_its_id_and_its_result) {
    const swarm::traffic traffic = swarm::traffic_of<move>(ferry{});
    for (const lamp result : {lamp{0}, lamp::red}) {
        byte_buffer body;
        packet::encode(moved{1, 40'000, result}, body);
        const auto answer = traffic.read(body.view());
        BOOST_TEST_REQUIRE(answer.has_value());
        BOOST_TEST(answer->number == 40'000U);
        BOOST_TEST(answer->good == (result == lamp{0}));
    }
    BOOST_TEST(traffic.speaks->name() == "ferry");
}

BOOST_AUTO_TEST_SUITE_END()
