// Any limit, and a stream of good frames between stretches of the input: a fuzzer hardly finds a checksum by itself. The
// good frames are known, so whether all come out that must is known too.
#include "draws.hpp"
#include "oracle.hpp"

#include <hawser/frame/marked_crc.hpp>

namespace {

using namespace hawser;

// Bytes of the input, and now and then the frame of the bytes that follow, whole or cut.
std::string drawn_stream(fuzz::draws& from, const frame::marked_crc& codec) {
    byte_buffer stream;
    while (!from.rest().empty()) {
        const std::uint8_t what = from.byte();
        const bytes piece = from.take(what / 4);
        switch (what % 4) {
            case 0:
            case 1: stream.append(piece); break;
            case 2: static_cast<void>(codec.encode(piece, stream)); break;
            case 3: {
                const std::size_t cut = from.byte();
                const std::size_t before = stream.size();
                static_cast<void>(codec.encode(piece, stream));
                stream.truncate(before + std::min(cut, stream.size() - before));
                break;
            }
        }
    }
    return std::string(as_text(stream.view()));
}

int target(bytes input) {
    fuzz::draws from(input);
    std::optional<frame::marked_crc> codec;
    try {
        frame::marked_layout of;
        of.max_frame = from.maybe_number().value_or(of.max_frame);
        codec.emplace(of);
    } catch (const std::invalid_argument&) {
        return -1;   // not for the corpus
    }
    const std::string stream = drawn_stream(from, *codec);
    fuzz::oracle(*codec, as_bytes(stream), fuzz::bodies::all_encode);
    return 0;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) { return fuzz::judged(target, data, size); }
