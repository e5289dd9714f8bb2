// any_codec::parse(): any text, up to the first NUL, is a format or refused in one line; a format has a text that means
// the same. What is behind the NUL is a stream for it.
#include "judged.hpp"

#include <hawser/frame/any_codec.hpp>

namespace {

using namespace hawser;

void check_refusal(std::string_view why) {
    laws::law(!why.empty() && why.size() < 1000, "a refusal is one line of some length");
    for (const char letter : why) laws::law(letter >= ' ' && letter <= '~', "a refusal can be shown on a terminal");
}

void check_other_limit(const frame::any_codec& codec, std::size_t max_frame) {
    try {
        const std::size_t limit = codec.with_max_frame(max_frame).max_frame();
        laws::law(limit == max_frame || limit == codec.max_frame(), "with_max_frame() takes the limit");
    } catch (const std::invalid_argument& refused) {
        check_refusal(refused.what());
    }
}

int target(bytes input) {
    const std::string_view text = as_text(input);
    const std::string_view format = text.substr(0, text.find('\0'));
    const std::string_view stream = text.substr(std::min(format.size() + 1, text.size()));
    std::optional<frame::any_codec> codec;
    try {
        codec = frame::any_codec::parse(format);
    } catch (const std::invalid_argument& refused) {
        check_refusal(refused.what());
        return 0;
    }
    laws::law(frame::any_codec::parse(codec->text()).text() == codec->text(), "parse(c.text()) is c");
    laws::law(codec->max_frame() > 0, "a frame has at least a byte");
    check_other_limit(*codec, stream.size());
    check_other_limit(*codec, codec->max_frame());
    laws::any_stream_is_cut(*codec, as_bytes(stream), laws::bodies::may_be_refused);
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
