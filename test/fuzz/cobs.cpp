// Any limit, and any stream; a plain decoder finds the same frames.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/cobs.hpp>
#include <test/support/ends_reference.hpp>

namespace {

using namespace hawser;

int target(bytes input) {
    fuzz::draws from(input);
    const std::size_t limit = from.flag() ? from.number() : from.byte();
    std::optional<frame::cobs> codec;
    try {
        codec.emplace(frame::cobs_layout{.max_frame = limit});
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    const std::string_view stream = as_text(from.rest());
    laws::any_stream_is_cut(*codec, from.rest(), laws::bodies::all_encode);
    static_cast<void>(laws::comes_back(*codec, stream));
    test::finds_what_is_between_ends(*codec, stream, '\0', test::plain_of_cobs);
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
