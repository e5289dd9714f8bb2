// hawser-frame: cuts bytes into frames, and puts bodies into frames, in any format that servers and clients speak.
#include <hawser/frame/any_codec.hpp>
#include <hawser/frame/reader.hpp>
#include <tools/command_line.hpp>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace hawser;

struct settings {
    std::optional<frame::any_codec> codec;
    std::uint32_t chunk = 65'536;
    bool hex = false;
};

constexpr std::uint32_t longest_chunk = 1U << 30;

tools::command_line options(settings& into) {
    tools::command_line line(
        "hawser-frame", "decode|encode --format SPEC [options]",
        "Cuts standard input into frames, or makes frames.\n"
        "  decode   bytes in; out one JSON object a line: {\"offset\":0,\"size\":16,\"body\":\"...hex...\"} for a frame (size: all\n"
        "           of it on the wire), {\"offset\":16,\"error\":\"too_long\",\"message\":\"...\"} for what is none. Errors: too_long,\n"
        "           too_short (a length smaller than its own header), truncated (at the end), corrupt.\n"
        "  encode   bodies in, one line of hex each; out their frames",
        "SPEC is NAME or NAME:KEY=VALUE,... Sizes take KiB, MiB, GiB; max is the limit on the whole frame, default 1MiB.\n"
        "  length-field   order=big|little, width=1|2|3|4|8, offset, adjust, strip, max, over=fail|discard, prefix=HEX\n"
        "                 a frame is offset + width + value + adjust bytes; its body is all but the first `strip` of them\n"
        "  prefix-body    the same keys, for a length in front that counts the body\n"
        "  prefix-self    for a length in front that counts itself too: the default protocol, SMPP\n"
        "  header-middle  for a length in the middle of a header; the whole frame is the body\n"
        "  varint         bytes=4|5, padded=refuse|accept, max: a LEB128 length, as protobuf and MQTT have it\n"
        "  delimiter      HEX|HEX..., strip=yes|no, max: what ends with one of these\n"
        "  lines          strip, max: text lines\n"
        "  fixed          N: frames of N bytes\n"
        "  base64-lines   delimiter=HEX, max: any bytes, as base64 lines\n"
        "  marked-crc     max: FF FF, length, data, checksum, FF FE; finds the next good frame by itself\n\n"
        "Exit status: 0 all was good, 1 the bytes or a body were bad, 2 bad options.\n\n"
        "Examples:\n"
        "  hawser-frame decode --format prefix-self < capture.bin\n"
        "  echo '00 02 68 69' | hawser-frame decode --hex --format length-field:width=2\n"
        "  hawser-frame decode --format 'delimiter:0d0a|0a,max=4KiB' < log.txt\n"
        "  echo 6869 | hawser-frame encode --format varint | nc localhost 8888\n");
    line.add("format", "SPEC", "how frames are cut, see below", [&into](const std::string& text) {
        into.codec = frame::any_codec::parse(text);
        return true;
    });
    line.add("chunk", "N", "(decode) read N bytes at a time; changes nothing but the pace",
             tools::into_count(into.chunk, 1, longest_chunk));
    line.add_switch("hex", "the bytes, in for decode and out for encode, are hex text", into.hex);
    return line;
}

// Decoding.

std::string_view name_of(const error_code& error) {
    if (error == errc::too_long) return "too_long";
    if (error == errc::too_short) return "too_short";
    if (error == errc::truncated) return "truncated";
    return "corrupt";
}

std::string message_of(const error_code& error, const frame::any_codec& codec, std::size_t unread) {
    if (error == errc::too_long) return "frame longer than the limit of " + std::to_string(codec.max_frame()) + " bytes";
    if (error == errc::truncated && unread > 0)
        return "the input ends inside a frame, after " + std::to_string(unread) + " bytes of it";
    if (error == errc::truncated) return "the input ends inside a frame that is skipped";
    return error.message();
}

// What comes from standard input, also from hex text that is cut anywhere.
class input {
public:
    input(std::size_t chunk, bool hex) : block_(std::min<std::size_t>(chunk, 1U << 20)), hex_(hex) {}

    /// The next bytes, valid until the next call; none at the end. Throws std::invalid_argument for what is no hex.
    bytes next() {
        for (;;) {
            const ssize_t got = ::read(STDIN_FILENO, block_.data(), block_.size());
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) throw std::runtime_error(std::string("cannot read: ") + std::strerror(errno));
            const bytes raw = bytes(block_).first(static_cast<std::size_t>(got));
            if (!hex_) return raw;
            if (raw.empty() && !digit_.empty()) throw std::invalid_argument("the hex text ends with half a byte");
            if (raw.empty()) return {};
            read_hex(raw);
            if (!value_.empty()) return value_;   // nothing yet if it was white space, or half a byte
        }
    }

