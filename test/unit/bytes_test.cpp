#include <hawser/bytes.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

namespace hawser {

namespace {

byte_buffer holding(std::string_view text) {
    byte_buffer buffer;
    buffer.append(as_bytes(text));
    return buffer;
}

}   // namespace

BOOST_AUTO_TEST_SUITE(bytes_and_buffers)

BOOST_AUTO_TEST_CASE(bytes_of_a_text_are_the_text) {
    BOOST_TEST(as_text(as_bytes("abc")) == "abc");
    BOOST_TEST(as_bytes("").empty());
    BOOST_TEST(as_text(bytes()).empty());
}

BOOST_AUTO_TEST_CASE(hex_has_two_digits_a_byte_and_separators_only_between) {
    BOOST_TEST(to_hex(as_bytes(std::string_view("\x00\x0f\xff\x9a", 4))) == "00 0f ff 9a");
    BOOST_TEST(to_hex(as_bytes("az"), '\0') == "617a");
    BOOST_TEST(to_hex(as_bytes("az"), ':') == "61:7a");
    BOOST_TEST(to_hex({}) == "");
}

BOOST_AUTO_TEST_CASE(hex_is_read_in_either_case_with_white_space_between_bytes_and_nothing_else) {
    const auto read = [](std::string_view text) {
        const auto made = from_hex(text);
        return made ? "ok " + to_hex(*made, '\0') : std::string("none");
    };
    BOOST_TEST(read("") == "ok ");
    BOOST_TEST(read("00ff9A") == "ok 00ff9a");
    BOOST_TEST(read(" 0a\t0B\r\n0c ") == "ok 0a0b0c");
    for (const std::string_view wrong : {"0", "0a0", "0 a", "0x0a", "g0", "0g", "0a,0b", "-1"})
        BOOST_TEST(read(wrong) == "none", wrong);
}

BOOST_AUTO_TEST_CASE(sizes_are_bytes_or_binary_multiples) {
    BOOST_TEST(parse_size("0").value() == 0U);
    BOOST_TEST(parse_size("4096").value() == 4096U);
    BOOST_TEST(parse_size("64KiB").value() == 65'536U);
    BOOST_TEST(parse_size("1MiB").value() == 1'048'576U);
    BOOST_TEST(parse_size("2GiB").value() == 2'147'483'648U);
    BOOST_TEST(parse_size("17179869183GiB").value() == 17'179'869'183U << 30);
    for (const std::string_view wrong :
         {"", "KiB", "1.5KiB", "-1", "+1", "1 KiB", "1kib", "1K", "0x10", "17179869184GiB", "18446744073709551616"})
        BOOST_TEST(!parse_size(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(escaped_bytes_cannot_harm_a_terminal) {
    BOOST_TEST(escaped(as_bytes("plain text ~!")) == "plain text ~!");
    BOOST_TEST(escaped(as_bytes("a\\b")) == "a\\\\b");
    BOOST_TEST(escaped(as_bytes("\x1b[31m\r\n\x7f")) == "\\x1b[31m\\x0d\\x0a\\x7f");
    BOOST_TEST(escaped(as_bytes(std::string_view("\x00\x80\xff", 3))) == "\\x00\\x80\\xff");
    for (int value = 0; value < 256; ++value) {
        const auto byte = static_cast<std::byte>(value);
        const std::string shown = escaped(bytes(&byte, 1));
        BOOST_TEST(std::ranges::all_of(shown, [](char letter) { return letter >= ' ' && letter <= '~'; }));
    }
}

BOOST_AUTO_TEST_CASE(escaped_shows_at_most_its_limit_and_says_how_long_the_rest_is) {
    BOOST_TEST(escaped(as_bytes("abcdef"), 6) == "abcdef");
    BOOST_TEST(escaped(as_bytes("abcdef"), 5) == "abcde... (6 bytes)");
    BOOST_TEST(escaped(as_bytes("abcdef"), 0) == "... (6 bytes)");
    BOOST_TEST(escaped(as_bytes(std::string(64, 'x'))) == std::string(64, 'x'));
    BOOST_TEST(escaped(as_bytes(std::string(65, 'x'))) == std::string(64, 'x') + "... (65 bytes)");
}

BOOST_AUTO_TEST_CASE(an_empty_buffer_holds_no_memory) {
    const byte_buffer none;
    BOOST_TEST(none.empty());
    BOOST_TEST(none.size() == 0U);
    BOOST_TEST(none.capacity() == 0U);
    BOOST_TEST(none.view().empty());
}

BOOST_AUTO_TEST_CASE(prepared_room_becomes_content_when_committed) {
    byte_buffer buffer;
    const mutable_bytes room = buffer.prepare(3);
    BOOST_TEST(room.size() >= 3U);
    std::memcpy(room.data(), "abc", 3);
    BOOST_TEST(buffer.empty());
    buffer.commit(2);
    BOOST_TEST(as_text(buffer.view()) == "ab");
}

BOOST_AUTO_TEST_CASE(consuming_takes_from_the_front) {
    byte_buffer buffer = holding("abcdef");
    buffer.consume(2);
    BOOST_TEST(as_text(buffer.view()) == "cdef");
    buffer.consume(4);
    BOOST_TEST(buffer.empty());
    buffer.append(as_bytes("gh"));
    BOOST_TEST(as_text(buffer.view()) == "gh");
}

BOOST_AUTO_TEST_CASE(consumed_bytes_can_be_read_until_the_next_prepare) {
    byte_buffer buffer = holding("abcdef");
    const std::string_view front = as_text(buffer.view().first(3));
    buffer.consume(3);
    BOOST_TEST(front == "abc");
}

BOOST_AUTO_TEST_CASE(preparing_moves_bytes_to_the_front_before_it_grows) {
    byte_buffer buffer(8);
    buffer.append(as_bytes("abcdefgh"));
    buffer.consume(5);
    BOOST_TEST(buffer.prepare(5).size() == 5U);
    BOOST_TEST(buffer.capacity() == 8U);
    BOOST_TEST(as_text(buffer.view()) == "fgh");
}

BOOST_AUTO_TEST_CASE(growing_keeps_the_content_and_at_least_doubles) {
    byte_buffer buffer = holding("abcd");
    BOOST_TEST(buffer.capacity() == 4U);
    buffer.consume(1);
    BOOST_TEST(buffer.prepare(2).size() == 5U);
    BOOST_TEST(buffer.capacity() == 8U);
    BOOST_TEST(as_text(buffer.view()) == "bcd");
    BOOST_TEST(buffer.prepare(1000).size() == 1000U);
    BOOST_TEST(buffer.capacity() == 1003U);
    BOOST_TEST(as_text(buffer.view()) == "bcd");
}

BOOST_AUTO_TEST_CASE(truncating_forgets_the_back_and_editing_changes_in_place) {
    byte_buffer buffer = holding("abcdef");
    buffer.consume(1);
    buffer.truncate(3);
    BOOST_TEST(as_text(buffer.view()) == "bcd");
    buffer.edit().front() = std::byte{'B'};
    buffer.append(std::byte{'!'});
    BOOST_TEST(as_text(buffer.view()) == "Bcd!");
    buffer.clear();
    BOOST_TEST(buffer.empty());
    BOOST_TEST(buffer.capacity() > 0U);
}

BOOST_AUTO_TEST_CASE(a_moved_buffer_leaves_an_empty_one) {
    byte_buffer from = holding("abc");
    from.consume(1);
    byte_buffer to = std::move(from);
    BOOST_TEST(as_text(to.view()) == "bc");
    BOOST_TEST(from.empty());   // NOLINT: what a moved-from buffer is, is part of its promise
    BOOST_TEST(from.capacity() == 0U);
    from.append(as_bytes("new"));
    to = std::move(from);
    BOOST_TEST(as_text(to.view()) == "new");
    BOOST_TEST(from.empty());
}

BOOST_AUTO_TEST_CASE(four_gibibytes_are_too_many_and_nothing_changes) {
    constexpr std::size_t too_many = std::size_t{1} << 32;
    BOOST_CHECK_THROW(static_cast<void>(byte_buffer(too_many)), std::bad_alloc);
    byte_buffer buffer = holding("kept");
    BOOST_CHECK_THROW(static_cast<void>(buffer.prepare(too_many)), std::bad_alloc);
    BOOST_CHECK_THROW(static_cast<void>(buffer.prepare(too_many - 4)), std::bad_alloc);
    BOOST_TEST(as_text(buffer.view()) == "kept");
}

BOOST_AUTO_TEST_CASE(appending_nothing_allocates_nothing) {
    byte_buffer buffer;
    buffer.append(bytes());
    BOOST_TEST(buffer.capacity() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}   // namespace hawser
