// Bits that have names, and fields that are there because of them: MQTT's CONNECT.
#include "support/bodies.hpp"

using namespace hawser;
using namespace boost::endian;

namespace bit_fields {

// MQTT 3.1.1, 3.1: a CONNECT behind its fixed header.
enum class connect_bits : std::uint8_t {
    clean_session = 0x02,
    will = 0x04,
    will_qos = 0x18,
    will_retain = 0x20,
    password = 0x40,
    user_name = 0x80
};
BOOST_DESCRIBE_ENUM(connect_bits, clean_session, will, will_qos, will_retain, password, user_name)

using utf8 = packet::text<big_uint16_t>;
using binary = packet::octets<big_uint16_t>;

struct mqtt_connect {
    static constexpr packet::command<std::uint8_t, 6> code{0x04};   // the protocol level
    packet::fixed_text<6> protocol;                                 // 00 04 MQTT
    packet::flags<connect_bits> flags;
    big_uint16_t keep_alive;
    utf8 client_id;
    packet::when<&mqtt_connect::flags, connect_bits::will, utf8> will_topic;
    packet::when<&mqtt_connect::flags, connect_bits::will, binary> will_message;
    packet::when<&mqtt_connect::flags, connect_bits::user_name, utf8> user_name;
    packet::when<&mqtt_connect::flags, connect_bits::password, binary> password;
};
BOOST_DESCRIBE_STRUCT(mqtt_connect, (),
                      (protocol, flags, keep_alive, client_id, will_topic, will_message, user_name, password))

enum class wide : std::uint16_t { low = 0x0001, middle = 0x0ff0, high = 0x8000 };
BOOST_DESCRIBE_ENUM(wide, low, middle, high)
enum class kind : std::uint8_t { none = 0, timed = 1 };
BOOST_DESCRIBE_ENUM(kind, none, timed)

struct stamp {
    big_uint16_t day;
    std::uint8_t hour;
};
BOOST_DESCRIBE_STRUCT(stamp, (), (day, hour))

// An element of its own, whose fields depend on others of it.
struct entry {
    std::uint8_t mask;
    packet::when<&entry::mask, 0x80, big_uint24_t> more;
};
BOOST_DESCRIBE_STRUCT(entry, (), (mask, more))

// It depends on numbers, enums and flags, and what it has are structures, numbers and all that is left.
struct several {
    static constexpr packet::command<std::uint8_t> code{0x02};
    packet::flags<wide, big_uint16_t> bits;
    kind what;
    packet::enum_as<wide, little_uint16_t> other;
    std::int8_t tiny;
    packet::when<&several::bits, wide::middle, stamp> at;
    packet::when<&several::what, kind::timed, std::uint8_t> seconds;
    packet::when<&several::other, wide::high, little_float32_t> level;
    packet::when<&several::tiny, 0x80, packet::array<entry, std::uint8_t>> entries;
    packet::when<&several::bits, wide::high, packet::rest_text> note;
};
BOOST_DESCRIBE_STRUCT(several, (), (bits, what, other, tiny, at, seconds, level, entries, note))

// What others inherit is depended on as well.
struct header {
    packet::flags<connect_bits> flags;
};
BOOST_DESCRIBE_STRUCT(header, (), (flags))
struct derived : header {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::when<&header::flags, connect_bits::will, std::uint8_t> topic;
};
BOOST_DESCRIBE_STRUCT(derived, (header), (topic))

}   // namespace bit_fields

using namespace bit_fields;

static_assert(packet::raw_field<packet::flags<connect_bits>> && sizeof(packet::flags<wide, big_uint16_t>) == 2);
static_assert(packet::always_encodable<derived> && !packet::always_encodable<mqtt_connect>);
static_assert(packet::owning<derived> && !packet::owning<several>);

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(bits_are_set_and_told_by_their_masks) {
    packet::flags<connect_bits> how;
    BOOST_TEST(int{how.bits()} == 0);
    how.set(connect_bits::will).set(connect_bits::will_qos, 2);
    BOOST_TEST(int{how.bits()} == 0x14);
    BOOST_TEST((how.has(connect_bits::will) && how.has(connect_bits::will_qos) && !how.has(connect_bits::password)));
    BOOST_TEST(int{how.value(connect_bits::will_qos)} == 2);
    BOOST_TEST(int{how.value(connect_bits::will)} == 1);
    how.set(connect_bits::will_qos, 7);   // it has two bits
    BOOST_TEST(int{how.bits()} == 0x1c);
    how.set(connect_bits::will, 0).set(connect_bits::will_qos, 1);
    BOOST_TEST(int{how.bits()} == 0x08);
    BOOST_TEST((how == packet::flags<connect_bits>(std::uint8_t{8})));
    BOOST_TEST((packet::flags<connect_bits>(connect_bits::will_qos).bits() == 0x18));
    packet::flags<wide, big_uint16_t> bits = wide::high;
    bits.set(wide::middle, 0x5a);
    BOOST_TEST(bits.bits() == 0x85a0);
    BOOST_TEST(bits.value(wide::middle) == 0x5a);
}

