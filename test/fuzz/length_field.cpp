// Any layout that length_field takes, and any stream.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/length_field.hpp>

namespace {

using namespace hawser;

frame::length_layout drawn_layout(fuzz::draws& from) {
    frame::length_layout of;
    of.order = from.flag() ? byte_order::little : byte_order::big;
    of.width = from.one_of({4U, 2U, 1U, 3U, 8U, 0U, 5U});
    of.offset = from.number();
    of.adjust = from.signed_number();
    of.strip = from.maybe_number();
    of.max_frame = from.maybe_number();
    of.over = from.flag() ? frame::over_limit::discard : frame::over_limit::fail;
    of.fill = from.one_of({false, false, false, true});
    const bytes prefix = from.take(from.byte() % 8);
    std::ranges::copy(prefix, of.prefix.begin());
    of.prefix_size = prefix.size();
    return of;
}

int target(bytes input) {
    fuzz::draws from(input);
    std::optional<frame::length_field> codec;
    try {
        codec.emplace(drawn_layout(from));
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    const frame::length_layout& of = codec->layout();
    const bool only_the_length = *of.strip == 0 || (of.offset == 0 && *of.strip <= of.width);   // or less is stripped
    laws::any_stream_is_cut(*codec, from.rest(), only_the_length ? laws::bodies::same_frame : laws::bodies::all_encode);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
