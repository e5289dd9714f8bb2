// What a dissector says. That Wireshark understands it: test/e2e/dissector_test.py.
#include "support/descriptions.hpp"
#include "support/every_field.hpp"
#include "support/netstring.hpp"
#include "support/test_codecs.hpp"

#include <hawser/protocol/dissector.hpp>

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace hawser::protocol {

namespace {

void has(const std::string& text, std::string_view part) {
    BOOST_TEST(text.find(part) != std::string::npos, "no " << part << " in\n" << text.substr(0, 6000));
}
void lacks(const std::string& text, std::string_view part) {
    BOOST_TEST(text.find(part) == std::string::npos, part << " is there");
}

void refused(const packet::description& what, std::string_view why) {
    BOOST_CHECK_EXCEPTION(static_cast<void>(dissector(what)), std::invalid_argument,
                          [why](const auto& error) { return error.what() == why; });
}

wire_format format(std::string_view codec) { return {.codec = frame::any_codec::parse(codec)}; }

packet::description small() {
    return {.name = "small", .packets = {{.name = "one", .code = 1, .fields = {{.name = "number", .width = 2}}}}};
}

BOOST_AUTO_TEST_SUITE(dissector_test)

BOOST_AUTO_TEST_CASE(every_field_is_there_with_its_kind_width_and_order) {
    const std::string made = dissector(test::every_kind());
    has(made, R"({ name = "version", kind = "unsigned_integer", width = 2, order = "little" })");
    has(made, R"({ name = "moment", kind = "signed_integer", width = 8, order = "big" })");
    has(made, R"({ name = "ship", kind = "fixed_text", width = 8 })");
    has(made, R"({ name = "key", kind = "fixed_bytes", width = 16 })");
    has(made, R"({ name = "place", kind = "counted_text", width = 1 })");
    has(made, R"({ name = "blob", kind = "counted_bytes", width = 2, order = "big" })");
    has(made, R"({ name = "history", kind = "array", width = 1, element = {)");
    has(made, R"({ name = "north", kind = "signed_integer", width = 4, order = "big" })");
    has(made, R"({ name = "note", kind = "rest_text" })");
    has(made, R"(command = { offset = 2, width = 2, order = "little" })");
    has(made, R"({ code = "0102", name = "report", fields = {)");
}

BOOST_AUTO_TEST_CASE(every_type_of_field_says_how_it_lies) {
    const std::string made = dissector(packet::describe<test::every_field::protocol>());
    has(made, R"({ name = "station", kind = "unsigned_integer", width = 3, order = "big" })");
    has(made, R"({ name = "drift", kind = "signed_integer", width = 7, order = "little" })");
    has(made, R"({ name = "celsius", kind = "floating", width = 4, order = "big" })");
    has(made, R"({ name = "who", kind = "terminated_text", width = 10 })");
    has(made, R"({ name = "on", kind = "fixed_text", width = 4 })");
    has(made, R"({ name = "flags", kind = "flags", width = 1, masks = { )"
              R"({ name = "clean", mask = "0000000000000002", shift = 1, is_one_bit = true }, )");
    has(made, R"({ name = "properties", kind = "sized_array", width = 2, order = "big", element = {)");
    has(made, R"({ name = "more", kind = "rest_array", element = {)");
    has(made,
        R"({ name = "key", kind = "counted_bytes", width = 3, order = "little", signed = true, nullable = true })");
    has(made, R"({ name = "version", kind = "unsigned_integer", width = 2, order = "big", optional = true })");
    has(made, R"({ name = "count", kind = "unsigned_integer", width = 4, varint = true })");
    has(made, R"({ name = "delta", kind = "signed_integer", width = 8, varint = true })");
    has(made, R"({ name = "key", kind = "counted_bytes", width = 4, varint = true, signed = true, nullable = true })");
    has(made, R"({ name = "quality", mask = "0000000000000018", shift = 3, is_one_bit = false }, )");
    has(made, R"({ name = "will", kind = "counted_text", width = 2, order = "big", )"
              R"(conditions = { { field = "flags", mask = "0000000000000004" } } })");
}

BOOST_AUTO_TEST_CASE(values_that_a_double_cannot_hold_are_text) {
    const std::string made = dissector(test::every_kind());
    has(made, R"(values = { [-1] = "unknown", [0] = "metric", [1] = "imperial" })");
    has(made, R"(values = { [1] = "one", ["9223372036854775807"] = "most", ["18446744073709551615"] = "top" })");
}

BOOST_AUTO_TEST_CASE(no_text_leaves_its_quotes) {
    const std::string made = dissector(test::every_kind());
    has(made, R"lua("Weather \"station\"\010os.exit()")lua");
    has(made, R"("a hundredth | of a \"degree\"\\")");
    for (std::size_t at = made.find("os.exit"); at != std::string::npos; at = made.find("os.exit", at + 1))
        BOOST_TEST(made.substr(at - 4, 4) == "\\010");
}

BOOST_AUTO_TEST_CASE(only_the_codecs_that_are_used_are_there) {
    const std::string made = dissector(small(), {.codec = frame::varint_prefix({.max_frame = 99}),
                                                 .answer_codec = frame::marked_crc()});
    has(made, R"({ codec = "varint_prefix", bytes = 5, padded = false, offset = 0, whole = false, max = 99 })");
    has(made, R"(local outgoing = { codec = "marked_crc", max = 65543 })");
    has(made, "function cut.varint_prefix");
    has(made, "function cut.marked_crc");
    lacks(made, "function cut.length_field");
    lacks(made, "find_mark");
}

BOOST_AUTO_TEST_CASE(what_two_codecs_share_is_there_once) {
    const std::string made = dissector(small(), {.codec = frame::cobs(), .answer_codec = frame::slip()});
    has(made, "function cut.cobs");
    has(made, "function cut.slip");
    const std::string shared = "local function cut_between_ends";
    has(made, shared);
    BOOST_TEST(made.find(shared) == made.rfind(shared));
}

BOOST_AUTO_TEST_CASE(every_codec_tells_what_it_is) {
    has(dissector(small(), format("length-field:order=little,width=2,offset=1,adjust=3,strip=0,max=4096,over=discard")),
        R"({ codec = "length_field", order = "little", width = 2, offset = 1, adjust = 3, )"
        R"(strip = 0, over = "discard", max = 4096 })");
    has(dissector(small(), format("delimiter:0d0a|7c22,strip=no,max=80")),
        R"({ codec = "delimiter", marks = { "\013\010", "|\"" }, strip = false, max = 80 })");
    has(dissector(small(), format("fixed:16")), R"({ codec = "fixed_length", max = 16 })");
    has(dissector(small(), format("base64-lines:delimiter=00")),
        R"({ codec = "base64_lines", marks = { "\000" }, max = 1048576 })");
    has(dissector(small(), format("netstring:max=99")), R"({ codec = "netstring", max = 99 })");
    has(dissector(small(), format("http-chunk:max=99")), R"({ codec = "http_chunk", max = 99 })");
    has(dissector(small(), format("cobs:max=99")), R"({ codec = "cobs", max = 99 })");
    has(dissector(small(), format("slip:max=99")), R"({ codec = "slip", max = 99 })");
    has(dissector(small()), "local outgoing = incoming\n");
}

