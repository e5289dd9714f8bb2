// Numbers of every width, and those with a point: their bytes, what they can say, and everything that depends on that.
#include "support/bodies.hpp"

#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>

#include <bit>
#include <cmath>
#include <limits>

using namespace hawser;
using namespace boost::endian;

namespace number_fields {

struct widths {
    static constexpr packet::command<big_uint24_t> code{0xfedcba};
    big_uint24_t u24;
    little_uint24_t lu24;
    big_int24_t i24;
    big_uint40_t u40;
    little_int48_t li48;
    big_uint56_t u56;
    little_int24_t li24;
};
BOOST_DESCRIBE_STRUCT(widths, (), (u24, lu24, i24, u40, li48, u56, li24))

struct points {
    static constexpr packet::command<std::uint8_t> code{0x02};
    big_float32_t kelvin;
    little_float64_t east;
    packet::array<little_float32_t, std::uint8_t> levels;
};
BOOST_DESCRIBE_STRUCT(points, (), (kelvin, east, levels))

struct lengths {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::octets<big_uint24_t> blob;
    packet::array<big_uint24_t, little_uint24_t> numbers;
};
BOOST_DESCRIBE_STRUCT(lengths, (), (blob, numbers))

enum class wide : std::uint32_t { none = 0, most = 0xffffff };
BOOST_DESCRIBE_ENUM(wide, none, most)
enum class below : std::int32_t { least = -0x800000, most = 0x7fffff };
BOOST_DESCRIBE_ENUM(below, least, most)
struct enums {
    static constexpr packet::command<std::uint8_t> code{0x04};
    packet::enum_as<wide, big_uint24_t> one;
    packet::enum_as<below, little_int24_t> other;
};
BOOST_DESCRIBE_STRUCT(enums, (), (one, other))

struct done {
    static constexpr packet::command<big_uint24_t, 1> code{0x010203};
    std::uint8_t version;
    little_uint24_t id;
};
BOOST_DESCRIBE_STRUCT(done, (), (version, id))
struct talk : packet::protocol<done> {};

}   // namespace number_fields

using namespace number_fields;

