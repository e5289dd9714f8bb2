// packet::decode() of every type of field: a body is a packet, which encodes to the same bytes again, or malformed,
// at a place inside of it. packet.cpp has the default protocol.
#include "judged.hpp"

#include "test/support/every_field.hpp"

#include <algorithm>

namespace {

using namespace hawser;
using test::every_field::protocol;

int target(bytes body) {
    const auto read = packet::decode<protocol>(body);
    if (!read) {
        laws::law(static_cast<error_code>(read.error()) == condition::invalid, "what is malformed is the peer's doing");
        laws::law(read.error().offset <= std::max(body.size(), protocol::place.offset),
                  "a packet is malformed inside of it, or lacks its command");
        laws::law(!read.error().message().empty(), "and there are words for it");
        return 0;
    }
    byte_buffer again;
    const error_code refused = std::visit([&](const auto& made) -> error_code { return packet::encode(made, again); },
                                          *read);
    laws::law(!refused, "what was decoded can be encoded");
    laws::law(as_text(again.view()) == as_text(body), "to the same bytes");
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
