// Integers of as many bytes as they need, as fields and as lengths: vectors of protobuf, MQTT and Kafka.
#include "support/bodies.hpp"

#include <limits>

using namespace hawser;
using namespace boost::endian;

namespace varints {

struct numbers {
    static constexpr packet::command<std::uint8_t> code{0x01};
    packet::varint<std::uint8_t> u8;
    packet::varint<std::uint16_t> u16;
    packet::varint<std::uint32_t> u32;
    packet::varint<std::uint64_t> u64;
    packet::zigzag<std::int8_t> i8;
    packet::zigzag<std::int32_t> i32;
    packet::zigzag<std::int64_t> i64;
};
BOOST_DESCRIBE_STRUCT(numbers, (), (u8, u16, u32, u64, i8, i32, i64))

template <class Number>
struct one {
    static constexpr packet::command<std::uint8_t> code{0x02};
    Number value;
    BOOST_DESCRIBE_CLASS(one, (), (value), (), ())
};

// MQTT 5: properties behind their length; Kafka: a record's key and value.
struct property {
    std::uint8_t id;
    big_uint32_t value;
};
BOOST_DESCRIBE_STRUCT(property, (), (id, value))

struct lengths {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::text<packet::varint<std::uint32_t>> name;
    packet::array<big_uint16_t, packet::varint<std::uint16_t>> list;
    packet::array_in_bytes<packet::varint<std::uint32_t>, property> properties;
    packet::nullable_octets<packet::zigzag<std::int32_t>> key;
};
BOOST_DESCRIBE_STRUCT(lengths, (), (name, list, properties, key))

}   // namespace varints

using namespace varints;

static_assert(packet::always_encodable<numbers> && packet::owning<numbers> &&
              !packet::raw_field<packet::varint<std::uint8_t>>);
static_assert(packet::length_number<packet::varint<std::uint32_t>> &&
              !packet::length_number<packet::varint<std::uint64_t>> &&
              !packet::length_number<packet::zigzag<std::int32_t>>);
static_assert(packet::can_say<packet::varint<std::uint8_t>>(255) &&
              !packet::can_say<packet::varint<std::uint8_t>>(256));

BOOST_AUTO_TEST_SUITE(varint)

template <class Number, class Value>
void lies_as(Value value, std::string_view hex) {
    BOOST_TEST_CONTEXT(hex) {
        BOOST_TEST(test::hex_of(one<Number>{.value = value}) == "02 " + std::string(hex));
        const std::string body = test::from_hex("02 " + std::string(hex));
        BOOST_TEST((typename Number::value_type{test::decoded<one<Number>>(body).value} == value));
    }
}

