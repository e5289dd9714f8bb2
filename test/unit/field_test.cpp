// Every type of field: its bytes, each place where a body can be cut, lengths and counts that lie, and the way back.
#include <hawser/packet/protocol.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

using namespace hawser;
using namespace boost::endian;
using namespace std::string_literals;

namespace fields {

enum class unit : std::uint8_t { celsius = 0, fahrenheit = 1 };
BOOST_DESCRIBE_ENUM(unit, celsius, fahrenheit)
enum class wind : std::uint16_t { calm = 0, storm = 500 };
BOOST_DESCRIBE_ENUM(wind, calm, storm)
enum class plain : std::int8_t { below = -1 };   // has no described names

struct position {
    big_int32_t north;
    little_uint16_t east;
};
BOOST_DESCRIBE_STRUCT(position, (), (north, east))

struct person {
    packet::text<std::uint8_t> name;
    std::uint8_t code;   // a field, and no command
};
BOOST_DESCRIBE_STRUCT(person, (), (name, code))

// Described in another order than it is declared in: an array of these is no view.
struct turned {
    std::uint8_t first;
    big_uint16_t second;
};
BOOST_DESCRIBE_STRUCT(turned, (), (second, first))

struct numbers {
    static constexpr packet::command<std::uint8_t> code{0x01};
    std::uint8_t u8;
    std::int8_t i8;
    big_uint16_t bu16;
    little_uint16_t lu16;
    big_int32_t bi32;
    little_int32_t li32;
    big_uint64_t bu64;
    little_int64_t li64;
    unit in;
    packet::enum_as<wind, little_uint16_t> blows;
    plain odd;
};
BOOST_DESCRIBE_STRUCT(numbers, (), (u8, i8, bu16, lu16, bi32, li32, bu64, li64, in, blows, odd))

struct texts {
    static constexpr packet::command<std::uint8_t> code{0x02};
    packet::id id;
    packet::fixed_text<5> ship;
    std::array<std::byte, 3> key;
    packet::text<std::uint8_t> place;
    packet::octets<big_uint16_t> blob;
    packet::text<little_uint32_t> story;
    packet::rest note;
};
BOOST_DESCRIBE_STRUCT(texts, (), (id, ship, key, place, blob, story, note))

struct lists {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::array<big_int16_t, std::uint8_t> levels;
    packet::array<position, big_uint16_t> track;
    packet::array<person, little_uint32_t> crew;
    packet::array<turned, std::uint8_t> turns;
    position here;
    packet::rest_text note;
};
BOOST_DESCRIBE_STRUCT(lists, (), (levels, track, crew, turns, here, note))

struct empty {
    static constexpr packet::command<std::uint8_t> code{0x04};
};
BOOST_DESCRIBE_STRUCT(empty, (), ())

struct all : packet::protocol<numbers, texts, lists, empty> {};

// The command lies behind two fields, in two bytes.
struct inside {
    static constexpr packet::command<little_uint16_t, 2> code{0x0301};
    std::uint8_t version;
    std::uint8_t flags;
    big_uint32_t id;
    packet::rest note;
};
BOOST_DESCRIBE_STRUCT(inside, (), (version, flags, id, note))
struct behind {
    static constexpr packet::command<little_uint16_t, 2> code{0x0302};
    big_uint16_t stamp;
};
BOOST_DESCRIBE_STRUCT(behind, (), (stamp))
struct offset_protocol : packet::protocol<inside, behind> {
    static constexpr std::string_view name = "offset";
};

}   // namespace fields

using namespace fields;

static_assert(packet::raw_field<position> && !packet::raw_field<person> && !packet::raw_field<turned>);
static_assert(packet::always_encodable<numbers> && packet::always_encodable<inside> &&
              !packet::always_encodable<texts>);
static_assert(!packet::field<float> && !packet::field<std::uint16_t> && !packet::field<bool> && !packet::field<wind>);
static_assert(!packet::packet<position> && !packet::packet<int> && packet::packet<empty>);