static_assert(packet::largest<std::uint8_t> == 255 && packet::largest<std::int8_t> == 127);
static_assert(packet::largest<big_uint24_t> == 0xffffff && packet::largest<little_int24_t> == 0x7fffff);
static_assert(packet::largest<big_uint56_t> == 0xff'ffff'ffff'ffff && packet::largest<big_uint64_t> == ~0ULL);
static_assert(packet::largest<little_int64_t> == std::numeric_limits<std::int64_t>::max());
static_assert(packet::length_number<big_uint24_t> && !packet::length_number<big_uint40_t> &&
              !packet::length_number<big_int24_t> && !packet::length_number<big_float32_t>);
static_assert(packet::can_say<little_uint24_t>(0xffffff) && !packet::can_say<little_uint24_t>(0x1000000));
static_assert(packet::raw_field<big_uint24_t> && packet::raw_field<big_float64_t> && !packet::number<big_float32_t> &&
              packet::floating_number<little_float64_t> && !packet::field<big_uint32_at> && !packet::field<double>);
static_assert(packet::always_encodable<widths>);

BOOST_AUTO_TEST_SUITE(number)

BOOST_AUTO_TEST_CASE(numbers_of_every_width_lie_in_their_order_and_come_back) {
    const widths made{.u24 = 0x010203,
                      .lu24 = 0x010203,
                      .i24 = -2,
                      .u40 = 0x0102030405,
                      .li48 = -2,
                      .u56 = 0xffffffffffffff,
                      .li24 = -0x800000};
    const std::string hex = "fe dc ba 01 02 03 03 02 01 ff ff fe 01 02 03 04 05 fe ff ff ff ff ff "
                            "ff ff ff ff ff ff ff 00 00 80";
    BOOST_TEST(test::hex_of(made) == hex);
    const std::string body = test::from_hex(hex);
    const auto back = test::decoded<widths>(body);
    BOOST_TEST((back.u24 == 0x010203U && back.lu24 == 0x010203U && back.i24 == -2));
    BOOST_TEST((back.u40 == 0x0102030405U && back.li48 == -2 && back.u56 == 0xffffffffffffffU));
    BOOST_TEST(back.li24 == -0x800000);
}

BOOST_AUTO_TEST_CASE(a_number_keeps_the_low_bytes_of_what_is_assigned_to_it) {
    widths made{};
    made.u24 = 0x01020304;
    BOOST_TEST(made.u24 == 0x020304U);
    BOOST_TEST(test::hex_of(made).starts_with("fe dc ba 02 03 04 00"));
}

BOOST_AUTO_TEST_CASE(numbers_with_a_point_come_back_to_the_bit) {
    const std::string hex = "02 43 92 93 33 18 2d 44 54 fb 21 09 40 02 00 00 80 3f 00 00 00 80";
    const std::string body = test::from_hex(hex);
    const auto back = test::decoded<points>(body);
    BOOST_TEST(back.kelvin.value() == 293.15F);
    BOOST_TEST(back.east.value() == 3.141592653589793);
    BOOST_TEST_REQUIRE(back.levels.size() == 2U);
    BOOST_TEST((back.levels[0].value() == 1.0F && std::signbit(back.levels[1].value())));
    const std::array<little_float32_t, 2> levels = {1.0F, -0.0F};
    BOOST_TEST(test::hex_of(points{.kelvin = 293.15F, .east = 3.141592653589793, .levels = levels}) == hex);
    // What is no number keeps what it says besides.
    const std::string nans = test::from_hex("02 7f a0 00 01 ff ff ff ff ff ff f7 ff 00");
    BOOST_TEST(std::isnan(test::decoded<points>(nans).kelvin.value()));
}

BOOST_AUTO_TEST_CASE(a_length_of_three_bytes_says_up_to_16777215) {
    const std::string body = test::from_hex("03 00 00 02 78 79 01 00 00 00 00 07");
    const auto back = test::decoded<lengths>(body);
    BOOST_TEST(as_text(back.blob) == "xy");
    BOOST_TEST(back.numbers[0] == 7U);
    test::not_decoded<lengths>("03 00 00 03 78 79", packet::errc::short_body, "blob");
    test::not_decoded<lengths>("03 00 00 00 ff ff ff 01 02 03", packet::errc::short_body, "numbers");
    const std::string most(0xffffff, 'x'), more(0x1000000, 'x');
    byte_buffer out;
    lengths made{};
    made.blob = as_bytes(more);
    test::not_encoded(made, packet::errc::value_too_long);
    made.blob = as_bytes(most);
    BOOST_TEST(!packet::encode(made, out));
    BOOST_TEST(to_hex(out.view().first(5)) == "03 ff ff ff 78");
}

BOOST_AUTO_TEST_CASE(an_enum_may_lie_in_three_bytes) {
    const std::string body = test::from_hex("04 ff ff ff 00 00 80");
    const auto back = test::decoded<enums>(body);
    BOOST_TEST((back.one == wide::most && back.other == below::least));
    const auto what = packet::describe_packet<enums>();
    BOOST_TEST((what.fields[0].width == 3 && what.fields[1].is_signed));
}

BOOST_AUTO_TEST_CASE(a_command_and_an_id_of_three_bytes_are_found) {
    const packet::outline speaks = talk{};
    const std::string body = test::from_hex("07 01 02 03 0a 0b 0c");
    BOOST_TEST(test::decoded<done>(body).id == 0x0c0b0aU);
    BOOST_TEST(packet::decode<talk>(as_bytes(body)).has_value());
    const auto who = packet::identify(speaks.forms(), speaks.place(), as_bytes(body));
    BOOST_TEST_REQUIRE(who.has_value());
    BOOST_TEST((*who == packet::identity::of<done>(little_uint24_t(0x0c0b0a)) && who->id_size == 3));
    using count = packet::counted_id<little_uint24_t>;
    BOOST_TEST(count::last == 0xffffffU);
    BOOST_TEST(count::number(count::of(0xffffff)) == 0xffffffU);
    BOOST_TEST(packet::counted_id<big_int24_t>::last == 0x7fffffU);
    BOOST_TEST(packet::counted_id<big_int24_t>::number(-1) == 0U);
    BOOST_TEST(packet::counted_id<big_uint40_t>::last == packet::serial::last);
}

BOOST_AUTO_TEST_CASE(a_description_says_width_and_kind) {
    using kind = packet::field_description::kind;
    const auto numbers = packet::describe_packet<widths>().fields;
    BOOST_TEST((numbers[0].what == kind::unsigned_integer && numbers[0].width == 3));
    BOOST_TEST((numbers[4].what == kind::signed_integer && numbers[4].width == 6 &&
                numbers[4].order == byte_order::little));
    const auto floats = packet::describe_packet<points>().fields;
    BOOST_TEST((floats[0].what == kind::floating && floats[0].width == 4 && floats[1].order == byte_order::little));
    BOOST_TEST((floats[2].element.at(0).what == kind::floating));
}

BOOST_AUTO_TEST_SUITE_END()
