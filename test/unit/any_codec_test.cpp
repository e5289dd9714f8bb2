#include "support/codec_laws.hpp"
#include "support/netstring.hpp"
#include "support/print.hpp"

#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace hawser::frame {

namespace {

using namespace std::string_literals;

std::string refusal(std::string_view format) {
    try {
        static_cast<void>(any_codec::parse(format));
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return {};
}

std::string text_of(std::string_view format) { return any_codec::parse(format).text(); }

std::string encoded(std::string_view format, std::string_view body) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!any_codec::parse(format).encode(as_bytes(body), wire));
    return to_hex(wire.view(), '\0');
}

// Frames end with a semicolon, and are written backwards. It has one limit, and nothing that it may leave out.
struct delimiting {
    [[nodiscard]] decoded decode(const window& seen) const noexcept {
        const std::string_view text = as_text(seen.data.first(std::min(seen.data.size(), max_frame())));
        const std::size_t end = text.find(';');
        if (end != std::string_view::npos) return decoded::frame(seen.data.first(end), end + 1);
        if (text.size() == max_frame()) return decoded::failed(errc::too_long);
        return seen.at_end ? decoded::failed(errc::truncated) : decoded::need_more(text.size() + 1);
    }
    [[nodiscard]] error_code encode(bytes body, byte_buffer& out) const {
        if (body.size() >= max_frame() || as_text(body).find(';') != std::string_view::npos) return errc::too_long;
        for (std::size_t left = body.size(); left > 0; --left) out.append(body[left - 1]);
        out.append(std::byte{';'});
        return {};
    }
    [[nodiscard]] mutable_bytes unwrap(mutable_bytes body) const noexcept {
        std::ranges::reverse(body);
        return body;
    }
    [[nodiscard]] std::size_t max_frame() const noexcept { return 16; }
    bool operator==(const delimiting&) const = default;
};

// Without a way to compare two of it.
struct incomparable {
    [[nodiscard]] decoded decode(const window&) const noexcept { return decoded::failed(errc::corrupt); }
    [[nodiscard]] error_code encode(bytes, byte_buffer&) const { return errc::too_long; }
    [[nodiscard]] std::size_t max_frame() const noexcept { return 1; }
};
static_assert(codec<incomparable> && !ownable_codec<incomparable>);
static_assert(codec<marked_crc> && !ownable_codec<marked_crc>);   // it remembers
static_assert(ownable_codec<test::netstring> && ownable_codec<delimiting>);

}   // namespace

BOOST_AUTO_TEST_SUITE(formats)

BOOST_AUTO_TEST_CASE(every_format_keeps_the_laws_through_any_codec) {
    for (const char* format :
         {"prefix-body:width=1,max=20", "prefix-self:width=2,order=little,max=20,over=discard", "header-middle:max=30",
          "varint:max=20", "varint:offset=1,strip=0,max=20", "length-field:width=2,offset=1,strip=0,fill=yes,max=20",
          "length-field:width=4,strip=2,fill=yes,max=20", "lines:max=20", "delimiter:2d2d|0a,strip=no,max=20",
          "fixed:3", "base64-lines:max=20", "marked-crc:max=20", "netstring:max=20", "http-chunk:max=20", "cobs:max=20",
          "slip:max=20"})
        BOOST_TEST_CONTEXT(format)
    test::codec_laws(any_codec::parse(format), {"", "a", "abc", "YQ==", "\0\0\0\0\1\0\0"s, std::string(30, 'x')},
                     {"", "\1a\2bc\3", "YQ==\nYWI=\n!\n", "a--b\nc--", "3:abc,0:,05:hello,", "\0\2a\0\3a\0\1\1\0"s,
                      "\xc0.\xc0\xdb\xdc\xc0\xdb.\xc0", "\xff\xff\0\0\0\0\xff\xfe!\xff\xff\0\0\0\0\xff\xfe"s,
                      "\0\5abc\0\2\0\xff"s, std::string(30, '\0'), std::string(30, '\xff'), std::string(30, 'A')});
}

