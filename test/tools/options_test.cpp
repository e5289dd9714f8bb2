// Options mean the same whatever locale the program has.
#include <support/foreign_locale.hpp>

#include <tools/command_line.hpp>

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>

using namespace hawser;
using namespace std::chrono_literals;

BOOST_FIXTURE_TEST_SUITE(options_in_a_foreign_locale, test::foreign_locale)

BOOST_AUTO_TEST_CASE(numbers_have_a_point_and_no_groups) {
    std::uint32_t count = 0;
    std::optional<std::size_t> size;
    io::duration time{};
    frame::any_codec codec;
    tools::command_line line("a-program", "[options]", "Takes options.");
    line.add("count", "N", "a count", tools::into_count(count, 1, 1'000'000));
    line.add("size", "SIZE", "a size", tools::into_size(size));
    line.add("time", "TIME", "a time", tools::into_duration(time));
    line.add("format", "SPEC", "a format", tools::into_format(codec));
    const char* const given[] = {"a-program", "--count",  "123456",
                                 "--size",    "12345KiB", "--time",
                                 "1.5s",      "--format", "prefix-body:max=1234567"};
    BOOST_TEST(!line.parse(std::size(given), given).has_value());
    BOOST_TEST(count == 123456U);
    BOOST_TEST(size.value_or(0) == 12345U * 1024);
    BOOST_TEST((time == 1500ms));
    BOOST_TEST(codec.max_frame() == 1234567U);
    BOOST_TEST(tools::parse_rate("1234.5").value_or(0) == 1234.5);
    BOOST_TEST(!tools::parse_rate("1.234,5").has_value());
    BOOST_TEST(!tools::parse_count("1.234").has_value());
}

BOOST_AUTO_TEST_CASE(addresses_have_their_ports) {
    const auto where = io::address::parse("127.0.0.1:65535");
    BOOST_TEST_REQUIRE(where.has_value());
    BOOST_TEST(where->port == 65535U);
    BOOST_TEST(where->text() == "127.0.0.1:65535");
}

BOOST_AUTO_TEST_SUITE_END()
