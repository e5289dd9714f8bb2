// Any limit, and a stream of good frames between stretches of the input: a fuzzer hardly finds a checksum by itself.
// What must come out is told by a second decoder, the simplest there is.
#include "draws.hpp"
#include "judged.hpp"

#include <hawser/frame/marked_crc.hpp>

#include <test/support/marked_reference.hpp>

namespace {

using namespace hawser;

// Bytes of the input, and between them frames of it, whole or cut, and false marks that share one end.
class drawn_stream {
public:
    drawn_stream(fuzz::draws& from, const frame::marked_crc& codec) : codec_(codec) {
        while (!from.rest().empty()) {
            const std::uint8_t what = from.byte();
            add(what % 8, from.take(what / 8), from);
        }
    }

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    void add(int what, bytes piece, fuzz::draws& from) {
        if (what <= 2) text_ += as_text(piece);
        if (what == 3) text_ += framed(piece);
        if (what == 4) text_ += framed(piece).substr(0, from.byte());
        if (what == 5) begin();
        if (what == 6) text_ += std::string(piece.size() * 8, '\xff');
        if (what == 7) end(from.flag());
    }

    [[nodiscard]] std::string framed(bytes body) const {
        byte_buffer made;
        static_cast<void>(codec_.encode(body, made));   // what is over the limit adds nothing
        return std::string(as_text(made.view()));
    }

    void begin() {
        begun_.push_back(text_.size());
        text_ += "\xff\xff??";
    }

    // All that have begun end here; the checksum is right for the first of them, or for none but by chance.
    void end(bool good) {
        for (const std::size_t at : begun_) {
            const std::size_t length = text_.size() - at - 4;
            text_[at + 2] = static_cast<char>(length >> 8);
            text_[at + 3] = static_cast<char>(length);
        }
        const std::size_t first = begun_.empty() ? text_.size() : begun_.front() + 4;
        const std::uint32_t crc = good ? test::bitwise_crc(std::string_view(text_).substr(first)) : 0;
        text_ += {static_cast<char>(crc >> 24), static_cast<char>(crc >> 16), '\xff', '\xfe'};
        begun_.clear();
    }

    const frame::marked_crc& codec_;
    std::string text_;
    std::vector<std::size_t> begun_;
};

void check_frames(const frame::marked_crc& codec, const std::string& stream) {
    std::vector<test::found_frame> told;
    for (laws::answer& one : laws::cut_at_once(codec, stream))
        if (one.what == frame::decoded::kind::frame) told.push_back({one.position - one.used, std::move(one.body)});
    laws::law(told == test::good_marked_frames(stream, codec.max_frame()), "the good frames come out, and no others");
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
    const std::string stream = drawn_stream(from, *codec).text();
    laws::any_stream_is_cut(*codec, as_bytes(stream), laws::bodies::same_frame);
    check_frames(*codec, stream);
    return 0;
}

}   // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    return fuzz::judged(target, data, size);
}
