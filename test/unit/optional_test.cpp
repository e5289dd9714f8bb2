// Fields that may be absent at the end of a body, and texts that may be null: Kafka's.
#include "support/bodies.hpp"

using namespace hawser;
using namespace boost::endian;

namespace absences {

struct point {
    big_uint16_t x, y;
};
BOOST_DESCRIBE_STRUCT(point, (), (x, y))

struct logon {
    static constexpr packet::command<std::uint8_t> code{0x01};
    std::uint8_t user;
    packet::optional<big_uint16_t> version;
    packet::optional<packet::text<std::uint8_t>> locale;
    packet::optional<point> at;
};
BOOST_DESCRIBE_STRUCT(logon, (), (user, version, locale, at))

struct single {
    static constexpr packet::command<std::uint8_t> code{0x02};
    packet::optional<std::uint8_t> only;
};
BOOST_DESCRIBE_STRUCT(single, (), (only))

// The end of a structure is the end of a body.
struct tail {
    std::uint8_t first;
    packet::optional<std::uint8_t> second;
};
BOOST_DESCRIBE_STRUCT(tail, (), (first, second))
struct nested {
    static constexpr packet::command<std::uint8_t> code{0x03};
    tail last;
};
BOOST_DESCRIBE_STRUCT(nested, (), (last))

// The header of a request of Kafka, version 1, behind its api_key, and a record's key and value.
struct request_header {
    static constexpr packet::command<big_uint16_t> code{18};   // ApiVersions
    big_int16_t api_version;
    big_int32_t correlation_id;
    packet::nullable_text<big_int16_t> client_id;
    packet::nullable_octets<big_int32_t> key;
    packet::nullable_text<std::int8_t, std::string> mine;
    packet::nullable_octets<big_int24_t, std::vector<std::byte>> blob;
};
BOOST_DESCRIBE_STRUCT(request_header, (), (api_version, correlation_id, client_id, key, mine, blob))

}   // namespace absences

using namespace absences;

static_assert(packet::always_encodable<single> && !packet::always_encodable<logon>);
static_assert(packet::owning<single> && !packet::owning<logon> && !packet::owning<request_header>);
static_assert(std::is_trivially_copyable_v<logon>);

BOOST_AUTO_TEST_SUITE(optionals)

BOOST_AUTO_TEST_CASE(a_body_may_end_before_each_of_them) {
    const std::string body = test::from_hex("01 07 00 02 02 64 65 00 01 00 02");
    const auto back = test::decoded<logon>(body, {2, 4, 7});
    BOOST_TEST((back.version.has_value() && *back.version == 2));
    BOOST_TEST((back.locale && *back.locale == "de" && back.at && back.at->y == 2));
    const std::string shorter = test::from_hex("01 07 00 02");
    const auto two = test::decoded<logon>(shorter, {2});
    BOOST_TEST((two.version == big_uint16_t(2) && !two.locale && !two.at));
    test::not_decoded<logon>("01 07 00", packet::errc::short_body, "version");
    test::not_decoded<logon>("01 07 00 02 02 64 65 00 01 00", packet::errc::short_body, "at");
    BOOST_TEST(test::hex_of(logon{.user = 7, .version = 5, .locale = "de", .at = {}}) == "01 07 00 05 02 64 65");
    BOOST_TEST(test::hex_of(single{}) == "02");
    BOOST_TEST(test::hex_of(single{.only = std::uint8_t{9}}) == "02 09");
    BOOST_TEST(int{test::decoded<nested>(test::from_hex("03 01 02"), {2}).last.second.value()} == 2);
}

BOOST_AUTO_TEST_CASE(one_behind_an_absent_one_is_not_encoded) {
    logon made{.user = 7, .version = {}, .locale = "de", .at = {}};
    test::not_encoded(made, packet::errc::unencodable);
    made.version = 1;
    made.locale = std::nullopt;
    BOOST_TEST(test::hex_of(made) == "01 07 00 01");
    made.at = point{1, 2};
    test::not_encoded(made, packet::errc::unencodable);
    const std::string too_long(256, 'x');
    made.locale = too_long;
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(texts_of_kafka_are_null_or_empty_or_there) {
    const std::string body = test::from_hex("00 12 00 01 00 00 00 2a 00 03 61 62 63 ff ff ff ff 00 00 00 02 01 02");
    const auto back = test::decoded<request_header>(body);
    BOOST_TEST((back.client_id && *back.client_id == "abc" && !back.key && back.mine && back.mine->empty()));
    BOOST_TEST((back.client_id->data() == body.data() + 10));
    BOOST_TEST((back.blob && back.blob->size() == 2));
    const std::string nulls = test::from_hex("00 12 00 01 00 00 00 2a ff ff 00 00 00 00 ff ff ff ff");
    const auto none = test::decoded<request_header>(nulls);
    BOOST_TEST((!none.client_id && none.key && none.key->empty() && !none.mine && !none.blob));
    const request_header made{.api_version = 1,
                              .correlation_id = 42,
                              .client_id = "abc",
                              .key = {},
                              .mine = "",
                              .blob = std::vector<std::byte>{std::byte{1}, std::byte{2}}};
    BOOST_TEST(test::hex_of(made) == to_hex(as_bytes(body)));
}

BOOST_AUTO_TEST_CASE(a_length_below_null_is_no_value) {
    test::not_decoded<request_header>("00 12 00 01 00 00 00 2a ff fe", packet::errc::bad_field, "client_id");
    test::not_decoded<request_header>("00 12 00 01 00 00 00 2a 80 00 00", packet::errc::bad_field, "client_id");
    test::not_decoded<request_header>("00 12 00 01 00 00 00 2a 7f ff 00", packet::errc::short_body, "client_id");
    test::not_decoded<request_header>("00 12 00 01 00 00 00 2a ff ff 80 00 00 00", packet::errc::bad_field, "key");
}

BOOST_AUTO_TEST_CASE(a_text_longer_than_its_signed_length_can_say_is_not_encoded) {
    request_header made{};
    made.mine = std::string(127, 'x');
    BOOST_TEST(test::hex_of(made).starts_with("00 12 00 00 00 00 00 00 ff ff ff ff ff ff 7f 78"));
    made.mine->push_back('x');
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(a_description_says_what_may_be_absent_or_null) {
    using kind = packet::field_description::kind;
    const auto fields = packet::describe_packet<logon>().fields;
    BOOST_TEST((!fields[0].is_optional && fields[1].is_optional && fields[2].is_optional));
    BOOST_TEST((fields[3].name == "at.x" && fields[3].is_optional && !fields[4].is_optional));
    const auto of_kafka = packet::describe_packet<request_header>().fields;
    BOOST_TEST((of_kafka[2].what == kind::counted_text && of_kafka[2].is_nullable && of_kafka[2].is_signed));
    BOOST_TEST((of_kafka[3].what == kind::counted_bytes && of_kafka[3].width == 4 && of_kafka[5].width == 3));
    BOOST_TEST(!of_kafka[1].is_nullable);
}

BOOST_AUTO_TEST_SUITE_END()
