// packet::decode(): a body is a packet, which encodes to the same bytes again, or malformed, at a place inside of it.
// The first byte picks the protocol: the default one, or one with every kind of field and its command in the middle.
#include "judged.hpp"

#include <hawser/packet/packets.hpp>

#include <boost/endian/arithmetic.hpp>

#include <algorithm>

namespace fuzzed {

using namespace hawser;
using namespace boost::endian;
template <class Number>
using third = packet::command<Number, 2>;

enum class level : std::uint8_t { low = 0, high = 200 };
BOOST_DESCRIBE_ENUM(level, low, high)
enum class wide : std::int32_t { none = -1, some = 70'000 };
BOOST_DESCRIBE_ENUM(wide, none, some)

struct numbers {
    static constexpr third<little_uint16_t> code{0x0102};
    std::int8_t tiny;
    std::uint8_t small;
    big_int16_t a;
    little_uint32_t b;
    big_int64_t c;
    level how;
    packet::enum_as<wide, little_int32_t> what;
};
BOOST_DESCRIBE_STRUCT(numbers, (), (tiny, small, a, b, c, how, what))

struct position {
    big_int32_t east, north;
};
BOOST_DESCRIBE_STRUCT(position, (), (east, north))

struct texts {
    static constexpr third<little_uint16_t> code{0x0103};
    packet::fixed_text<2> tag;
    packet::text<std::uint8_t> name;
    packet::octets<big_uint16_t> blob;
    packet::octets<little_uint32_t> large;
    packet::array<position, std::uint8_t> track;
    packet::array<packet::text<std::uint8_t>, big_uint16_t> names;
    packet::rest note;
};
BOOST_DESCRIBE_STRUCT(texts, (), (tag, name, blob, large, track, names, note))

struct protocol : packet::protocol<numbers, texts> {};

}   // namespace fuzzed

namespace {

using namespace hawser;

template <class Protocol>
void check(bytes body) {
    const auto read = packet::decode<Protocol>(body);
    if (!read) {
        laws::law(static_cast<error_code>(read.error()) == condition::invalid, "what is malformed is the peer's doing");
        laws::law(read.error().offset <= std::max(body.size(), Protocol::place.offset),
                  "a packet is malformed inside of it, or lacks its command");
        laws::law(!read.error().message().empty(), "and there are words for it");
        return;
    }
    byte_buffer again;
    const error_code refused = std::visit([&](const auto& made) -> error_code { return packet::encode(made, again); },
                                          *read);
    laws::law(!refused, "what was decoded can be encoded");
    laws::law(as_text(again.view()) == as_text(body), "to the same bytes");
}

int target(bytes input) {
    if (input.empty()) return 0;
    const bytes body = input.subspan(1);
    if (std::to_integer<unsigned>(input.front()) % 2 == 0) check<packet::default_protocol>(body);
    else check<fuzzed::protocol>(body);
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