namespace {

template <class Packet>
std::string body_of(const Packet& made) {
    byte_buffer body;
    BOOST_TEST(!packet::encode(made, body));
    return std::string(as_text(body.view()));
}

template <class Packet>
std::string hex_of(const Packet& made) {
    return to_hex(as_bytes(body_of(made)));
}

template <class Protocol, class Packet>
void every_cut_is_told(const std::string& body, std::size_t always_whole) {
    for (std::size_t size = 0; size < body.size(); ++size) {
        const auto read = packet::decode<Protocol>(as_bytes(body).first(size));
        if (size >= always_whole) continue;   // the rest of the body may have any length
        BOOST_TEST_CONTEXT("cut at " << size) {
            BOOST_TEST_REQUIRE(read.has_error());
            BOOST_TEST((read.error() == packet::errc::short_body));
            // The field that is not whole begins at the cut or before, unless the command is looked for behind it.
            BOOST_TEST((read.error().offset <= size || read.error().field == "command"));
            BOOST_TEST(!read.error().field.empty());
            const auto named = packet::decode_as<Packet>(as_bytes(body).first(size));
            BOOST_TEST((named.error() == packet::errc::short_body));
        }
    }
}

void refused(const std::string& body, packet::errc why, std::string_view place, std::size_t offset) {
    BOOST_TEST_CONTEXT(to_hex(as_bytes(body))) {
        const auto read = packet::decode<all>(as_bytes(body));
        BOOST_TEST_REQUIRE(read.has_error());
        BOOST_TEST((read.error() == why), read.error().message());
        BOOST_TEST(read.error().place() == place);
        BOOST_TEST(read.error().offset == offset);
    }
}

numbers some_numbers() {
    return {.u8 = 0xfe,
            .i8 = -2,
            .bu16 = 0x0102,
            .lu16 = 0x0102,
            .bi32 = -2,
            .li32 = -2,
            .bu64 = 0x0102030405060708,
            .li64 = 0x0102030405060708,
            .in = unit::fahrenheit,
            .blows = wind::storm,
            .odd = plain::below};
}

const std::vector<big_int16_t> levels = {1, -1, 300};
const std::vector<position> track = {{1, 2}, {-1, 0x0304}};

lists some_lists() {
    lists made{.levels = levels, .track = track, .crew = {}, .turns = {}, .here = {5, 6}, .note = "note"};
    made.crew.push_back({"ada", 36});
    made.crew.push_back({"", 0});
    made.turns.push_back({.first = 1, .second = 0x0203});
    return made;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(field_types)

BOOST_AUTO_TEST_CASE(numbers_lie_in_the_order_that_their_types_say) {
    BOOST_TEST(
        hex_of(some_numbers()) ==
        "01 fe fe 01 02 02 01 ff ff ff fe fe ff ff ff 01 02 03 04 05 06 07 08 08 07 06 05 04 03 02 01 01 f4 01 ff");
}

BOOST_AUTO_TEST_CASE(numbers_come_back_and_every_cut_is_told) {
    const std::string body = body_of(some_numbers());
    const auto read = packet::decode<all>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    const numbers& back = std::get<numbers>(*read);
    BOOST_TEST(back.u8 == 0xfe);
    BOOST_TEST(back.i8 == -2);
    BOOST_TEST(back.bu16 == 0x0102);
    BOOST_TEST(back.lu16 == 0x0102);
    BOOST_TEST(back.bi32 == -2);
    BOOST_TEST(back.li32 == -2);
    BOOST_TEST(back.bu64 == 0x0102030405060708U);
    BOOST_TEST(back.li64 == 0x0102030405060708);
    BOOST_TEST((back.in == unit::fahrenheit));
    BOOST_TEST((back.blows == wind::storm));
    BOOST_TEST((back.odd == plain::below));
    every_cut_is_told<all, numbers>(body, body.size());
    refused(body + "x", packet::errc::trailing_bytes, "numbers", body.size());
    refused(body.substr(0, 8), packet::errc::short_body, "numbers.bi32", 7);
}

BOOST_AUTO_TEST_CASE(enum_values_without_a_name_are_kept) {
    numbers made = some_numbers();
    made.in = unit{200};
    made.blows = wind{0xfffe};
    const std::string body = body_of(made);
    const auto read = packet::decode_as<numbers>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST((read->in == unit{200}));
    BOOST_TEST((read->blows == wind{0xfffe}));
}

BOOST_AUTO_TEST_CASE(texts_lie_behind_their_lengths_and_come_back_as_views) {
    const texts made{.id = packet::serial::from_number(1),
                     .ship = "ada",
                     .key = {std::byte{1}, std::byte{2}, std::byte{3}},
                     .place = "pier",
                     .blob = as_bytes("xy"),
                     .story = "once",
                     .note = as_bytes("end")};
    const std::string body = body_of(made);
    BOOST_TEST(to_hex(as_bytes(body)) ==
               "02 30 30 30 30 30 30 30 31 61 64 61 00 00 01 02 03 04 70 69 65 72 00 02 78 79 "
               "04 00 00 00 6f 6e 63 65 65 6e 64");
    const auto read = packet::decode<all>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    const texts& back = std::get<texts>(*read);
    BOOST_TEST((back.id == made.id));
    BOOST_TEST(back.ship.view() == "ada");
    BOOST_TEST((back.ship == "ada"));
    BOOST_TEST((back.key == made.key));
    BOOST_TEST(back.place == "pier");
    BOOST_TEST(as_text(back.blob) == "xy");
    BOOST_TEST(back.story == "once");
    BOOST_TEST(as_text(back.note) == "end");
    BOOST_TEST((back.place.data() == body.data() + 18));
    BOOST_TEST((as_text(back.note).data() == body.data() + body.size() - 3));
    every_cut_is_told<all, texts>(body, body.size() - 3);
}

BOOST_AUTO_TEST_CASE(a_length_that_says_more_than_there_is_is_refused_where_its_field_begins) {
    const std::string front = "\x02"
                              "00000001"
                              "ada\0\0"
                              "key"s;
    refused(front + "\x05pier", packet::errc::short_body, "texts.place", 17);
    refused(front + "\xff", packet::errc::short_body, "texts.place", 17);
    refused(front + "\0\0\x03xy"s, packet::errc::short_body, "texts.blob", 18);
    refused(front + "\0\xff\xff"s, packet::errc::short_body, "texts.blob", 18);
    refused(front + "\0\0\0\xff\xff\xff\xff"s, packet::errc::short_body, "texts.story", 20);
    refused(front + "\0\0\0\x01\0\0\x80x"s, packet::errc::short_body, "texts.story", 20);
}

BOOST_AUTO_TEST_CASE(a_text_longer_than_its_length_can_say_is_refused_and_the_buffer_left_as_it_was) {
    byte_buffer out;
    out.append(as_bytes("before"));
    texts made{};
    const std::string longest(255, 'x');
    const std::string too_long(256, 'x');
    made.place = too_long;
    BOOST_TEST((packet::encode(made, out) == packet::errc::value_too_long));
    BOOST_TEST((packet::encode(made, out) == condition::misuse));
    made.place = longest;
    const std::string blob(65'536, 'y');
    made.blob = as_bytes(blob);
    BOOST_TEST((packet::encode(made, out) == packet::errc::value_too_long));
    BOOST_TEST(as_text(out.view()) == "before");
    made.blob = as_bytes(blob).first(65'535);
    BOOST_TEST(!packet::encode(made, out));
    BOOST_TEST(out.size() == 6U + 1 + 8 + 5 + 3 + 256 + 65'537 + 4);
}

BOOST_AUTO_TEST_CASE(a_fixed_text_holds_what_fits_and_no_more) {
    BOOST_TEST((packet::fixed_text<5>("hello").view() == "hello"));
    BOOST_TEST(packet::fixed_text<5>().view().empty());
    BOOST_TEST((packet::fixed_text<5>("a") == packet::fixed_text<5>(std::string_view("a"))));
    BOOST_CHECK_THROW(packet::fixed_text<5>(std::string_view("hello!")), std::length_error);
    static_assert(!std::is_constructible_v<packet::fixed_text<2>, const char(&)[4]>);
}

BOOST_AUTO_TEST_CASE(arrays_lie_behind_their_counts_and_come_back_as_views_where_they_can) {
    const std::string body = body_of(some_lists());
    BOOST_TEST(to_hex(as_bytes(body)) == "03 03 00 01 ff ff 01 2c 00 02 00 00 00 01 02 00 ff ff ff ff 04 03 "
                                         "02 00 00 00 03 61 64 61 24 00 00 01 02 03 01 00 00 00 05 06 00 6e 6f 74 65");
    const auto read = packet::decode<all>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    const lists& back = std::get<lists>(*read);
    BOOST_TEST(back.levels.size() == 3U);
    BOOST_TEST(back.levels[2] == 300);
    BOOST_TEST((reinterpret_cast<const char*>(back.levels.data()) == body.data() + 2));
    BOOST_TEST(back.track.size() == 2U);
    BOOST_TEST(back.track[1].north == -1);
    BOOST_TEST(back.track[1].east == 0x0304);
    BOOST_TEST_REQUIRE(back.crew.size() == 2U);
    BOOST_TEST(back.crew[0].name == "ada");
    BOOST_TEST(int{back.crew[0].code} == 36);
    BOOST_TEST(back.turns.at(0).second == 0x0203);
    BOOST_TEST(back.here.east == 6);
    BOOST_TEST(back.note == "note");
    every_cut_is_told<all, lists>(body, body.size() - 4);
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_body_is_refused_before_anything_is_made_of_it) {
    refused("\x03\x01\x01"s, packet::errc::short_body, "lists.levels", 1);
    refused("\x03\xff\x01\x02"s, packet::errc::short_body, "lists.levels", 1);
    refused("\x03\0\xff\xff"s, packet::errc::short_body, "lists.track", 2);
    refused("\x03\0\0\x02"
            "123456"
            "12345"s,
            packet::errc::short_body, "lists.track", 2);
    refused("\x03\0\0\0\xff\xff\xff\xff"s + std::string(1000, '\0'), packet::errc::short_body, "lists.crew", 4);
    refused("\x03\0\0\0\x02\0\0\0\0\x01\xff\x01"s, packet::errc::short_body, "lists.crew", 4);
}

BOOST_AUTO_TEST_CASE(an_array_of_more_than_its_count_can_say_is_refused) {
    const std::vector<big_int16_t> many(256);
    lists made = some_lists();
    made.levels = many;
    byte_buffer out;
    BOOST_TEST((packet::encode(made, out) == packet::errc::value_too_long));
    made.levels = {};
    const std::string name(256, 'x');
    made.crew.push_back({name, 1});   // a text inside an element
    BOOST_TEST((packet::encode(made, out) == packet::errc::value_too_long));
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_packet_may_have_no_fields) {
    BOOST_TEST(hex_of(empty{}) == "04");
    BOOST_TEST(packet::decode<all>(as_bytes("\x04")).has_value());
    refused("\x04x", packet::errc::trailing_bytes, "empty", 1);
}

BOOST_AUTO_TEST_CASE(a_command_may_lie_behind_fields) {
    const inside made{.version = 7, .flags = 1, .id = 9, .note = as_bytes("hi")};
    const std::string body = body_of(made);
    BOOST_TEST(to_hex(as_bytes(body)) == "07 01 01 03 00 00 00 09 68 69");
    const auto read = packet::decode<offset_protocol>(as_bytes(body));
    BOOST_TEST_REQUIRE(read.has_value());
    const inside& back = std::get<inside>(*read);
    BOOST_TEST(int{back.version} == 7);
    BOOST_TEST(int{back.flags} == 1);
    BOOST_TEST(back.id == 9U);
    BOOST_TEST(as_text(back.note) == "hi");
    every_cut_is_told<offset_protocol, inside>(body, 8);
    BOOST_TEST(hex_of(behind{.stamp = 0x0102}) == "01 02 02 03");
    every_cut_is_told<offset_protocol, behind>(body_of(behind{.stamp = 1}), 4);
    const auto unknown = packet::decode<offset_protocol>(as_bytes("\x01\x03\x03\x03"));
    BOOST_TEST((unknown.error() == packet::errc::unknown_command));
    BOOST_TEST(unknown.error().offset == 2U);
    const auto other = packet::decode_as<behind>(as_bytes(body));
    BOOST_TEST((other.error() == packet::errc::unknown_command));
}

BOOST_AUTO_TEST_CASE(an_error_says_packet_field_and_offset_and_is_an_error_code) {
    const auto read = packet::decode<all>(as_bytes("\x02"
                                                   "0000"));
    BOOST_TEST(read.error().message() == "packet shorter than its fields: texts.id at offset 1");
    const error_code code = read.error();
    BOOST_TEST((code == make_error_code(packet::errc::short_body)));
    BOOST_TEST((read.error() == condition::invalid));
    BOOST_TEST(packet::decode<all>({}).error().message() == "packet shorter than its fields: command at offset 0");
    BOOST_TEST(packet::decode<all>(as_bytes("\x7f")).error().message() == "unknown command at offset 0");
    BOOST_CHECK_THROW(static_cast<void>(read.value()), boost::system::system_error);
}

BOOST_AUTO_TEST_CASE(whatever_is_decoded_is_encoded_to_the_same_bytes) {
    std::mt19937 random(20'241);
    std::size_t good = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string body(1 + random() % 48, '\0');
        for (char& octet : body) octet = static_cast<char>(random() % 3 == 0 ? random() % 256 : random() % 4);
        body.front() = static_cast<char>(1 + random() % 4);
        const auto read = packet::decode<all>(as_bytes(body));
        if (!read) continue;
        ++good;
        const std::string again = std::visit([](const auto& one) { return body_of(one); }, *read);
        // What lies behind a NUL of a fixed text is kept too.
        BOOST_TEST_REQUIRE((again == body));
    }
    BOOST_TEST(good > 1000U);
}

BOOST_AUTO_TEST_CASE(random_values_come_back_as_they_were) {
    std::mt19937_64 random(20'242);
    for (int round = 0; round < 2000; ++round) {
        const std::string place(random() % 256, static_cast<char>(random()));
        const std::string story(random() % 3000, static_cast<char>(random()));
        texts made{.id = packet::serial::from_number(static_cast<std::uint32_t>(random() % 99'999'999)),
                   .ship = packet::fixed_text<5>(std::string_view(place).substr(0, place.size() % 6)),
                   .key = {static_cast<std::byte>(random())},
                   .place = place,
                   .blob = as_bytes(story),
                   .story = story,
                   .note = as_bytes(place)};
        const std::string body = body_of(made);
        const auto read = packet::decode_as<texts>(as_bytes(body));
        BOOST_TEST_REQUIRE(read.has_value());
        BOOST_TEST_REQUIRE((read->id == made.id && read->ship == made.ship && read->key == made.key &&
                            read->place == place && as_text(read->blob) == story && read->story == story &&
                            as_text(read->note) == place));
    }
}

BOOST_AUTO_TEST_CASE(a_description_says_all_of_it) {
    using kind = packet::field_description::kind;
    const packet::description what = packet::describe<all>();
    BOOST_TEST(what.name == "all");
    BOOST_TEST_REQUIRE(what.packets.size() == 4U);
    const auto& n = what.packets[0].fields;
    BOOST_TEST_REQUIRE(n.size() == 11U);
    BOOST_TEST((n[3].name == "lu16" && n[3].what == kind::unsigned_integer && n[3].width == 2 &&
                n[3].order == byte_order::little));
    BOOST_TEST((n[4].what == kind::signed_integer && n[4].width == 4 && n[4].order == byte_order::big));
    BOOST_TEST((n[9].what == kind::enumeration && n[9].order == byte_order::little && n[9].values.at(1).value == 500));
    BOOST_TEST(n[9].values.at(1).name == "storm");
    BOOST_TEST(n[9].text_of(n[9].values.at(1)) == "500");
    BOOST_TEST((n[10].what == kind::signed_integer && n[10].values.empty()));
    const auto& t = what.packets[1].fields;
    BOOST_TEST((t[1].what == kind::fixed_text && t[1].width == 5 && t[2].what == kind::fixed_bytes && t[2].width == 3));
    BOOST_TEST((t[3].what == kind::counted_text && t[4].what == kind::counted_bytes && t[4].width == 2));
    BOOST_TEST((t[6].what == kind::rest && t[6].width == 0));
    const auto& l = what.packets[2].fields;
    BOOST_TEST((l[0].what == kind::array && l[0].element.size() == 1 && l[0].element[0].name.empty()));
    BOOST_TEST((l[2].width == 4 && l[2].element.size() == 2 && l[2].element[0].name == "name"));
    BOOST_TEST(l[4].name == "here.north");
    BOOST_TEST((l[6].what == kind::rest_text));
    const packet::description offset = packet::describe<offset_protocol>();
    BOOST_TEST((offset.command_offset == 2 && offset.command_width == 2 && offset.command_order == byte_order::little));
    BOOST_TEST(offset.packets.at(1).code == 0x0302U);
    BOOST_TEST(offset.name == "offset");
}

BOOST_AUTO_TEST_SUITE_END()
