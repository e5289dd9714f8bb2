#include "explanation.hpp"
#include "pipe.hpp"
#include "work.hpp"

#include <stdexcept>

namespace hawser::frame_program {

namespace {

/// A line that makes no frame; what() has its number.
struct bad_line : std::runtime_error {
    bad_line(std::uint64_t number, const std::string& why)
        : std::runtime_error("line " + std::to_string(number) + ": " + why) {}
};

class encoder {
public:
    encoder(const frame_program::options& options, output& out) : options_(options), out_(out) {}

    void take(bytes text) {
        for (const char letter : as_text(text)) {
            if (letter == '\n') {
                end_line();
                continue;
            }
            has_begun_ = true;
            if (hex_.take(letter, body_) == hex_text::state::not_hex)
                throw bad_line(number_, "not hex, two digits a byte");
            // A body that is too long already cannot become shorter.
            if (body_.size() > options_.codec.max_frame()) write();
        }
    }
    /// Handles a last line without an end.
    void end() {
        if (has_begun_) end_line();
    }

private:
    void end_line() {
        if (hex_.is_inside_a_byte()) throw bad_line(number_, "half a byte at the end");
        write();
        body_.clear();
        has_begun_ = false;
        ++number_;
    }
    void write() {
        wire_.clear();
        if (const error_code refused = options_.codec.encode(body_, wire_))
            throw bad_line(number_, refusal(options_.codec, refused, body_.size()));
        if (options_.hex) out_.append(to_hex(wire_.view(), '\0') + "\n");
        else out_.append(as_text(wire_.view()));
    }

    const frame_program::options& options_;
    output& out_;
    hex_text hex_;
    std::vector<std::byte> body_;
    byte_buffer wire_;
    std::uint64_t number_ = 1;
    bool has_begun_ = false;
};

}   // namespace

int encode(const frame_program::options& options, const tools::command_line& line) {
    output out;
    try {
        input in(out);
        encoder into(options, out);
        try {
            for (bytes text = in.next(); !text.empty(); text = in.next()) into.take(text);
            into.end();
        } catch (const bad_line& bad) {
            out.flush();
            return line.fail(bad.what());
        }
        out.flush();
        return 0;
    } catch (const broken_pipe&) {
        return 1;
    } catch (const std::exception& error) {   // memory, the disk
        return line.fail(error.what());
    }
}

}   // namespace hawser::frame_program
