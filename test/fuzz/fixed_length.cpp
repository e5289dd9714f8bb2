// Any size, and any stream.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/fixed_length.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    std::optional<frame::fixed_length> codec;
    try {
        codec.emplace(from.number());
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    laws::any_stream_is_cut(*codec, from.rest(), laws::bodies::same_frame);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
