#include "support/codec_laws.hpp"
#include "support/print.hpp"

#include <hawser/frame/base64.hpp>
#include <hawser/frame/base64_lines.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <random>
#include <stdexcept>

namespace hawser::frame {

namespace {

using namespace std::string_literals;
using kind = decoded::kind;

std::string written(const base64_lines& codec, std::string_view body) {
    byte_buffer wire;
    BOOST_TEST_REQUIRE(!codec.encode(as_bytes(body), wire));
    return std::string(as_text(wire.view()));
}

test::answer first(const base64_lines& codec, std::string_view stream) {
    return test::cut_at_once(codec, stream).front();
}

bool is_refused(base64_layout of) {
    try {
        static_cast<void>(base64_lines(of));
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(lines_of_base64)

BOOST_AUTO_TEST_CASE(lines_of_base64_keep_the_laws) {
    const std::vector<std::string> bodies{"", "a", "ab", "abc", "abcd", "\0\xff\n="s, std::string(60, '\xff')};
    const std::vector<std::string> streams{"",         "\n",         "\n\nYQ==\n\nYWI=\nYWJj\n",
                                           "YQ==",     "YQ=",        "Y",
                                           "YQ=\n",    "YQ\n",       "YR==\n",
                                           "YQ==\r\n", "Y!==\n",     "=\n",
                                           "====\n",   "YQ==YQ==\n", std::string(20, 'A'),
                                           "a\0\n"s};
    for (const std::size_t limit : {1U, 5U, 9U, 1000U}) {
        test::codec_laws(base64_lines({.max_frame = limit}), bodies, streams);
        test::codec_laws(base64_lines({.delimiter = '|', .max_frame = limit}), bodies, {"YQ==|YWI=|", "|", "YQ==\n|"});
    }
}

// RFC 4648, section 10.
BOOST_AUTO_TEST_CASE(the_vectors_of_the_rfc) {
    const std::array<std::pair<const char*, const char*>, 7> vectors{{{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}}};
    for (const auto& [plain, text] : vectors) {
        BOOST_TEST(written(base64_lines(), plain) == text + "\n"s);
        BOOST_TEST(first(base64_lines(), text + "\n"s).body == plain);
    }
}

BOOST_AUTO_TEST_CASE(any_bytes_come_back_and_every_other_text_is_corrupt) {
    std::mt19937 random(4);
    for (int round = 0; round < 300; ++round) {
        std::string body(random() % 40, '\0');
        for (char& letter : body) letter = static_cast<char>(random());
        const std::string line = written(base64_lines(), body);
        BOOST_TEST(line.size() == base64_size(body.size()) + 1);
        BOOST_TEST(line.find_first_not_of(std::string(base64_letters) + "=\n") == std::string::npos);
        BOOST_TEST(first(base64_lines(), line).body == body);
        if (line.size() < 2) continue;
        std::string spoilt = line;
        spoilt[random() % (line.size() - 1)] = "!= -_\t\0\x80"[random() % 8];
        if (spoilt != line) BOOST_TEST(first(base64_lines(), spoilt).error == errc::corrupt);
    }
}

BOOST_AUTO_TEST_CASE(each_body_has_one_text) {
    std::size_t good = 0;
    const std::string letters = std::string(base64_letters) + "=";
    for (const char third : letters)
        for (const char fourth : letters) {
            const std::string line{'a', 'b', third, fourth, '\n'};
            const test::answer told = first(base64_lines(), line);
            if (told.what != kind::frame) continue;
            BOOST_TEST(written(base64_lines(), told.body) == line);
            ++good;
        }
    // Three bytes that begin with "i" and the upper bits of 'b', two of them, and one: "ab==" has bits left over.
    BOOST_TEST(good == 64U * 64 + 16);
    BOOST_TEST(first(base64_lines(), "ag==\n").body == "j");
}

BOOST_AUTO_TEST_CASE(the_limit_is_of_the_line_as_it_is_written) {
    const base64_lines codec({.max_frame = 9});
    BOOST_TEST(first(codec, "YWJjZGVm\n").body == "abcdef");
    BOOST_TEST(first(codec, "YWJjZGVmZw==\n").error == errc::too_long);
    byte_buffer wire;
    BOOST_TEST(codec.encode(as_bytes("abcdefg"), wire) == errc::too_long);
    BOOST_TEST(wire.empty());
}

BOOST_AUTO_TEST_CASE(delimiters_that_base64_uses_are_refused) {
    for (const char letter : std::string(base64_letters) + "=") BOOST_TEST(is_refused({.delimiter = letter}));
    BOOST_TEST(is_refused({.max_frame = 0}));
    for (const char letter : "\n\r|;\0\xff -_"s) BOOST_TEST(!is_refused({.delimiter = letter}));
}

BOOST_AUTO_TEST_CASE(a_reader_gives_the_bytes_and_where_the_line_was) {
    reader lines{base64_lines()};
    const std::string stream = "aGVsbG8=\nd29ybGQ=\n";
    const mutable_bytes room = lines.space(fill::greedy);
    std::ranges::copy(as_bytes(stream), room.begin());
    lines.commit(stream.size());
    decoded next = lines.next();
    BOOST_TEST_REQUIRE(next.is_frame());
    BOOST_TEST(as_text(next.body()) == "hello");
    BOOST_TEST(next.used() == 9U);
    next = lines.next();
    BOOST_TEST_REQUIRE(next.is_frame());
    BOOST_TEST(as_text(next.body()) == "world");
    BOOST_TEST(lines.position() == 18U);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser::frame
