#include "support/print.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/packet/packets.hpp>
#include <hawser/protocol/framed.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

namespace hawser::packet {

namespace {

using namespace std::string_literals;

id id_of(std::string_view eight) {
    id made;
    std::copy_n(eight.begin(), made.octets.size(), made.octets.begin());
    return made;
}

template <class Packet>
std::string body_of(const Packet& made) {
    byte_buffer body;
    BOOST_TEST(!encode(made, body));
    return std::string(as_text(body.view()));
}

template <class Packet>
std::string wire_of(const Packet& made) {
    byte_buffer wire;
    BOOST_TEST(!hawser::protocol::encode(frame::any_codec(), made, wire));
    return to_hex(wire.view());
}

// Decodes and encodes again: every packet says all it is on the wire.
template <class Packet>
Packet there_and_back(const Packet& made, std::string& body) {
    body = body_of(made);
    const decoded<any> read = decode(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST_REQUIRE(std::holds_alternative<Packet>(*read));
    const Packet again = std::get<Packet>(*read);
    BOOST_TEST((again.id == made.id));
    BOOST_TEST(body_of(again) == body);
    const decoded<Packet> named = decode_as<Packet>(as_bytes(body));
    BOOST_TEST_REQUIRE(named.has_value());
    BOOST_TEST(body_of(*named) == body);
    return again;
}

void refused(std::string_view body, errc why) {
    BOOST_TEST_CONTEXT(escaped(as_bytes(body))) {
        const decoded<any> read = decode(as_bytes(body));
        BOOST_TEST_REQUIRE(read.has_error());
        BOOST_TEST((read.error() == why), read.error().message());
    }
}

}   // namespace

BOOST_AUTO_TEST_SUITE(packets)

BOOST_AUTO_TEST_CASE(a_cursor_takes_and_leaves) {
    cursor from(as_bytes("abcdef"));
    bytes piece;
    BOOST_TEST(from.take(2, piece));
    BOOST_TEST(as_text(piece) == "ab");
    BOOST_TEST(from.take(0, piece));
    BOOST_TEST(piece.empty());
    BOOST_TEST(from.left() == 4U);
    BOOST_TEST(from.position() == 2U);
    for (const std::size_t more : {std::size_t{5}, static_cast<std::size_t>(-1), static_cast<std::size_t>(-2)})
        BOOST_TEST(!from.take(more, piece));
    BOOST_TEST(from.position() == 2U);   // nothing was taken
    BOOST_TEST(as_text(from.rest()) == "cdef");
    BOOST_TEST(from.rest().empty());
    BOOST_TEST(!from.take(1, piece));
}

BOOST_AUTO_TEST_CASE(ids_count_in_decimals_and_go_round_without_zero) {
    serial ids;
    BOOST_TEST(ids.upcoming() == 1U);
    BOOST_TEST(ids.next().text() == "00000001");
    BOOST_TEST(ids.next().text() == "00000002");
    serial late(99'999'998);
    BOOST_TEST(late.next().text() == "99999998");
    BOOST_TEST(late.next().text() == "99999999");
    BOOST_TEST(late.upcoming() == 1U);
    BOOST_TEST(late.next().text() == "00000001");
    BOOST_TEST(no_id.text() == "00000000");
}

BOOST_AUTO_TEST_CASE(the_number_of_an_id_is_its_digits_or_nothing) {
    for (const std::uint32_t number : {1U, 9U, 10U, 12'345'678U, serial::last})
        BOOST_TEST(serial::number(serial::from_number(number)) == number);
    BOOST_TEST(serial::number(no_id) == 0U);
    for (const std::string_view odd : {"1234567 ", " 1234567", "0000000a", "-0000001", "+0000001", "0000000\xff"})
        BOOST_TEST(serial::number(id_of(odd)) == 0U);
    BOOST_TEST(serial::number(id_of("0000000\0"s)) == 0U);
}

// The eight digits are worked on together: each half of them in all its values, and each byte at each place.
BOOST_AUTO_TEST_CASE(no_digit_of_an_id_gets_in_the_way_of_another) {
    for (std::uint32_t half = 0; half < 10'000; ++half) {
        for (const std::uint32_t number : {half * 10'000 + 9'999 - half, half, half * 10'000}) {
            const std::string digits = std::to_string(number);
            const id expected = id_of(std::string(8 - digits.size(), '0') + digits);
            if (serial::from_number(number) != expected || serial::number(expected) != number)
                BOOST_ERROR(number << " is " << serial::from_number(number).text());
        }
    }
    for (std::size_t place = 0; place < 8; ++place) {
        for (int byte = 0; byte < 256; ++byte) {
            id one = id_of("98765432");
            one.octets[place] = static_cast<char>(byte);
            const bool is_digit = byte >= '0' && byte <= '9';
            if ((serial::number(one) != 0) != is_digit) BOOST_ERROR(one.text() << " at " << place);
        }
    }
}

BOOST_AUTO_TEST_CASE(an_id_that_is_not_printable_is_escaped_in_a_log) {
    BOOST_TEST(id_of("\x1b[2J\n\0\xff!"s).text() == "\\x1b[2J\\x0a\\x00\\xff!");
}

BOOST_AUTO_TEST_CASE(the_worked_examples_are_right_byte_for_byte) {
    const id first = serial::from_number(1);
    BOOST_TEST(wire_of(submit{first, as_bytes("abc")}) == "00 00 00 10 02 30 30 30 30 30 30 30 31 61 62 63");
    BOOST_TEST(wire_of(submit_ack{first}) == "00 00 00 0e 82 30 30 30 30 30 30 30 31 00");
    BOOST_TEST(wire_of(conn{first, {}}) == "00 00 00 0d 01 30 30 30 30 30 30 30 31");
    BOOST_TEST(wire_of(conn_ack{first, outcome::error}) == "00 00 00 0e 81 30 30 30 30 30 30 30 31 01");
    BOOST_TEST(wire_of(ping{first}) == "00 00 00 0d 03 30 30 30 30 30 30 30 31");
    BOOST_TEST(wire_of(pong{first}) == "00 00 00 0d 83 30 30 30 30 30 30 30 31");
    BOOST_TEST(wire_of(go_away{no_id, 5000}) == "00 00 00 11 04 30 30 30 30 30 30 30 30 00 00 13 88");
}

BOOST_AUTO_TEST_CASE(every_packet_comes_back_as_it_was) {
    std::string body;
    for (const id& each : {serial::from_number(42), id_of("\0\xff\x80\n\\\"'x"s)}) {
        for (const std::string& payload : {""s, "abc"s, std::string(3000, '\0'), "\x82"s}) {
            BOOST_TEST(as_text(there_and_back(conn{each, as_bytes(payload)}, body).payload) == payload);
            BOOST_TEST(as_text(there_and_back(submit{each, as_bytes(payload)}, body).payload) == payload);
        }
        for (const outcome how : {outcome::ok, outcome::error, outcome{2}, outcome{255}}) {
            BOOST_TEST((there_and_back(conn_ack{each, how}, body).result == how));
            BOOST_TEST((there_and_back(submit_ack{each, how}, body).result == how));
        }
        for (const std::uint32_t within : {0U, 1U, 0x01020304U, 0xffffffffU})
            BOOST_TEST(there_and_back(go_away{each, within}, body).milliseconds == within);
        there_and_back(ping{each}, body);
        there_and_back(pong{each}, body);
    }
}

BOOST_AUTO_TEST_CASE(a_payload_is_a_view_of_the_body_and_no_copy) {
    const std::string body = body_of(submit{serial::from_number(1), as_bytes("abc")});
    const decoded<any> read = decode(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((std::get<submit>(*read).payload.data() == as_bytes(body).data() + 9));
}

BOOST_AUTO_TEST_CASE(an_empty_body_is_too_short) { refused("", errc::short_body); }

BOOST_AUTO_TEST_CASE(every_packet_cut_anywhere_is_too_short) {
    const id any_id = serial::from_number(7);
    for (const std::string& whole :
         {body_of(conn{any_id, {}}), body_of(conn_ack{any_id}), body_of(submit{any_id, {}}),
          body_of(submit_ack{any_id}), body_of(ping{any_id}), body_of(pong{any_id}), body_of(go_away{any_id, 1})})
        for (std::size_t cut = 1; cut < whole.size(); ++cut) refused(whole.substr(0, cut), errc::short_body);
}

BOOST_AUTO_TEST_CASE(a_packet_with_bytes_behind_its_last_field_is_refused) {
    const id any_id = serial::from_number(7);
    for (const std::string& whole : {body_of(conn_ack{any_id}), body_of(submit_ack{any_id}), body_of(ping{any_id}),
                                     body_of(pong{any_id}), body_of(go_away{any_id, 1})}) {
        refused(whole + "\0"s, errc::trailing_bytes);
        refused(whole + "more", errc::trailing_bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_command_that_names_no_packet_is_unknown) {
    const std::string known = "\x01\x02\x03\x04\x81\x82\x83";
    for (int value = 0; value < 256; ++value) {
        const auto code = static_cast<char>(value);
        if (known.find(code) != known.npos) continue;
        refused(std::string(1, code), errc::unknown_command);
        refused(code + "00000001"s, errc::unknown_command);
        refused(code + "00000001payload"s, errc::unknown_command);
    }
}

BOOST_AUTO_TEST_CASE(a_packet_asked_for_by_name_is_no_other) {
    const decoded<submit> read = decode_as<submit>(as_bytes("\x82"
                                                            "00000001"
                                                            "\0"));
    BOOST_TEST_REQUIRE(read.has_error());
    BOOST_TEST((read.error() == errc::unknown_command));
    const decoded<submit> cut = decode_as<submit>(as_bytes("\x02"
                                                           "0000000"));
    BOOST_TEST_REQUIRE(cut.has_error());
    BOOST_TEST((cut.error() == errc::short_body));
}

BOOST_AUTO_TEST_CASE(an_answer_has_the_command_of_its_request_with_the_top_bit_set) {
    BOOST_TEST(conn::reply::code.value == (conn::code.value | 0x80U));
    BOOST_TEST(submit::reply::code.value == (submit::code.value | 0x80U));
    BOOST_TEST(ping::reply::code.value == (ping::code.value | 0x80U));
}

BOOST_AUTO_TEST_CASE(a_packet_beyond_the_limit_is_refused_and_the_wire_left_as_it_was) {
    byte_buffer wire;
    const frame::any_codec codec = frame::length_field::prefix_self(4, 16);
    BOOST_TEST(!hawser::protocol::encode(codec, submit{no_id, as_bytes("abc")}, wire));
    BOOST_TEST((hawser::protocol::encode(codec, submit{no_id, as_bytes("abcd")}, wire) == hawser::errc::too_long));
    BOOST_TEST(wire.size() == 16U);
}

BOOST_AUTO_TEST_CASE(only_a_conn_that_says_hawser_1_knows_the_extensions) {
    for (const std::string_view yes : {"hawser/1", "hawser/1 and more", "hawser/12"})
        BOOST_TEST(hawser::packet::says_hello({no_id, as_bytes(yes)}));
    for (const std::string_view no : {"", "hawser/", "Hawser/1", " hawser/1", "hawser/2"})
        BOOST_TEST(!hawser::packet::says_hello({no_id, as_bytes(no)}));
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::packet