BOOST_AUTO_TEST_CASE(an_own_codec_brings_its_function_or_is_refused) {
    const std::string made = dissector(small(), {.codec = frame::any_codec::own(test::netstring(99), "netstring")});
    has(made, R"(local incoming = { codec = "own:netstring", max = 99 })");
    has(made, R"(cut["own:netstring"] = function(how, tvb, at))");
    has(made, "no netstring");
    lacks(made, "function cut.length_field");
    struct backwards : test::tagged {
        std::string_view lua() const { return "return need(nil)"; }
    };
    const frame::any_codec one = frame::any_codec::own(test::netstring()), other = frame::any_codec::own(backwards());
    BOOST_CHECK_THROW(dissector(small(), {.codec = one, .answer_codec = other}), std::invalid_argument);
    has(dissector(small(), {.codec = one, .answer_codec = frame::any_codec::own(test::netstring(99))}), "no netstring");
    const frame::any_codec silent = frame::any_codec::own(test::tagged(), "tagged");
    BOOST_CHECK_EXCEPTION(dissector(small(), {.codec = silent}), std::invalid_argument, [](const auto& error) {
        return std::string_view(error.what()) ==
               "the codec 'tagged' has no lua(), which says in a dissector how frames are cut";
    });
}

BOOST_AUTO_TEST_CASE(the_port_may_be_left_to_the_user) {
    has(dissector(small(), {}, 7070), R"(ports = "7070")");
    has(dissector(small(), {}, 0), R"(ports = "")");
}

