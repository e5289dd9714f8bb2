// Up to four marks of up to four bytes, drawn from few letters so that they meet in the stream, and any stream.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/delimiter.hpp>

namespace {

using namespace hawser;

frame::delimiter_layout drawn_layout(fuzz::draws& from) {
    frame::delimiter_layout of;
    for (int left = from.byte() % 4; left >= 0; --left) of.marks.push_back(as_text(from.take(from.byte() % 5)));
    of.strip = !from.flag();
    of.max_frame = from.maybe_number();
    return of;
}

int target(bytes input) {
    fuzz::draws from(input);
    std::optional<frame::delimiter> codec;
    try {
        codec.emplace(drawn_layout(from));
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    const bool one_way = !codec->layout().strip || codec->layout().marks.size() == 1;
    laws::any_stream_is_cut(*codec, from.rest(), one_way ? laws::bodies::same_frame : laws::bodies::may_be_refused);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
