// A codec that is not hawser's, as its user fuzzes it, and the same as any_codec holds it.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/any_codec.hpp>
#include <test/support/netstring.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    const test::netstring codec(3 + from.byte());
    laws::any_stream_is_cut(codec, from.rest(), laws::bodies::same_frame);
    laws::any_stream_is_cut(frame::any_codec::own(codec), from.rest(), laws::bodies::same_frame);
    static_cast<void>(laws::comes_back(codec, as_text(from.rest())));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
