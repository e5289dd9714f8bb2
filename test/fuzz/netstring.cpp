// Any limit, and any stream; and as a second telling the codec of the how-to page, which finds the same frames.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/netstring.hpp>
#include <test/support/netstring.hpp>

namespace {

using namespace hawser;

// What it says of the rest may be another of the errors.
template <frame::codec Codec>
std::vector<laws::answer> frames_of(const Codec& codec, std::string_view stream) {
    auto all = laws::cut_at_once(codec, stream);
    std::erase_if(all, [](const laws::answer& one) { return one.what != frame::decoded::kind::frame; });
    return all;
}

int target(bytes input) {
    fuzz::draws from(input);
    const std::size_t limit = from.flag() ? from.number() : 3 + from.byte();
    std::optional<frame::netstring> codec;
    try {
        codec.emplace(frame::netstring_layout{.max_frame = limit});
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    laws::any_stream_is_cut(*codec, from.rest(), laws::bodies::same_frame);
    static_cast<void>(laws::comes_back(*codec, as_text(from.rest())));
    laws::same_answers(frames_of(test::netstring(limit), as_text(from.rest())), frames_of(*codec, as_text(from.rest())),
                       "by the codec that is built in");
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