BOOST_AUTO_TEST_CASE(unsigned_ones_lie_as_protobuf_and_mqtt_have_them) {
    using u32 = packet::varint<std::uint32_t>;
    lies_as<u32>(0U, "00");
    lies_as<u32>(1U, "01");
    lies_as<u32>(150U, "96 01");   // protobuf, Encoding
    lies_as<u32>(300U, "ac 02");   // the same
    lies_as<u32>(127U, "7f");      // MQTT 3.1.1, table 2.4
    lies_as<u32>(128U, "80 01");
    lies_as<u32>(16'383U, "ff 7f");
    lies_as<u32>(16'384U, "80 80 01");
    lies_as<u32>(2'097'151U, "ff ff 7f");
    lies_as<u32>(268'435'455U, "ff ff ff 7f");
    lies_as<u32>(0xffff'ffffU, "ff ff ff ff 0f");
    using u64 = packet::varint<std::uint64_t>;
    lies_as<u64>(~std::uint64_t{0}, "ff ff ff ff ff ff ff ff ff 01");
    lies_as<u64>(std::uint64_t{1} << 63, "80 80 80 80 80 80 80 80 80 01");
    lies_as<packet::varint<std::uint8_t>>(std::uint8_t{255}, "ff 01");
    lies_as<packet::varint<std::uint16_t>>(std::uint16_t{65'535}, "ff ff 03");
}

BOOST_AUTO_TEST_CASE(signed_ones_lie_in_zigzag_as_protobuf_and_kafka_have_them) {
    using i32 = packet::zigzag<std::int32_t>;
    lies_as<i32>(0, "00");
    lies_as<i32>(-1, "01");
    lies_as<i32>(1, "02");
    lies_as<i32>(-2, "03");
    lies_as<i32>(std::numeric_limits<std::int32_t>::max(), "fe ff ff ff 0f");
    lies_as<i32>(std::numeric_limits<std::int32_t>::min(), "ff ff ff ff 0f");
    using i64 = packet::zigzag<std::int64_t>;
    lies_as<i64>(std::numeric_limits<std::int64_t>::min(), "ff ff ff ff ff ff ff ff ff 01");
    lies_as<i64>(std::numeric_limits<std::int64_t>::max(), "fe ff ff ff ff ff ff ff ff 01");
    lies_as<packet::zigzag<std::int8_t>>(std::int8_t{-128}, "ff 01");
    lies_as<packet::zigzag<std::int16_t>>(std::int16_t{-64}, "7f");
}

BOOST_AUTO_TEST_CASE(each_value_has_one_form_and_what_does_not_fit_is_no_value) {
    using u32 = one<packet::varint<std::uint32_t>>;
    for (const std::string_view wrong : {"02 80 00", "02 ac 82 00", "02 ff ff ff ff 10", "02 80 80 80 80 80 01",
                                         "02 ff ff ff ff 8f 00", "02 80 80 80 80 00"})
        test::not_decoded<u32>(wrong, packet::errc::bad_field, "value");
    test::not_decoded<u32>("02 80 80 80 80", packet::errc::short_body, "value");
    test::not_decoded<one<packet::varint<std::uint8_t>>>("02 80 02", packet::errc::bad_field, "value");
    test::not_decoded<one<packet::zigzag<std::int8_t>>>("02 80 02", packet::errc::bad_field, "value");
    test::not_decoded<one<packet::varint<std::uint64_t>>>("02 ff ff ff ff ff ff ff ff ff 02", packet::errc::bad_field,
                                                          "value");
}

BOOST_AUTO_TEST_CASE(every_number_of_16_bits_comes_back) {
    byte_buffer body;
    for (std::uint32_t n = 0; n <= 0xffff; ++n) {
        body.clear();
        packet::encode(one<packet::zigzag<std::int16_t>>{.value = static_cast<std::int16_t>(n)}, body);
        const auto read = packet::decode_as<one<packet::zigzag<std::int16_t>>>(body.view());
        BOOST_TEST_REQUIRE((read.has_value() && std::int16_t{read->value} == static_cast<std::int16_t>(n)));
    }
}

BOOST_AUTO_TEST_CASE(several_in_one_packet_come_back) {
    const std::string body = test::from_hex("01 05 ac 02 96 01 00 03 02 7f");
    const auto back = test::decoded<numbers>(body);
    BOOST_TEST((back.u8 == 5 && back.u16 == 300 && back.u32 == 150U && back.u64 == 0U));
    BOOST_TEST((back.i8 == -2 && back.i32 == 1 && back.i64 == -64));
}

BOOST_AUTO_TEST_CASE(lengths_and_counts_may_be_varints) {
    const std::string body = test::from_hex("03 02 68 69 02 00 01 00 02 05 11 00 00 00 0a 06 61 62 63");
    const auto back = test::decoded<lengths>(body);
    BOOST_TEST((back.name == "hi" && back.list.size() == 2 && back.list[1] == 2));
    BOOST_TEST((back.properties.size() == 1 && back.properties[0].value == 10U));
    BOOST_TEST((back.key && as_text(*back.key) == "abc"));
    const std::string nulls = test::from_hex("03 00 00 00 01");
    BOOST_TEST(!test::decoded<lengths>(nulls).key);
    const std::string long_name(300, 'x');
    lengths made{};
    made.name = long_name;
    BOOST_TEST(test::hex_of(made).starts_with("03 ac 02 78 78"));
    test::not_decoded<lengths>("03 ac 02 78", packet::errc::short_body, "name");
    test::not_decoded<lengths>("03 80 00", packet::errc::bad_field, "name");
    test::not_decoded<lengths>("03 00 ff ff 03 00", packet::errc::short_body, "list");
    test::not_decoded<lengths>("03 00 00 04 11 00 00 00", packet::errc::bad_field, "properties");
    test::not_decoded<lengths>("03 00 00 00 03", packet::errc::bad_field, "key");
    const std::vector<big_uint16_t> many(65'536);
    made.list = many;
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(a_description_says_that_they_are_varints) {
    using kind = packet::field_description::kind;
    const auto fields = packet::describe_packet<numbers>().fields;
    BOOST_TEST((fields[2].what == kind::unsigned_integer && fields[2].is_varint && fields[2].width == 4));
    BOOST_TEST((fields[4].what == kind::signed_integer && fields[4].is_varint && fields[4].width == 1));
    const auto of_lengths = packet::describe_packet<lengths>().fields;
    BOOST_TEST((of_lengths[0].what == kind::counted_text && of_lengths[0].is_varint && of_lengths[0].width == 4));
    BOOST_TEST((of_lengths[3].is_nullable && of_lengths[3].is_signed && of_lengths[3].is_varint));
}

BOOST_AUTO_TEST_SUITE_END()