BOOST_AUTO_TEST_CASE(a_connect_of_mqtt_without_a_will_comes_back) {
    // mosquitto_sub -i abc
    const std::string body = test::from_hex("00 04 4d 51 54 54 04 02 00 3c 00 03 61 62 63");
    const auto back = test::decoded<mqtt_connect>(body);
    BOOST_TEST(back.flags.has(connect_bits::clean_session));
    BOOST_TEST(back.keep_alive == 60);
    BOOST_TEST(back.client_id == "abc");
    BOOST_TEST((back.will_topic->empty() && back.user_name->empty()));
}

BOOST_AUTO_TEST_CASE(a_connect_of_mqtt_with_all_that_there_is_comes_back_as_views) {
    const std::string body = test::from_hex("00 04 4d 51 54 54 04 ce 00 3c 00 01 63 "
                                            "00 04 67 6f 6e 65 00 02 01 02 00 02 6d 65 00 03 70 77 64");
    const auto back = test::decoded<mqtt_connect>(body);
    BOOST_TEST(int{back.flags.value(connect_bits::will_qos)} == 1);
    BOOST_TEST(*back.will_topic == "gone");
    BOOST_TEST(as_text(*back.will_message) == "\1\2");
    BOOST_TEST(*back.user_name == "me");
    BOOST_TEST((as_text(*back.password).data() == body.data() + body.size() - 3));
    mqtt_connect made{};
    made.protocol = packet::fixed_text<6>(std::string_view("\0\4MQTT", 6));
    made.flags.set(connect_bits::clean_session).set(connect_bits::will).set(connect_bits::will_qos, 1);
    made.flags.set(connect_bits::user_name).set(connect_bits::password);
    made.keep_alive = 60;
    made.client_id = "c";
    made.will_topic = "gone";
    made.will_message = as_bytes("\1\2");
    made.user_name = "me";
    made.password = as_bytes("pwd");
    BOOST_TEST(test::hex_of(made) == to_hex(as_bytes(body)));
}

BOOST_AUTO_TEST_CASE(what_its_bits_do_not_say_is_not_written_whatever_it_holds) {
    const std::string too_long(70'000, 'x');
    mqtt_connect made{.protocol = {},
                      .flags = connect_bits::user_name,
                      .keep_alive = 1,
                      .client_id = "c",
                      .will_topic = too_long,
                      .will_message = {},
                      .user_name = "me",
                      .password = {}};
    BOOST_TEST(test::hex_of(made) == "00 00 00 00 00 00 04 80 00 01 00 01 63 00 02 6d 65");
    made.flags.set(connect_bits::will);
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(a_field_may_depend_on_numbers_enums_and_wide_flags) {
    const std::string all = test::from_hex("02 80 10 01 00 80 80 00 07 0c 3b 00 00 80 3f "
                                           "02 80 01 02 03 7f 68 69");
    const auto back = test::decoded<several>(all, {21, 22});
    BOOST_TEST((back.at->day == 7 && back.at->hour == 12));
    BOOST_TEST(int{*back.seconds} == 59);
    BOOST_TEST(back.level->value() == 1.0F);
    BOOST_TEST_REQUIRE(back.entries->size() == 2U);
    BOOST_TEST((*(*back.entries)[0].more == 0x010203U && *(*back.entries)[1].more == 0U));
    BOOST_TEST(*back.note == "hi");
    const std::string none = test::from_hex("02 00 0f 02 ff 7f 7f");
    BOOST_TEST((test::decoded<several>(none).bits.value(wide::low) == 1));
    BOOST_TEST(packet::decode_as<several>(as_bytes(none + "x")).has_error());   // no note
    const several made{.bits = wide::middle,
                       .what = kind::timed,
                       .other = {},
                       .tiny = 1,
                       .at = stamp{1, 2},
                       .seconds = 5,
                       .level = 2.0F,
                       .entries = {},
                       .note = {}};
    BOOST_TEST(test::hex_of(made) == "02 0f f0 01 00 00 01 00 01 02 05");
}

BOOST_AUTO_TEST_CASE(a_field_may_depend_on_what_its_packet_inherits) {
    const std::string body = test::from_hex("03 04 09");
    BOOST_TEST(int{*test::decoded<derived>(body).topic} == 9);
    const std::string without = test::from_hex("03 03");
    BOOST_TEST(int{*test::decoded<derived>(without).topic} == 0);
}

BOOST_AUTO_TEST_CASE(a_description_names_masks_and_what_depends_on_them) {
    using what = packet::field_description::kind;
    const auto fields = packet::describe_packet<mqtt_connect>().fields;
    BOOST_TEST((fields[1].what == what::flags && fields[1].values.size() == 6 && fields[1].values[2].value == 0x18));
    BOOST_TEST(fields[3].conditions.empty());
    BOOST_TEST_REQUIRE(fields[4].conditions.size() == 1U);
    BOOST_TEST((fields[4].what == what::counted_text && fields[4].conditions[0].field == "flags" &&
                fields[4].conditions[0].mask == 0x04));
    const auto of_several = packet::describe_packet<several>().fields;
    BOOST_TEST((of_several[4].name == "at.day" && of_several[5].name == "at.hour"));
    BOOST_TEST((of_several[4].conditions.at(0).mask == 0x0ff0 && of_several[5].conditions.at(0).field == "bits"));
    BOOST_TEST(of_several[8].element.at(1).conditions.at(0).field == "mask");
}

BOOST_AUTO_TEST_SUITE_END()
