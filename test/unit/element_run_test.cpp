// Elements without a count: behind a length in bytes, as MQTT's properties, and to the end of a body, as SMPP's
// optional parameters.
#include "support/bodies.hpp"

using namespace hawser;
using namespace boost::endian;

namespace runs {

// SMPP 3.4, 5.3: tag, length, value.
struct parameter {
    big_uint16_t tag;
    packet::octets<big_uint16_t> value;
};
BOOST_DESCRIBE_STRUCT(parameter, (), (tag, value))

// SMPP 3.4, 4.4.1, behind its header.
struct submit_sm {
    static constexpr packet::command<std::uint8_t> code{0x04};
    packet::c_text<6> service_type;
    std::uint8_t source_addr_ton, source_addr_npi;
    packet::c_text<21> source_addr;
    std::uint8_t dest_addr_ton, dest_addr_npi;
    packet::c_text<21> destination_addr;
    std::uint8_t esm_class, protocol_id, priority_flag;
    packet::c_text<17> schedule_delivery_time, validity_period;
    std::uint8_t registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id;
    packet::octets<std::uint8_t> short_message;
    packet::until_end<parameter> parameters;
};
BOOST_DESCRIBE_STRUCT(submit_sm, (),
                      (service_type, source_addr_ton, source_addr_npi, source_addr, dest_addr_ton, dest_addr_npi,
                       destination_addr, esm_class, protocol_id, priority_flag, schedule_delivery_time, validity_period,
                       registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id, short_message,
                       parameters))

struct point {
    big_int16_t x, y;
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

struct both {
    static constexpr packet::command<std::uint8_t> code{0x05};
    packet::array_in_bytes<std::uint8_t, point> track;
    packet::array_in_bytes<big_uint16_t, packet::text<std::uint8_t>> names;
    packet::array_in_bytes<std::uint8_t, point, std::vector<point>> mine;
    packet::array_in_bytes<std::uint8_t, packet::array_in_bytes<std::uint8_t, std::uint8_t>> deep;
    packet::until_end<big_uint24_t> rest;
};
BOOST_DESCRIBE_STRUCT(both, (), (track, names, mine, deep, rest))

struct owned {
    static constexpr packet::command<std::uint8_t> code{0x06};
    packet::until_end<point, std::vector<point>> points;
};
BOOST_DESCRIBE_STRUCT(owned, (), (points))

}   // namespace runs

using namespace runs;

static_assert(packet::always_encodable<owned> && packet::owning<owned>);
static_assert(!packet::always_encodable<submit_sm> && !packet::owning<submit_sm> && !packet::always_encodable<both>);

BOOST_AUTO_TEST_SUITE(element_run)

BOOST_AUTO_TEST_CASE(a_submit_of_smpp_with_optional_parameters_comes_back) {
    // user_message_reference 7 and a message_payload, 5.3.2.17 and 5.3.2.32.
    const std::string front = "04 00 05 00 41 63 6d 65 00 01 01 34 34 37 37 30 30 00 00 00 00 00 00 01 00 00 00 "
                              "02 68 69 ";
    const std::string body = test::from_hex(front + "02 04 00 02 00 07 04 24 00 03 61 62 63");
    const auto back = test::decoded<submit_sm>(body, {body.size() - 13, body.size() - 7});
    BOOST_TEST(back.source_addr == "Acme");
    BOOST_TEST(back.destination_addr == "447700");
    BOOST_TEST(as_text(back.short_message) == "hi");
    BOOST_TEST_REQUIRE(back.parameters.size() == 2U);
    BOOST_TEST((back.parameters[0].tag == 0x0204 && back.parameters[1].tag == 0x0424));
    BOOST_TEST(as_text(back.parameters[1].value) == "abc");
    BOOST_TEST((as_text(back.parameters[1].value).data() == body.data() + body.size() - 3));
    const std::string none = test::from_hex(front);
    BOOST_TEST(test::decoded<submit_sm>(none).parameters.empty());
    test::not_decoded<submit_sm>(front + "02 04 00 03 00 07", packet::errc::short_body, "parameters");
}

BOOST_AUTO_TEST_CASE(elements_fill_their_length_exactly) {
    const std::string body = test::from_hex("05 08 00 01 00 02 ff ff 00 03 00 05 01 61 02 62 63 04 00 05 00 06 "
                                            "05 00 01 07 01 08 00 00 09 01 02 03");
    const auto back = test::decoded<both>(body, {body.size() - 3, body.size() - 6});
    BOOST_TEST_REQUIRE(back.track.size() == 2U);
    BOOST_TEST((back.track[1].x == -1 && back.track[1].y == 3));
    BOOST_TEST((reinterpret_cast<const char*>(back.track.data()) == body.data() + 2));
    BOOST_TEST_REQUIRE(back.names.size() == 2U);
    BOOST_TEST((back.names[0] == "a" && back.names[1] == "bc"));
    BOOST_TEST((back.mine.size() == 1 && back.mine[0].y == 6));
    BOOST_TEST_REQUIRE(back.deep.size() == 3U);
    BOOST_TEST((back.deep[0].empty() && back.deep[2].size() == 1 && back.deep[2][0] == 8));
    BOOST_TEST((back.rest.size() == 2 && back.rest[0] == 9U && back.rest[1] == 0x010203U));
    test::not_decoded<both>("05 03 00 01 00", packet::errc::bad_field, "track");
    test::not_decoded<both>("05 05 00 01 00 02 00", packet::errc::bad_field, "track");
    test::not_decoded<both>("05 00 00 02 02 61 62", packet::errc::bad_field, "names");
    test::not_decoded<both>("05 00 00 03 00 01", packet::errc::short_body, "names");
    test::not_decoded<both>("05 00 00 00 00 02 02 07", packet::errc::bad_field, "deep");
    test::not_decoded<both>("05 00 00 00 00 00 01 02", packet::errc::short_body, "rest");
}

BOOST_AUTO_TEST_CASE(elements_of_more_bytes_than_their_length_can_say_are_not_encoded) {
    const std::vector<point> most(63), more(64);
    both made{};
    made.track = most;
    byte_buffer out;
    BOOST_TEST(!packet::encode(made, out));
    BOOST_TEST(to_hex(out.view().first(2)) == "05 fc");
    made.track = more;
    test::not_encoded(made, packet::errc::value_too_long);
    made.track = {};
    const std::string long_name(256, 'x');
    made.names.emplace_back(long_name);
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(what_owns_its_elements_lies_in_a_body_as_a_view_does) {
    const std::string body = test::from_hex("06 00 01 00 02 00 03 00 04");
    const auto back = test::decoded<owned>(body, {1, 5});
    BOOST_TEST((back.points.size() == 2 && back.points[1].y == 4));
}

BOOST_AUTO_TEST_CASE(a_description_says_how_elements_end) {
    using kind = packet::field_description::kind;
    const auto fields = packet::describe_packet<both>().fields;
    BOOST_TEST((fields[0].what == kind::sized_array && fields[0].width == 1 && fields[0].element.size() == 2));
    BOOST_TEST((fields[3].element.at(0).what == kind::sized_array && fields[3].element[0].element.size() == 1));
    BOOST_TEST((fields[4].what == kind::rest_array && fields[4].width == 0 && fields[4].element.at(0).width == 3));
}

BOOST_AUTO_TEST_SUITE_END()
