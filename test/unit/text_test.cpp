// Text and bytes that look at others' memory, and those that own what they hold: the same in a body,
// and in every description.
#include <hawser/packet/protocol.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace hawser;
using boost::endian::big_int16_t;
using boost::endian::big_uint16_t;

namespace owning_fields {

struct corner {
    big_int16_t across;
    big_int16_t down;
};
BOOST_DESCRIBE_STRUCT(corner, (), (across, down))

// The same packet twice: with views, and with fields of its own.
struct looks {
    static constexpr packet::command<std::uint8_t> code{0x01};
    static constexpr std::string_view name = "letter";
    packet::text<std::uint8_t> place;
    packet::octets<big_uint16_t> blob;
    packet::octets<std::uint8_t> key;
    packet::array<corner, std::uint8_t> corners;
    packet::array<packet::text<std::uint8_t>, std::uint8_t> words;
    packet::rest_text note;
};
BOOST_DESCRIBE_STRUCT(looks, (), (place, blob, key, corners, words, note))
struct owns {
    static constexpr packet::command<std::uint8_t> code{0x01};
    static constexpr std::string_view name = "letter";
    packet::text<std::uint8_t, std::string> place;
    packet::octets<big_uint16_t, std::vector<std::byte>> blob;
    packet::octets<std::uint8_t, byte_buffer> key;
    packet::array<corner, std::uint8_t, std::vector<corner>> corners;
    packet::array<packet::text<std::uint8_t, std::string>, std::uint8_t> words;
    std::string note;
};
BOOST_DESCRIBE_STRUCT(owns, (), (place, blob, key, corners, words, note))

struct owns_vector {
    static constexpr packet::command<std::uint8_t> code{0x02};
    std::vector<std::byte> note;
};
BOOST_DESCRIBE_STRUCT(owns_vector, (), (note))
struct owns_buffer {
    static constexpr packet::command<std::uint8_t> code{0x02};
    byte_buffer note;
};
BOOST_DESCRIBE_STRUCT(owns_buffer, (), (note))

// What looks at others' memory deep inside.
struct pair {
    std::uint8_t number;
    packet::text<std::uint8_t> name;
};
BOOST_DESCRIBE_STRUCT(pair, (), (number, name))
struct deep {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::array<pair, std::uint8_t> pairs;
};
BOOST_DESCRIBE_STRUCT(deep, (), (pairs))
struct nested {
    static constexpr packet::command<std::uint8_t> code{0x04};
    pair one;
};
BOOST_DESCRIBE_STRUCT(nested, (), (one))
struct numbers {
    static constexpr packet::command<std::uint8_t> code{0x05};
    packet::id id;
    packet::fixed_text<4> ship;
    corner where;
};
BOOST_DESCRIBE_STRUCT(numbers, (), (id, ship, where))

struct having : packet::protocol<owns, owns_buffer> {};

}   // namespace owning_fields

using namespace owning_fields;

static_assert(packet::owning<owns> && packet::owning<owns_vector> && packet::owning<owns_buffer> &&
              packet::owning<numbers>);
static_assert(!packet::owning<looks> && !packet::owning<deep> && !packet::owning<nested> && !packet::owning<corner>);
static_assert(packet::always_encodable<owns_vector> && !packet::always_encodable<owns>);

namespace {

template <class Packet>
std::string body_of(const Packet& made) {
    byte_buffer body;
    BOOST_TEST(!packet::encode(made, body));
    return std::string(as_text(body.view()));
}

owns made_of(const std::string& text) {
    owns made;
    made.place = text;
    made.blob = as_bytes(text);
    made.key.append(as_bytes(text));
    made.corners = {corner{1, -1}, corner{2, -2}};
    made.words = {"one", text};
    made.note = text;
    return made;
}

// Of a body that is gone when this returns, so that a view of it is found by the address sanitizer.
template <class Packet>
packet::decoded<Packet> decode_copy(const std::string& body) {
    const auto copy = std::make_unique<std::byte[]>(body.size());
    std::memcpy(copy.get(), body.data(), body.size());
    return packet::decode_as<Packet>({copy.get(), body.size()});
}

}   // namespace

BOOST_AUTO_TEST_SUITE(text_and_bytes)

