// Any limit, and any stream; a plain decoder finds the same chunks.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/http_chunk.hpp>
#include <test/support/chunk_reference.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    const std::size_t limit = from.flag() ? from.number() : from.byte();
    std::optional<frame::http_chunk> codec;
    try {
        codec.emplace(frame::chunk_layout{.max_frame = limit});
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    laws::any_stream_is_cut(*codec, from.rest(), laws::bodies::all_encode);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    test::finds_the_good_chunks(*codec, as_text(from.rest()));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
