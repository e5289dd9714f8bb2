#include "explanation.hpp"
#include "pipe.hpp"
#include "work.hpp"

#include <hawser/frame/reader.hpp>

#include <algorithm>
#include <stdexcept>

namespace hawser::frame_program {

namespace {

using frame::decoded;
using std::to_string;

class decoder {
public:
    decoder(const frame_program::options& options, output& out)
        : frames_(options.codec), chunk_(options.chunk), out_(out) {}

    /// False once the stream is over.
    bool take(bytes some) {
        while (!some.empty() && goes_on_) {
            const mutable_bytes room = frames_.space(frame::fill::greedy);
            const bytes part = some.first(std::min({room.size(), some.size(), std::size_t{chunk_}}));
            std::ranges::copy(part, room.begin());
            frames_.commit(part.size());
            some = some.subspan(part.size());
            tell();
        }
        return goes_on_;
    }
    void end() {
        frames_.end();
        tell();
    }
    [[nodiscard]] bool all_good() const noexcept { return all_good_; }

private:
    void tell() {
        while (goes_on_) {
            const decoded next = frames_.next();
            if (next.what() == decoded::kind::need_more) return;
            if (next.is_frame()) tell_frame(next);
            else tell_error(next);
        }
    }
    void tell_frame(const decoded& one) {
        out_.append("{\"offset\":" + to_string(frames_.position() - one.used()) + ",\"size\":" + to_string(one.used()) +
                    ",\"body\":\"" + to_hex(one.body(), '\0') + "\"}\n");
    }
    void tell_error(const decoded& one) {
        goes_on_ = one.what() == decoded::kind::skip;
        if (one.error() == errc::end_of_stream) return;
        all_good_ = false;
        out_.append("{\"offset\":" + to_string(frames_.position()) + ",\"error\":\"" +
                    std::string(name_of(one.error())) + "\",\"message\":\"" +
                    explanation(frames_.codec(), one.error(), frames_.unread()) + "\"}\n");
    }

    frame::reader<frame::any_codec> frames_;
    std::uint32_t chunk_;
    output& out_;
    bool goes_on_ = true;
    bool all_good_ = true;
};

// Decodes hex text, up to the first letter that is not hex.
hex_text::state plain(hex_text& hex, bytes text, std::vector<std::byte>& into) {
    into.clear();
    for (const char letter : as_text(text))
        if (hex.take(letter, into) == hex_text::state::not_hex) return hex_text::state::not_hex;
    return hex_text::state::good;
}

void decode_hex(input& in, decoder& into) {
    hex_text hex;
    std::vector<std::byte> some;
    for (bytes text = in.next(); !text.empty(); text = in.next()) {
        const auto state = plain(hex, text, some);
        if (!into.take(some)) return;
        if (state == hex_text::state::not_hex)
            throw std::invalid_argument("the input is not hex text, two digits a byte");
    }
    if (hex.is_inside_a_byte()) throw std::invalid_argument("the input ends in half a byte of hex");
    into.end();
}

void decode_raw(input& in, decoder& into) {
    for (bytes some = in.next(); !some.empty(); some = in.next())
        if (!into.take(some)) return;
    into.end();
}

}   // namespace

int decode(const frame_program::options& options, const tools::command_line& line) {
    output out;
    try {
        input in(out);
        decoder into(options, out);
        try {
            options.hex ? decode_hex(in, into) : decode_raw(in, into);
        } catch (const std::invalid_argument& no_hex) {
            out.flush();
            return line.fail(no_hex.what());
        }
        out.flush();
        return into.all_good() ? 0 : 1;
    } catch (const broken_pipe&) {
        return 1;
    } catch (const std::exception& error) {   // memory, the disk
        return line.fail(error.what());
    }
}

}   // namespace hawser::frame_program