private:
    void read_hex(bytes raw) {
        std::string digits = std::exchange(digit_, {});
        for (const char letter : as_text(raw))
            if (std::string_view(" \t\r\n").find(letter) == std::string_view::npos) digits += letter;
        if (digits.size() % 2 == 1) {
            digit_ = digits.back();
            digits.pop_back();
        }
        auto value = from_hex(digits);
        if (!value) throw std::invalid_argument("the input is not hex text");
        value_ = std::move(*value);
    }

    std::vector<std::byte> block_;
    std::vector<std::byte> value_;
    std::string digit_;   // the first half of a byte
    bool hex_;
};

// Prints what the codec says, until it needs more. False once the stream is over.
bool print_frames(frame::reader<frame::any_codec>& frames, bool& good) {
    for (;;) {
        const frame::decoded answer = frames.next();
        if (answer.what() == frame::decoded::kind::need_more) return true;
        if (answer.is_frame()) {
            std::cout << "{\"offset\":" << frames.position() - answer.used() << ",\"size\":" << answer.used() << ",\"body\":\""
                      << to_hex(answer.body(), '\0') << "\"}\n";
            continue;
        }
        const bool over = answer.what() == frame::decoded::kind::failed;
        if (over && answer.error() == errc::end_of_stream) return false;
        good = false;
        std::cout << "{\"offset\":" << frames.position() << ",\"error\":\""
                  << name_of(answer.error()) << "\",\"message\":\""
                  << message_of(answer.error(), frames.codec(), frames.unread().size()) << "\"}\n";
        if (over) return false;
    }
}

int decode(const settings& with, const tools::command_line& line) {
    frame::reader frames(*with.codec);
    input from(with.chunk, with.hex);
    bool good = true;
    try {
        while (print_frames(frames, good)) {
            std::cout.flush();   // before we wait: somebody may be looking
            if (!std::cout) return 1;
            bytes more = from.next();
            if (more.empty()) frames.end();
            while (!more.empty()) {
                const mutable_bytes room = frames.space(frame::fill::greedy);
                const bytes part = more.first(std::min(room.size(), more.size()));
                std::ranges::copy(part, room.begin());
                frames.commit(part.size());
                more = more.subspan(part.size());
                if (!more.empty() && !print_frames(frames, good)) return std::cout.flush(), 1;
            }
        }
    } catch (const std::exception& error) {   // no hex, or the input cannot be read
        std::cout.flush();
        return line.fail(error.what());
    }
    std::cout.flush();
    return good && std::cout ? 0 : 1;
}

// Encoding.

std::string reason_of(const error_code& error, const frame::any_codec& codec, std::size_t size) {
    if (error != errc::too_long) return error.message();
    return "a body of " + std::to_string(size) + " bytes makes a frame over the limit of " + std::to_string(codec.max_frame()) +
           " bytes, or longer than its length can say";
}

int encode(const settings& with, const tools::command_line& line) {
    const auto fail = [&line](std::uint64_t number, const std::string& why) {
        std::cout.flush();
        return line.fail("line " + std::to_string(number) + ": " + why);
    };
    std::string text;
    byte_buffer wire;
    for (std::uint64_t number = 1; std::getline(std::cin, text); ++number) {
        const auto body = from_hex(text);
        if (!body) return fail(number, "not a body in hex, two digits a byte");
        wire.clear();
        if (const error_code refused = with.codec->encode(*body, wire))
            return fail(number, reason_of(refused, *with.codec, body->size()));
        if (with.hex) std::cout << to_hex(wire.view(), '\0') << '\n';
        else std::cout << as_text(wire.view());
        if (std::cin.rdbuf()->in_avail() <= 0) std::cout.flush();   // before we wait
        if (!std::cout) return 1;
    }
    std::cout.flush();
    return std::cout ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    // The first word, if it is one, says what to do; the rest are options.
    const bool has_word = argc > 1 && argv[1][0] != '-';
    const std::string_view word = has_word ? argv[1] : "";
    settings given;
    const tools::command_line line = options(given);
    if (has_word && word != "decode" && word != "encode")
        return line.refuse("'" + std::string(word) + "' is neither decode nor encode");
    if (const auto status = line.parse(argc - (has_word ? 1 : 0), argv + (has_word ? 1 : 0))) return *status;
    if (!has_word) return line.refuse("say what to do: decode or encode");
    if (!given.codec) return line.refuse("--format SPEC is missing");
    std::ios::sync_with_stdio(false);
    return word == "decode" ? decode(given, line) : encode(given, line);
}
