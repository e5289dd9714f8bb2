// Text that ends with a NUL, and layouts of a user's own that lie like a field that there is.
#include "support/bodies.hpp"

#include <hawser/protocol/page.hpp>

#include <memory>

using namespace hawser;
using namespace std::string_literals;

namespace c_texts {

// Of SMPP 3.4, 4.1.1, the body.
struct bind_transmitter {
    static constexpr packet::command<std::uint8_t> code{0x02};
    packet::c_text<16> system_id;
    packet::c_text<9> password;
    packet::c_text<13> system_type;
    std::uint8_t interface_version, addr_ton, addr_npi;
    packet::c_text<41> address_range;
};
BOOST_DESCRIBE_STRUCT(bind_transmitter, (),
                      (system_id, password, system_type, interface_version, addr_ton, addr_npi, address_range))

struct owned {
    static constexpr packet::command<std::uint8_t> code{0x03};
    packet::c_text<4, std::string> word;
    packet::array<packet::c_text<3>, std::uint8_t> more;
};
BOOST_DESCRIBE_STRUCT(owned, (), (word, more))

// Types of a user's own: four letters, and a text of 10 bytes at most that owns nothing and is no c_text.
struct plate {
    std::array<char, 4> letters{};
};
struct tag {
    std::string_view text;
};
struct silent {
    std::uint8_t value;
};

}   // namespace c_texts

template <>
struct hawser::packet::layout<c_texts::plate> : packet::raw_layout<c_texts::plate> {
    using like = packet::fixed_text<4>;
};
template <>
struct hawser::packet::layout<c_texts::silent> : packet::raw_layout<c_texts::silent> {};
template <>
struct hawser::packet::layout<c_texts::tag> {
    using like = packet::c_text<10>;
    static constexpr std::size_t smallest = 1;
    static constexpr bool is_fixed = false, is_raw = false, takes_rest = false, always_fits = false, is_view = true;

    static bool read(packet::cursor& from, c_texts::tag& into) noexcept {
        like found;
        if (!layout<like>::read(from, found)) return false;
        into.text = found;
        return true;
    }
    static bool fits(const c_texts::tag& from) noexcept { return layout<like>::fits(from.text); }
    static std::size_t size(const c_texts::tag& from) noexcept { return from.text.size() + 1; }
    static std::byte* write(std::byte* to, const c_texts::tag& from) noexcept {
        return layout<like>::write(to, from.text);
    }
};

namespace c_texts {

struct parked {
    static constexpr packet::command<std::uint8_t> code{0x04};
    plate what;
    tag where;
    packet::array<plate, std::uint8_t> others;
};
BOOST_DESCRIBE_STRUCT(parked, (), (what, where, others))
struct inside {
    silent one;
};
BOOST_DESCRIBE_STRUCT(inside, (), (one))
struct unsaid {
    static constexpr packet::command<std::uint8_t> code{0x05};
    packet::array<inside, std::uint8_t> all;
};
BOOST_DESCRIBE_STRUCT(unsaid, (), (all))
struct garage : packet::protocol<parked, owned> {};
struct quiet : packet::protocol<parked, unsaid> {};

}   // namespace c_texts

using namespace c_texts;

static_assert(!packet::always_encodable<owned>);
static_assert(packet::all_are_described<garage>() && !packet::all_are_described<quiet>());

BOOST_AUTO_TEST_SUITE(c_text)

BOOST_AUTO_TEST_CASE(a_bind_of_smpp_comes_back_as_views) {
    // The sample of SMPP 3.4.
    const std::string body = test::from_hex("02 53 4d 50 50 33 54 45 53 54 00 73 65 63 72 65 74 30 38 00 "
                                            "53 55 42 4d 49 54 31 00 00 01 01 00");
    const auto back = test::decoded<bind_transmitter>(body);
    BOOST_TEST(back.system_id == "SMPP3TEST");
    BOOST_TEST(back.password == "secret08");
    BOOST_TEST(back.system_type == "SUBMIT1");
    BOOST_TEST(back.address_range.empty());
    BOOST_TEST((back.system_id.data() == body.data() + 1));
    const bind_transmitter made{.system_id = "SMPP3TEST",
                                .password = "secret08",
                                .system_type = "SUBMIT1",
                                .interface_version = 0,
                                .addr_ton = 1,
                                .addr_npi = 1,
                                .address_range = {}};
    BOOST_TEST(test::hex_of(made) == to_hex(as_bytes(body)));
}

BOOST_AUTO_TEST_CASE(a_text_has_its_nul_within_its_bytes_or_is_no_value) {
    test::not_decoded<owned>("03 61 62 63 64 00", packet::errc::bad_field, "word");
    test::not_decoded<owned>("03 61 62 63 64", packet::errc::bad_field, "word");
    test::not_decoded<owned>("03 61 62 63", packet::errc::short_body, "word");
    test::not_decoded<owned>("03 61 62 63 00 01 61 61 61", packet::errc::bad_field, "more");
    const std::string body = test::from_hex("03 61 62 63 00 02 00 61 62 00");
    const auto back = test::decoded<owned>(body);
    BOOST_TEST(back.word == "abc");
    BOOST_TEST_REQUIRE(back.more.size() == 2U);
    BOOST_TEST((back.more[0].empty() && back.more[1] == "ab"));
    const auto wrong = packet::decode_as<owned>(as_bytes("\3abcd"));
    BOOST_TEST(wrong.error().message() == "bytes that a field of a packet cannot have: owned.word at offset 1");
    BOOST_TEST((wrong.error() == condition::invalid));
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_long_or_has_a_nul_inside_is_not_encoded) {
    owned made{};
    made.word = "abc";
    BOOST_TEST(test::hex_of(made) == "03 61 62 63 00 00");
    made.word = "abcd";
    test::not_encoded(made, packet::errc::value_too_long);
    made.word = "a\0b"s;
    test::not_encoded(made, packet::errc::unencodable);
    made.word = "a";
    made.more.emplace_back(std::string_view("a\0", 2));
    test::not_encoded(made, packet::errc::unencodable);
    made.more.back() = "abc";
    test::not_encoded(made, packet::errc::value_too_long);
}

BOOST_AUTO_TEST_CASE(a_layout_of_ones_own_says_its_kind_in_one_line) {
    using kind = packet::field_description::kind;
    const std::string body = test::from_hex("04 48 48 2d 31 70 69 65 72 00 01 48 48 2d 32");
    const auto back = test::decoded<parked>(body, {});
    BOOST_TEST((back.where.text == "pier" && back.others.size() == 1));
    const auto fields = packet::describe<garage>().packets[0].fields;
    BOOST_TEST((fields[0].what == kind::fixed_text && fields[0].width == 4 && fields[0].name == "what"));
    BOOST_TEST((fields[1].what == kind::terminated_text && fields[1].width == 10));
    BOOST_TEST((fields[2].what == kind::array && fields[2].element.at(0).what == kind::fixed_text));
    BOOST_TEST((protocol::page(packet::describe<garage>()).find("| 5 | 1 to 10 | where | text | ends with a NUL |") !=
                std::string::npos));
}

BOOST_AUTO_TEST_CASE(a_layout_that_says_nothing_of_itself_is_encoded_and_decoded_as_well) {
    const std::string body = test::from_hex("05 02 07 08");
    BOOST_TEST(int{test::decoded<unsaid>(body).all[1].one.value} == 8);
}

BOOST_AUTO_TEST_SUITE_END()