BOOST_AUTO_TEST_CASE(what_takes_the_rest_and_is_not_the_last_is_refused) {
    using kind = packet::field_description::kind;
    packet::description what = small();
    auto& fields = what.packets[0].fields;
    fields.insert(fields.begin(), {.name = "text", .what = kind::rest_text, .width = 0});
    refused(what, "description: one.text: it takes all that is left, and number is behind it");
    fields = {{.name = "all", .what = kind::array, .element = {{.name = "note", .what = kind::rest, .width = 0}}}};
    refused(what, "description: one.all.note: it takes all that is left, and is part of an element, which has an end");
    fields = {{.name = "more", .what = kind::rest_array, .width = 0, .element = {{.name = ""}}}, {.name = "number"}};
    refused(what, "description: one.more: it takes all that is left, and number is behind it");
    fields = {{.name = "all", .what = kind::array, .element = {{.name = "", .is_optional = true}}}};
    refused(what, "description: one.all: a body does not end inside of an element, so all of it is there");
    fields = {{.name = "all", .what = kind::array, .is_nullable = true}};
    refused(what, "description: one.all: what may be null is text or bytes behind a signed length");
    fields = {{.name = "text", .what = kind::counted_text, .is_nullable = true}};
    refused(what, "description: one.text: what may be null is text or bytes behind a signed length");
    fields = {{.name = "text", .what = kind::terminated_text, .width = 0}};
    refused(what, "description: one.text: a text of no bytes has no NUL");
}

BOOST_AUTO_TEST_CASE(what_depends_on_no_bits_before_it_is_refused) {
    using kind = packet::field_description::kind;
    packet::description what = small();
    auto& fields = what.packets[0].fields;
    fields = {{.name = "flags", .what = kind::flags, .values = {{1, "one"}}},
              {.name = "word", .what = kind::counted_text, .conditions = {{"flags", 1}}}};
    BOOST_CHECK_NO_THROW(static_cast<void>(dissector(what)));
    fields[1].conditions[0].mask = 0x100;
    refused(what, "description: one.word: it depends on bits that flags does not have");
    fields[1].conditions[0] = {"word", 1};
    refused(what, "description: one.word: it depends on word, which is no number before it");
    fields[1].conditions[0] = {"flags", 1};
    fields[0] = {.name = "flags", .is_varint = true};
    refused(what, "description: one.word: it depends on flags, which is no number before it");
    fields[0] = {.name = "flags", .what = kind::flags, .is_varint = true};
    refused(what, "description: one.flags: only integers and lengths are varints");
    fields[0] = {.name = "flags", .what = kind::flags};
    fields[0].values = {{0x1ff, "many"}};
    refused(what, "description: one.flags: the mask of many has no bits, or others than its 1 bytes have");
}

BOOST_AUTO_TEST_CASE(a_description_that_makes_no_sense_is_refused) {
    packet::description what = small();
    what.packets[0].fields[0].width = 9;
    refused(what, "description: one.number: a number of 9 bytes; there are 1 to 8");
    what.packets[0].fields[0].width = 0;
    refused(what, "description: one.number: a number of 0 bytes; there are 1 to 8");
    what.packets[0].fields[0] = {.name = "number", .what = packet::field_description::kind::floating, .width = 2};
    refused(what, "description: one.number: a floating number of 2 bytes; there are 4 and 8");
    what = small();
    what.name.clear();
    BOOST_CHECK_THROW(static_cast<void>(dissector(what)), std::invalid_argument);
    what = small();
    what.packets[0].code = 256;
    BOOST_CHECK_THROW(static_cast<void>(dissector(what)), std::invalid_argument);
    what.command_width = 9;
    BOOST_CHECK_THROW(static_cast<void>(dissector(what)), std::invalid_argument);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace

}   // namespace hawser::protocol