BOOST_AUTO_TEST_CASE(a_prefix_and_a_header_may_be_long_but_not_any_length) {
    const std::string longest = "length-field:offset=300,prefix=" + std::string(std::size_t{2} * 256, 'f');
    BOOST_TEST(refusal(longest).empty());
    BOOST_TEST(refusal(longest + "ff") == "length-field: prefix has 257 bytes, more than 256");
    // Not the usual 1 MiB.
    BOOST_TEST(text_of("length-field:adjust=2097152").find(",max=2097156,") != std::string::npos);
    BOOST_TEST(refusal("delimiter:0d 0a").find("is no delimiter in hex") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_text_says_every_key_and_means_the_same) {
    BOOST_TEST(text_of("length-field") ==
               "length-field:order=big,width=4,offset=0,adjust=0,strip=4,max=1048576,over=fail");
    BOOST_TEST(text_of("prefix-body:width=2") ==
               "length-field:order=big,width=2,offset=0,adjust=0,strip=2,max=65537,over=fail");
    BOOST_TEST(text_of("prefix-self") ==
               "length-field:order=big,width=4,offset=0,adjust=-4,strip=4,max=1048576,over=fail");
    BOOST_TEST(text_of("prefix-self:width=2,offset=3") ==
               "length-field:order=big,width=2,offset=3,adjust=-5,strip=5,max=65535,over=fail");
    BOOST_TEST(text_of("header-middle") ==
               "length-field:order=big,width=2,offset=1,adjust=1,strip=0,max=65539,over=fail");
    BOOST_TEST(
        text_of("length-field:order=little,width=3,offset=2,adjust=-1,strip=1,max=64KiB,over=discard,prefix=CA") ==
        text_of("length-field:prefix=ca,over=discard,max=65536,strip=1,adjust=-1,offset=2,width=3,order=little"));
    BOOST_TEST(text_of("varint") == "varint:bytes=5,padded=refuse,max=1048576");
    BOOST_TEST(text_of("varint:bytes=4,padded=accept,max=1KiB") == "varint:bytes=4,padded=accept,max=1024");
    BOOST_TEST(text_of("lines") == "delimiter:0a|0d0a,strip=yes,max=1048576");
    BOOST_TEST(text_of("delimiter:0D0A|0a,strip=no,max=4KiB") == "delimiter:0d0a|0a,strip=no,max=4096");
    BOOST_TEST(text_of("fixed:1KiB") == "fixed:1024");
    BOOST_TEST(text_of("base64-lines:delimiter=7c") == "base64-lines:delimiter=7c,max=1048576");
    BOOST_TEST(text_of("marked-crc") == "marked-crc:max=65543");
    BOOST_TEST(text_of("netstring:max=1KiB") == "netstring:max=1024");
    BOOST_TEST(text_of("http-chunk:max=1KiB") == "http-chunk:max=1024");
    BOOST_TEST(text_of("cobs") == "cobs:max=1048576");
    BOOST_TEST(text_of("slip:max=2") == "slip:max=2");
    for (const char* format :
         {"length-field:width=3,offset=2,adjust=1,strip=2,prefix=ca,over=discard,order=little", "varint:bytes=4",
          "varint:bytes=4,offset=3,strip=0", "varint:strip=0,padded=accept", "modbus", "mqtt", "lines",
          "delimiter:ff|00,strip=no", "fixed:7", "base64-lines:delimiter=00", "marked-crc:max=9", "netstring",
          "http-chunk", "cobs:max=9", "slip"})
        BOOST_TEST(text_of(text_of(format)) == text_of(format));
}

BOOST_AUTO_TEST_CASE(presets_take_the_same_keys) {
    BOOST_TEST(encoded("prefix-body", "abc") == "00000003616263");
    BOOST_TEST(encoded("prefix-body:order=little,width=2", "abc") == "0300616263");
    BOOST_TEST(encoded("prefix-self", "abc") == "00000007616263");
    BOOST_TEST(encoded("prefix-self:width=1,adjust=0", "abc") == "03616263");
    BOOST_TEST(encoded("header-middle:width=1", "\x7f\2\x01hi"s) == "7f02016869");
    BOOST_TEST(encoded("header-middle:width=1,strip=3,prefix=7f00ee", "hi") == "7f02ee6869");
    BOOST_TEST(encoded("length-field:offset=2,prefix=cafe,strip=6", "abc") == "cafe00000003616263");
    BOOST_TEST(any_codec().text() == text_of("prefix-self"));
}

BOOST_AUTO_TEST_CASE(a_length_that_is_not_stripped_may_be_filled_in) {
    const char* const modbus = "length-field:offset=4,width=2,strip=0,fill=yes";
    BOOST_TEST(encoded(modbus, "\0\1\0\0\xff\xff\1\3\0\0\0\1"s) == "0001000000060103"
                                                                   "00000001");
    BOOST_TEST(encoded("length-field:width=2,strip=1,fill=yes", "?abc") == "0003616263");   // a part of it
    BOOST_TEST(text_of(modbus) == text_of(text_of(modbus)));
    BOOST_TEST(text_of(modbus).ends_with(",fill=yes"));
    BOOST_TEST(refusal("length-field:fill=yes").find("strip < offset + width, for fill") != std::string::npos);
    byte_buffer wire;
    BOOST_TEST(any_codec::parse(modbus).encode(as_bytes("short"), wire) == errc::unencodable);
    BOOST_TEST(wire.empty());
}

// Real messages of each, which are cut from what follows, and made again.
BOOST_AUTO_TEST_CASE(protocols_that_many_speak_have_a_name) {
    struct message {
        const char* format;
        const char* wire;    // in hex, a whole one
        std::size_t strip;   // of it before what is delivered
    };
    for (const message& one : {
             message{"dns", "000c 1234 0100 0001 0000 0000 0000", 2},
             message{"kafka", "0000000a 0012 0003 00000001 ffff", 4},
             message{"modbus", "0001 0000 0006 01 03 0000 0001", 0},
             message{"mqtt", "10 0c 0004 4d515454 04 02 003c 0000", 0},
             message{"mqtt", "c0 00", 0},
             message{"smpp", "00000010 00000015 00000000 00000001", 4},
         })
        BOOST_TEST_CONTEXT(one.wire) {
            const std::vector<std::byte> wire = *from_hex(one.wire);
            const std::string text(as_text(wire));
            const any_codec codec = any_codec::parse(one.format);
            const auto all = test::cut_at_once(codec, text + text + text.substr(0, 1));
            BOOST_TEST_REQUIRE(all.size() == 3U);
            BOOST_TEST(all[1].body == text.substr(one.strip));
            BOOST_TEST(all[1].position == 2 * text.size());
            BOOST_TEST(all[2].error == errc::truncated);
            BOOST_TEST(encoded(one.format, all[0].body) == to_hex(wire, '\0'));
            BOOST_TEST(any_codec::parse(one.format + ":max=200"s).max_frame() == 200U);
        }
    BOOST_TEST(refusal("mqtt:strip=1") == "mqtt: unknown key 'strip'; it takes max");
    BOOST_TEST(any_codec::parse("modbus").max_frame() == 260U);
}

BOOST_AUTO_TEST_CASE(a_bad_format_is_one_line_that_says_what_is_wrong) {
    const std::vector<std::pair<const char*, const char*>> bad{
        {"", "unknown format ''; there are length-field, prefix-body"},
        {"Lines", "unknown format 'Lines'"},
        {"length_field", "unknown format"},
        {"length-field:width", "'width' is no KEY=VALUE"},
        {"length-field:=4", "is no KEY=VALUE"},
        {"length-field:width=4,width=4", "'width' is given twice"},
        {"length-field:wide=4",
         "unknown key 'wide'; it takes order, width, offset, adjust, strip, max, over, fill, prefix"},
        {"length-field:width=five", "width=five is not a number"},
        {"length-field:width=4x", "width=4x is not a number"},
        {"length-field:width=-1", "width=-1 is not a number"},
        {"length-field:width=4294967300", "width=4294967300 is not a number"},
        {"length-field:width=5", "width is 1, 2, 3, 4 or 8"},
        {"length-field:order=middle", "order=middle is not big or little"},
        {"length-field:over=ignore", "over=ignore is not fail or discard"},
        {"length-field:max=1MB", "max=1MB is not a size such as 4096, 64KiB or 1MiB"},
        {"length-field:max=0", "max=0"},
        {"length-field:adjust=-5", "adjust >= -(offset + width)"},
        {"length-field:strip=5", "strip <= offset + width + max(adjust, 0)"},
        {"length-field:width=1,max=257", "max <= offset + width + (256^width - 1) + adjust (256)"},
        {"length-field:prefix=0", "prefix=0 is not hex"},
        {"length-field:prefix=0102030405", "prefix is no longer than strip"},
        {"length-field:offset=18446744073709551615", "offset <= 65535"},
        {"prefix-self:offset=18446744073709551615", "offset <= 65535"},
        {"prefix-self:width=4294967295", "width is 1, 2, 3, 4 or 8"},
        {"length-field:", nullptr},
        {"length-field:width=4,", "ends in a comma"},
        {"length-field:,width=4", "'' is no KEY=VALUE"},
        {"varint:bytes=6", "at most 4 or 5 bytes, not 6"},
        {"varint:padded=yes", "padded=yes is not refuse or accept"},
        {"varint:max=0", "not 0"},
        {"varint:offset=1", "is delivered whole: strip=0"},
        {"varint:strip=1", "strip is 0, for frames that are delivered whole, or not given"},
        {"varint:offset=65536,strip=0", "offset is 65535 at most"},
        {"varint:width=4", "unknown key 'width'; it takes bytes, padded, max, offset, strip"},
        {"delimiter", "'' is no delimiter in hex; for example delimiter:0d0a|0a,max=4KiB"},
        {"delimiter:", "'' is no delimiter in hex"},
        {"delimiter:0d0a|", "'' is no delimiter in hex"},
        {"delimiter:|0a", "'' is no delimiter in hex"},
        {"delimiter:\\n", "'\\\\n' is no delimiter in hex"},
        {"delimiter:0d|0d0a", "0d is the beginning of 0d0a"},
        {"delimiter:0a,strip=maybe", "strip=maybe is not yes or no"},
        {"delimiter:0a,max=0", "max is 0"},
        {"lines:0a", "'0a' is no KEY=VALUE"},
        {"fixed", "'' is no size; for example fixed:16"},
        {"fixed:0", "1 to 1073741824 bytes, not 0"},
        {"fixed:2GiB", "not 2147483648"},
        {"fixed:-1", "'-1' is no size"},
        {"base64-lines:delimiter=41", "'A' is a character of base64"},
        {"base64-lines:delimiter=0d0a", "delimiter=0d0a is not one byte in hex"},
        {"marked-crc:max=7", "max is 7, but a frame takes 8 to 65543 bytes"},
        {"marked-crc:crc=32", "unknown key 'crc'; it takes max"},
        {"netstring:max=2", "max is 3 to 4294967295, not 2"},
        {"netstring:max=4GiB", "not 4294967296"},
        {"netstring:5", "'5' is no KEY=VALUE"},
        {"http-chunk:max=4", "max is 5 to 4294967295, not 4"},
        {"http-chunk:max=4GiB", "not 4294967296"},
        {"cobs:max=1", "max is 1, but a frame has 2 bytes at least"},
        {"slip:max=1", "max is 1, but a frame has 2 bytes at least"},
        {"slip:end=c0", "unknown key 'end'; it takes max"},
        {"li\nnes\x1b", "unknown format 'li\\x0anes\\x1b'"},
    };
    for (const auto& [format, told] : bad) {
        BOOST_TEST_CONTEXT(format) {
            const std::string why = refusal(format);
            if (told == nullptr) {
                BOOST_TEST(why.empty());
                continue;
            }
            BOOST_TEST(why.find(told) != std::string::npos, why);
            BOOST_TEST(why.find('\n') == std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(another_limit_is_taken_or_refused) {
    BOOST_TEST(any_codec::parse("lines:max=10").with_max_frame(99).text() == "delimiter:0a|0d0a,strip=yes,max=99");
    BOOST_TEST(any_codec().with_max_frame(99).max_frame() == 99U);
    BOOST_TEST(any_codec::parse("marked-crc").with_max_frame(99).text() == "marked-crc:max=99");
    BOOST_TEST(any_codec::parse("netstring").with_max_frame(99).text() == "netstring:max=99");
    BOOST_TEST(any_codec::parse("http-chunk").with_max_frame(99).text() == "http-chunk:max=99");
    BOOST_TEST(any_codec::parse("cobs").with_max_frame(99).text() == "cobs:max=99");
    BOOST_TEST(any_codec::parse("slip").with_max_frame(99).text() == "slip:max=99");
    BOOST_TEST(any_codec::parse("fixed:16").with_max_frame(99).text() == "fixed:16");
    BOOST_CHECK_THROW(static_cast<void>(any_codec::parse("fixed:16").with_max_frame(15)), std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(any_codec::parse("prefix-body:width=1").with_max_frame(257)),
                      std::invalid_argument);
    BOOST_CHECK_THROW(static_cast<void>(any_codec::parse("marked-crc").with_max_frame(65'544)), std::invalid_argument);
}

// A codec of a user's own.

const std::vector<std::string> netstring_bodies{"", "a", "abc", "12:", std::string(30, 'x')};
const std::vector<std::string> netstring_streams{
    "",   "5:hello,0:,", "3:abc;", "05:hello,",   "99999999999999999999:", "12:twelve bytes,1:",   "x",
    ":,", "1a:",         "7:",     "40:too long", "18:of just the lim,",   "19:one byte too long,"};

BOOST_AUTO_TEST_CASE(an_own_codec_keeps_the_laws_through_any_codec) {
    test::codec_laws(test::netstring(22), netstring_bodies, netstring_streams);
    test::codec_laws(any_codec::own(test::netstring(22), "netstring"), netstring_bodies, netstring_streams);
}

BOOST_AUTO_TEST_CASE(an_own_codec_is_kept_once_for_each_value) {
    const any_codec one = any_codec::own(test::netstring(100), "netstring");
    BOOST_TEST(&one.chosen() == &any_codec::own(test::netstring(100), "netstring").chosen());
    BOOST_TEST(&one.chosen() != &any_codec::own(test::netstring(101), "netstring").chosen());
    BOOST_TEST(&one.chosen() != &any_codec::own(test::netstring(100), "other").chosen());
    BOOST_TEST(&one.chosen() != &any_codec::own(delimiting(), "netstring").chosen());
    BOOST_TEST(one.max_frame() == 100U);
    BOOST_TEST(one.with_max_frame(200).max_frame() == 200U);
    BOOST_TEST(one.with_max_frame(200).text() == "own:netstring");
}

BOOST_AUTO_TEST_CASE(an_own_codec_is_nothing_that_a_text_can_say) {
    BOOST_TEST(any_codec::own(test::netstring(), "netstring").text() == "own:netstring");
    BOOST_TEST(refusal("own:netstring") ==
               "'own:netstring' is a codec of a program's own, which only that program knows");
    const any_codec fixed = any_codec::own(delimiting(), "semicolons");
    BOOST_CHECK_EXCEPTION(static_cast<void>(fixed.with_max_frame(8)), std::invalid_argument, [](const auto& error) {
        return error.what() == "own:semicolons: its limit is 16 and no other: it has no with_max_frame(size)"s;
    });
}

BOOST_AUTO_TEST_CASE(what_a_format_wraps_is_unwrapped_and_all_else_is_the_body_itself) {
    const auto inside = [](const char* format, std::string_view body) {
        std::string text(body);
        return std::string(as_text(any_codec::parse(format).unwrap(std::as_writable_bytes(std::span(text)))));
    };
    BOOST_TEST(inside("base64-lines", "YQ==") == "a");
    BOOST_TEST(inside("cobs", "\1\2a") == "\0a"s);
    BOOST_TEST(inside("slip", "\xdb\xdc") == "\xc0");
    for (const char* format : {"prefix-self", "varint", "lines", "fixed:4", "marked-crc", "netstring", "http-chunk"})
        BOOST_TEST(inside(format, "YQ==") == "YQ==");
}

BOOST_AUTO_TEST_CASE(what_an_own_codec_wraps_is_unwrapped) {
    const any_codec codec = any_codec::own(delimiting(), "semicolons");
    test::codec_laws(codec, {"", "abc", "seven"}, {"", "a;b;;", "no end of it at all", "a;b"});
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!codec.encode(as_bytes("abc"), wire));
    BOOST_TEST(as_text(wire.view()) == "cba;");
    reader<any_codec> frames(codec);
    std::ranges::copy(wire.view(), frames.space(fill::greedy).begin());
    frames.commit(wire.size());
    const decoded answer = frames.next();
    BOOST_TEST_REQUIRE(answer.is_frame());
    BOOST_TEST(as_text(answer.body()) == "abc");
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
