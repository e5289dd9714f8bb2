// Both lengths of varint_prefix, strict or not, and any stream.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/varint_prefix.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    frame::varint_layout of;
    of.longest = from.one_of({5U, 4U});
    of.accept_padded = from.flag();
    of.max_frame = from.maybe_number();
    of.whole = from.flag();
    if (of.whole) of.offset = from.number();
    std::optional<frame::varint_prefix> codec;
    try {
        codec.emplace(of);
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    laws::any_stream_is_cut(*codec, from.rest(),
                            of.accept_padded ? laws::bodies::all_encode : laws::bodies::same_frame);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
