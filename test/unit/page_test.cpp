#include "support/descriptions.hpp"
#include "support/every_field.hpp"
#include "support/netstring.hpp"
#include "support/test_codecs.hpp"

#include <hawser/protocol/page.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace hawser::protocol {

namespace {

using kind = packet::field_description::kind;

void has(const std::string& text, std::string_view part) {
    BOOST_TEST(text.find(part) != std::string::npos, "no " << part << " in\n" << text);
}

wire_format format(std::string_view codec) { return {.codec = frame::any_codec::parse(codec)}; }

packet::description small() {
    return {.name = "small",
            .packets = {{.name = "submit",
                         .code = 2,
                         .reply = "submit_ack",
                         .fields = {{.name = "id", .what = kind::fixed_text, .width = 8},
                                    {.name = "payload", .what = kind::rest, .width = 0}},
                         .about = "Hands a payload over."}}};
}

BOOST_AUTO_TEST_SUITE(page_test)

BOOST_AUTO_TEST_CASE(the_default_frame_is_drawn_and_explained) {
    has(page(small()),
        "## Frames\n"
        "\n"
        "```text\n"
        "0               4\n"
        "+---+---+---+---+- - - - -+\n"
        "|    length     | packet  |\n"
        "+---+---+---+---+- - - - -+\n"
        "```\n"
        "\n"
        "- `length`: 4 bytes, big-endian; the bytes of the whole frame, itself included.\n"
        "- A frame is at most 1,048,576 bytes long, all of it counted. A longer one ends the connection.\n");
}

BOOST_AUTO_TEST_CASE(a_packet_is_drawn_listed_and_encoded) {
    const std::string made = page(small());
    has(made, "| `02` | [submit](#submit) | submit_ack | 9 + payload | 13 + payload |\n");
    has(made, "### submit\n"
              "\n"
              "Hands a payload over.\n"
              "\n"
              "```text\n"
              "0    1                               9\n"
              "+----+---+---+---+---+---+---+---+---+- - - - -+\n"
              "| 02 |              id               | payload |\n"
              "+----+---+---+---+---+---+---+---+---+- - - - -+\n"
              "```\n");
    has(made, "| 9 | ... | payload | bytes |  |\n");
    has(made, "A whole frame: `00 00 00 10 02 30 30 30 30 30 30 30 31 61 62 63`\n");
}

BOOST_AUTO_TEST_CASE(every_kind_of_field_has_its_rows) {
    const std::string made = page(test::every_kind());
    has(made, "# Weather \"station\" os.exit()\n\nWhat a station tells.\n");
    has(made, "| 2 | 2 | command | unsigned, little-endian | `0102` |\n");
    has(made, "| version | 02 01 |");
    has(made, "| 4 | 4 | celsius | signed, little-endian | a hundredth \\| of a \"degree\"\\ |\n");
    has(made, "| 8 | 1 | unit | enum | -1 unknown, 0 metric, 1 imperial |\n");
    has(made,
        "| 57 | 1 | place.length | unsigned | of place |\n| 58 | ... | place | text |  |\n|  | 2 | blob.length |");
    has(made, "| | 2 | history[i] | signed, big-endian |  |\n");
    has(made, "| | 4 | track[i].north | signed, big-endian |  |\n");
    has(made, "| | 1 + ... | track[i].tags[i] | text |  |\n");
}

BOOST_AUTO_TEST_CASE(numbers_of_every_width_have_their_rows) {
    const std::string made = page(packet::describe<test::every_field::protocol>());
    has(made, "| 1 | 3 | station | unsigned, big-endian |  |\n| 4 | 3 | offset | signed, little-endian |  |\n");
    has(made, "| 19 | 3 | where | enum, big-endian | 0 shallow, 16777214 deep |\n");
    has(made, "| 22 | 4 | celsius | floating, big-endian |  |\n| 26 | 8 | latitude | floating, little-endian |  |\n");
    has(made, "00 00 01 01 00 00 00 00 00 00 01 01 00 00 00 00 00 00 00 00 00 3f 80 00 00 00 00 00 00 00 00 f0 3f`\n");
}

BOOST_AUTO_TEST_CASE(texts_with_a_nul_and_what_lies_like_another_field_have_their_rows) {
    const std::string made = page(packet::describe<test::every_field::protocol>());
    has(made, "| 1 | 1 to 10 | who | text | ends with a NUL |\n|  | 1 to 5 | mine | text | ends with a NUL |\n");
    has(made, "| | 1 to 4 | words[i] | text | ends with a NUL |\n|  | 4 | on | text |  |\n");
    has(made, "`02` | [greeting](#greeting) |  | 6 + who + mine + words |");
    has(made, "02 61 62 63 00 61 62 63 00 01 61 62 63 00 61 62 63 00`\n");
}

BOOST_AUTO_TEST_CASE(bits_are_listed_and_what_depends_on_them_says_so) {
    const std::string made = page(packet::describe<test::every_field::protocol>());
    has(made, "| 1 | 1 | flags | bits | `0x02` clean, `0x04` will, `0x18` quality, `0x80` named |\n");
    has(made, "| 2 | 8 | rarely | bits, little-endian | `0x01` low, `0xffff00` middle, `0x8000000000000000` top |\n");
    has(made, "| 12 | 0 or 2 | will.length | unsigned, big-endian | of will |\n"
              "|  | 0 or ... | will | text | only if flags has any bit of `0x04` |\n"
              "|  | 0 or 2 | at.row | unsigned, big-endian | only if rarely has any bit of `0x8000000000000000` |\n");
    has(made, "| | 0 or 1 | parts[i].more | unsigned | only if size has any bit of `0xf0` |\n");
    has(made, "`03` | [connecting](#connecting) |  | 12 + will.length + will + at.row + at.column + ");
    has(made, "03 00 00 00 00 00 00 00 00 00 00 01`\n");
}

BOOST_AUTO_TEST_CASE(elements_without_a_count_and_what_may_be_missing_have_their_rows) {
    const std::string made = page(packet::describe<test::every_field::protocol>());
    has(made, "| 1 | 2 | properties.length | unsigned, big-endian | of properties, in bytes |\n"
              "| 3 | ... | properties | elements |  |\n"
              "| | 2 | properties[i].tag | unsigned, big-endian |  |\n"
              "| | 1 + ... | properties[i].value | bytes |  |\n");
    has(made, "|  | ... | more | elements |  |\n| | 2 | more[i].tag |");
    has(made, "`05` | [spotted](#spotted) |  | 1 + spots |");
    has(made, "| 1 | 2 | client.length | signed, big-endian | of client; -1: there is none |\n");
    has(made, "|  | 0 or 2 | version | unsigned, big-endian | the body may end before it |\n"
              "|  | 0 or 1 | locale.length | unsigned | of locale |\n"
              "|  | 0 or ... | locale | text | the body may end before it |\n");
    has(made, "04 00 06 00 01 03 61 62 63 03 00 01 01 00 01 03 61 62 63`\n");
    has(made, "06 00 03 61 62 63 03 00 00 61 62 63 03 61 62 63 00 01 03 61 62 63 00 01 01`\n");
}

BOOST_AUTO_TEST_CASE(varints_have_their_rows) {
    const std::string made = page(packet::describe<test::every_field::protocol>());
    has(made, "| 1 | 1 to 5 | count | unsigned, LEB128 |  |\n|  | 1 to 10 | ticks | unsigned, LEB128 |  |\n"
              "|  | 1 to 10 | delta | signed, LEB128 of zigzag |  |\n");
    has(made, "|  | 1 to 5 | name.length | unsigned, LEB128 | of name |\n|  | ... | name | text |  |\n");
    has(made, "|  | 1 to 5 | key.length | signed, LEB128 of zigzag | of key; -1: there is none |\n");
    has(made, "07 01 01 02 02 03 61 62 63 01 00 01 01 01 01 06 61 62 63`\n");
}

BOOST_AUTO_TEST_CASE(every_codec_is_explained) {
    const packet::description of = small();
    has(page(of, format("length-field:order=little,width=2,offset=1,adjust=1,strip=0,over=discard")),
        "- `length`: 2 bytes, little-endian; a frame is 4 + `length` bytes long.\n"
        "- The packet is the whole frame, from its first byte on.\n"
        "- A frame is at most 65,539 bytes long, all of it counted. A longer one is passed over, and the next is "
        "read.\n");
    has(page(of, format("varint:bytes=4")), "as LEB128");
    has(page(of, format("mqtt")), "| header | length  | ... |\n");
    has(page(of, format("mqtt")), "- `length`: the bytes behind it, as LEB128");
    has(page(of, format("mqtt")), "- The packet is the whole frame, from its first byte on.\n");
    has(page(of, format("lines")), "- `delimiter`: `0a` or `0d 0a`; the first of them is what is sent.");
    has(page(of, format("fixed:16")), "- A frame is always 16 bytes long.\n");
    has(page(of, format("base64-lines")), "`base64`: the packet in base64");
    has(page(of, format("marked-crc")), "| ff ff |");
    has(page(of, format("http-chunk")), "- A frame is a chunk of HTTP/1.1 (RFC 9112, 7.1).\n");
    has(page(of, format("cobs")), "- `stuffed`: the packet by Consistent Overhead Byte Stuffing");
    has(page(of, format("slip")), "- `escaped`: the packet, with `db dc` for each `c0`");
    has(page(of, format("netstring")), "- `size`: the bytes of the packet, in decimal digits");
    has(page(of, {.codec = frame::any_codec::own(test::netstring(99), "netstring")}),
        "- A frame is a netstring: `5:hello,`.\n- A frame is at most 99 bytes long, all of it counted.");
    has(page(of, {.codec = frame::any_codec::own(test::tagged(), "tagged")}),
        "- Frames are cut by `tagged`, a codec of this protocol alone.\n");
    has(page(of, {.codec = {}, .answer_codec = frame::marked_crc()}), "From the server:\n");
}

BOOST_AUTO_TEST_CASE(a_frame_that_cannot_be_has_no_example) {
    BOOST_TEST(page(small(), format("fixed:5")).find("A whole frame:") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_parts_go_where_a_text_says) {
    const std::string made = page_around(
        "one\n<!-- hawser-describe: packets -->\ntwo\n<!-- hawser-describe: frames -->\nthree", small());
    BOOST_TEST(made.starts_with("one\n| command |"));
    has(made, "`\ntwo\n```text\n0               4\n");
    BOOST_TEST(made.ends_with("connection.\nthree\n"));
}

BOOST_AUTO_TEST_CASE(a_text_without_a_place_for_them_is_refused) {
    BOOST_CHECK_THROW(static_cast<void>(page_around("one\n", small())), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(page_around("<!-- hawser-describe: all -->\n", small())),
                      std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace

}   // namespace hawser::protocol
