// Structures without a command: headers, and what is told apart in another way.
#include <hawser/packet/c_text.hpp>
#include <hawser/packet/field.hpp>
#include <hawser/packet/part.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace hawser;

namespace {

// The header of Modbus over TCP, and the function behind it.
struct header {
    boost::endian::big_uint16_t transaction;
    boost::endian::big_uint16_t protocol;
    boost::endian::big_uint16_t length;
    std::uint8_t unit;
    std::uint8_t function;
};
BOOST_DESCRIBE_STRUCT(header, (), (transaction, protocol, length, unit, function))

struct name {
    packet::text<std::uint8_t> first;
    packet::c_text<4> last;
};
BOOST_DESCRIBE_STRUCT(name, (), (first, last))

static_assert(packet::part<header> && packet::part<name>);

}   // namespace

BOOST_AUTO_TEST_SUITE(parts)

BOOST_AUTO_TEST_CASE(a_part_is_read_and_what_follows_is_left) {
    const auto body = *from_hex("0007 0000 0006 11 03 006b 0003");
    packet::cursor from{bytes(body)};
    header head{};
    BOOST_REQUIRE(packet::read(from, head).has_value());
    BOOST_TEST(head.transaction == 7U);
    BOOST_TEST(int{head.unit} == 0x11);
    BOOST_TEST(int{head.function} == 3);
    BOOST_TEST(to_hex(from.rest()) == "00 6b 00 03");
}

BOOST_AUTO_TEST_CASE(what_is_appended_is_read_again) {
    byte_buffer out;
    BOOST_TEST(!packet::append(header{7, 0, 6, 0x11, 3}, out));
    BOOST_TEST(!packet::append(name{"ada", "lov"}, out));
    BOOST_TEST(to_hex(out.view()) == "00 07 00 00 00 06 11 03 03 61 64 61 6c 6f 76 00");
    packet::cursor from(out.view());
    header head{};
    name who{};
    BOOST_TEST(packet::read(from, head).has_value());
    BOOST_TEST(packet::read(from, who).has_value());
    BOOST_TEST(who.first == "ada");
    BOOST_TEST(who.last == "lov");
    BOOST_TEST(from.left() == 0U);
}

BOOST_AUTO_TEST_CASE(each_truncation_says_where) {
    const auto body = *from_hex("0007000000061103");
    const char* const names[] = {"transaction", "transaction", "protocol", "protocol",
                                 "length",      "length",      "unit",     "function"};
    for (std::size_t size = 0; size < body.size(); ++size) {
        packet::cursor from{bytes(body).first(size)};
        header head{};
        const auto read = packet::read(from, head);
        BOOST_REQUIRE(!read.has_value());
        BOOST_TEST((read.error() == packet::errc::short_body));
        BOOST_TEST(read.error().place() == std::string("header.") + names[size]);
    }
}

BOOST_AUTO_TEST_CASE(a_field_without_a_value_and_one_that_cannot_be_said_are_refused) {
    const auto body = *from_hex("00 61626364");   // four letters, and no NUL within four bytes
    packet::cursor from{bytes(body)};
    name who{};
    const auto read = packet::read(from, who);
    BOOST_REQUIRE(!read.has_value());
    BOOST_TEST((read.error() == packet::errc::bad_field));
    BOOST_TEST(read.error().place() == "name.last");
    byte_buffer out;
    const std::string longest(256, 'x');
    BOOST_TEST(packet::append(name{longest, {}}, out) == make_error_code(packet::errc::value_too_long));
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_SUITE_END()
