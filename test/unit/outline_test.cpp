// What code that is no template sees of a protocol, how ids are counted, and that the paths of
// every packet allocate nothing.
#include <hawser/packet/counted_id.hpp>
#include <hawser/packet/outline.hpp>
#include <hawser/packet/packets.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

using namespace hawser;
using packet::identity;

namespace {

std::atomic<std::size_t> allocations{0};

}   // namespace

// Counted for the whole program; looked at where it matters.
void* operator new(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* made = std::malloc(size == 0 ? 1 : size)) return made;
    throw std::bad_alloc();
}
void operator delete(void* what) noexcept { std::free(what); }
void operator delete(void* what, std::size_t) noexcept { std::free(what); }

namespace outlines {

struct done {
    static constexpr packet::command<boost::endian::big_uint16_t, 1> code{0x0202};
    std::uint8_t version;
    packet::fixed_text<3> id;
    std::uint8_t result;
};
BOOST_DESCRIBE_STRUCT(done, (), (version, id, result))
struct ask {
    static constexpr packet::command<boost::endian::big_uint16_t, 1> code{0x0201};
    using reply = done;
    std::uint8_t version;
    packet::fixed_text<3> id;
    packet::rest what;
};
BOOST_DESCRIBE_STRUCT(ask, (), (version, id, what))
struct note {
    static constexpr packet::command<boost::endian::big_uint16_t, 1> code{0x0203};
    std::uint8_t version;
    packet::text<std::uint8_t> text;
    std::uint8_t id;   // behind a text: nothing is matched by it
};
BOOST_DESCRIBE_STRUCT(note, (), (version, text, id))
struct chat : packet::protocol<ask, done, note> {};

}   // namespace outlines

using namespace outlines;

static_assert(packet::identified<ask> && packet::identified<done> && !packet::identified<note>);

BOOST_AUTO_TEST_SUITE(outline)

BOOST_AUTO_TEST_CASE(an_outline_knows_where_commands_and_ids_are) {
    constexpr packet::outline speaks = chat{};
    static_assert(speaks.name() == "chat" && speaks.control() == nullptr);
    BOOST_TEST((speaks.place() == packet::command_place::of(ask::code)));
    BOOST_TEST_REQUIRE(speaks.forms().size() == 3U);
    const packet::form& first = speaks.forms()[0];
    BOOST_TEST((first.name == "ask" && first.command == 0x0201 && first.id_offset == 3 && first.id_size == 3 &&
                !first.is_reply));
    BOOST_TEST((speaks.forms()[1].is_reply && speaks.forms()[2].id_size == 0));
    BOOST_TEST(speaks.find(0x0203)->name == "note");
    BOOST_TEST(speaks.find(0x0204) == nullptr);
    constexpr packet::outline standard = packet::default_protocol{};
    static_assert(standard.control() == &packet::default_protocol::control);
    BOOST_TEST(standard.find(packet::submit_ack::code.value)->is_reply);
}

BOOST_AUTO_TEST_CASE(the_identity_of_a_body_is_its_command_and_its_id) {
    const packet::outline speaks = chat{};
    byte_buffer body;
    BOOST_TEST(!packet::encode(done{1, "abc", 0}, body));
    const auto who = packet::identify(speaks.forms(), speaks.place(), body.view());
    BOOST_TEST_REQUIRE(who.has_value());
    BOOST_TEST((*who == identity::of<done>("abc")));
    BOOST_TEST((*who != identity::of<done>("abd")));
    BOOST_TEST(as_text(who->id_view()) == "abc");
    for (std::size_t size = 0; size < 6; ++size) {
        const auto cut = packet::identify(speaks.forms(), speaks.place(), body.view().first(size));
        BOOST_TEST((cut.error() == packet::errc::short_body));
    }
    const auto unknown = packet::identify(speaks.forms(), speaks.place(), as_bytes("\1\2\4"));
    BOOST_TEST((unknown.error() == packet::errc::unknown_command));
}

BOOST_AUTO_TEST_CASE(an_outline_checks_as_decode_does) {
    const packet::outline speaks = chat{};
    byte_buffer body;
    BOOST_TEST(!packet::encode(note{1, "hi", 7}, body));
    BOOST_TEST(speaks.check(body.view()).has_value());
    BOOST_TEST(speaks.check(body.view().first(5)).error().place() == "note.text");
    BOOST_TEST((speaks.check({}).error() == packet::errc::short_body));
}

template <class Id>
void counts(std::uint32_t last) {
    using count = packet::counted_id<Id>;
    BOOST_TEST(count::last == last);
    for (const std::uint32_t number : {1U, 2U, last / 2, last - 1, last}) {
        BOOST_TEST(count::number(count::of(number)) == number);
        BOOST_TEST((!(count::of(number) == Id{})));   // the default is nobody's
    }
    BOOST_TEST(count::number(Id{}) == 0U);
}

BOOST_AUTO_TEST_CASE(ids_of_every_type_are_counted_and_told_back) {
    counts<packet::id>(99'999'999);
    counts<std::uint8_t>(255);
    counts<std::int8_t>(127);
    counts<boost::endian::big_uint16_t>(65'535);
    counts<boost::endian::little_int32_t>(99'999'999);
    counts<boost::endian::big_uint64_t>(99'999'999);
    counts<std::array<std::byte, 1>>(255);
    counts<std::array<std::byte, 3>>(0xffffff);
    counts<std::array<std::byte, 16>>(99'999'999);
    counts<packet::fixed_text<3>>(999);
    counts<packet::fixed_text<12>>(99'999'999);
    BOOST_TEST(packet::counted_id<boost::endian::big_uint64_t>::number(1ULL << 40) == 0U);
    BOOST_TEST(packet::counted_id<boost::endian::little_int32_t>::number(-1) == 0U);
    BOOST_TEST(packet::counted_id<packet::fixed_text<3>>::number("a12") == 0U);
}

BOOST_AUTO_TEST_CASE(decoding_a_submit_and_encoding_its_ack_allocate_nothing) {
    byte_buffer body;
    packet::encode(packet::submit{packet::serial::from_number(1), as_bytes("payload")}, body);
    byte_buffer out(64);
    const std::size_t before = allocations;
    const auto asked = packet::decode_as<packet::submit>(body.view());
    const auto any = packet::decode(body.view());
    packet::encode(packet::submit_ack{asked->id, packet::outcome::ok}, out);
    const auto cut = packet::decode(body.view().first(5));
    const std::size_t after = allocations;
    BOOST_TEST(after == before);
    BOOST_TEST((asked.has_value() && any.has_value() && cut.has_error()));
    BOOST_TEST(out.size() == 10U);
}

BOOST_AUTO_TEST_SUITE_END()
