// Any delimiter and limit, and any stream: as it is, and as the base64 of itself.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/base64_lines.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    frame::base64_layout of;
    of.delimiter = from.flag() ? static_cast<char>(from.byte()) : '\n';
    of.max_frame = from.maybe_number();
    std::optional<frame::base64_lines> codec;
    try {
        codec.emplace(of);
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