BOOST_AUTO_TEST_CASE(what_is_owned_lies_in_a_body_as_what_is_looked_at) {
    const std::string text = "bridge";
    const std::vector<corner> corners = {corner{1, -1}, corner{2, -2}};
    const looks same{.place = text,
                     .blob = as_bytes(text),
                     .key = as_bytes(text),
                     .corners = corners,
                     .words = {"one", text},
                     .note = text};
    BOOST_TEST(body_of(made_of(text)) == body_of(same));
    BOOST_TEST(body_of(owns{}) == body_of(looks{}));
}

BOOST_AUTO_TEST_CASE(what_was_read_is_still_there_when_the_body_is_gone) {
    const std::string body = body_of(made_of("engine room"));
    const packet::decoded<owns> read = decode_copy<owns>(body);
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(read->place == "engine room");
    BOOST_TEST(as_text(read->blob) == "engine room");
    BOOST_TEST(as_text(read->key.view()) == "engine room");
    BOOST_TEST(read->corners.at(1).down == -2);
    BOOST_TEST(read->words.at(1) == "engine room");
    BOOST_TEST(read->note == "engine room");
    BOOST_TEST(body_of(*read) == body);
}

BOOST_AUTO_TEST_CASE(every_truncation_is_the_same_error_both_ways) {
    const std::string body = body_of(made_of("bridge"));
    std::size_t malformed = 0;
    for (std::size_t size = 0; size < body.size(); ++size) {
        const bytes cut = as_bytes(body).first(size);
        const auto read = packet::decode_as<looks>(cut);
        const auto kept = packet::decode_as<owns>(cut);
        BOOST_TEST_REQUIRE(read.has_value() == kept.has_value());
        if (read) continue;
        ++malformed;
        BOOST_TEST(read.error().message() == kept.error().message());
    }
    BOOST_TEST(malformed == body.size() - 6);   // of the note some is enough
}

BOOST_AUTO_TEST_CASE(what_is_left_of_a_body_can_be_a_vector_or_a_buffer) {
    owns_vector vector;
    vector.note = {std::byte{'h'}, std::byte{'i'}};
    BOOST_TEST(body_of(vector) == "\x02hi");
    const auto again = decode_copy<owns_vector>("\x02"
                                                "ho");
    BOOST_TEST_REQUIRE(again.has_value());
    BOOST_TEST(as_text(again->note) == "ho");
    owns_buffer buffer;
    buffer.note.append(as_bytes("hi"));
    BOOST_TEST(body_of(buffer) == "\x02hi");
    const auto third = decode_copy<owns_buffer>("\x02");
    BOOST_TEST_REQUIRE(third.has_value());
    BOOST_TEST(third->note.empty());
}

BOOST_AUTO_TEST_CASE(what_is_too_long_for_its_length_is_refused_whoever_owns_it) {
    owns made;
    made.place = std::string(256, 'x');
    byte_buffer out;
    BOOST_TEST(packet::encode(made, out) == make_error_code(packet::errc::value_too_long));
    BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(a_text_is_moved_in_without_a_copy) {
    std::string story(1000, 'x');
    const char* const letters = story.data();
    const packet::text<big_uint16_t, std::string> kept = std::move(story);
    BOOST_TEST((kept.data() == letters));
}

BOOST_AUTO_TEST_CASE(a_variant_of_packets_that_cannot_be_copied_is_read) {
    const auto read = packet::decode<having>(as_bytes("\x02yes"));
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(as_text(std::get<owns_buffer>(*read).note.view()) == "yes");
}

BOOST_AUTO_TEST_CASE(a_description_does_not_say_who_owns_it) {
    const auto seen = packet::describe_packet<looks>();
    const auto kept = packet::describe_packet<owns>();
    BOOST_TEST(kept.name == seen.name);
    BOOST_TEST_REQUIRE(kept.fields.size() == seen.fields.size());
    for (std::size_t i = 0; i < seen.fields.size(); ++i) {
        BOOST_TEST(kept.fields[i].name == seen.fields[i].name);
        BOOST_TEST((kept.fields[i].what == seen.fields[i].what));
        BOOST_TEST(kept.fields[i].width == seen.fields[i].width);
        BOOST_TEST(kept.fields[i].element.size() == seen.fields[i].element.size());
    }
}

BOOST_AUTO_TEST_SUITE_END()
