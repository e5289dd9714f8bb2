// hawser-frame: cuts bytes into frames, and puts bodies into frames, in any format that servers and clients speak.
#include "work.hpp"

#include <optional>
#include <string_view>

namespace {

using namespace hawser;

constexpr std::uint32_t longest_chunk = 1U << 30;

tools::command_line describe(frame_program::options& options) {
    tools::command_line line(
        "hawser-frame", "decode|encode --format SPEC [options]",
        "Cuts standard input into frames, or makes frames.\n"
        "  decode   bytes in; out one JSON object a line: {\"offset\":0,\"size\":16,\"body\":\"...hex...\"} for a "
        "frame (size: all of it, header included), {\"offset\":16,\"error\":\"too_long\",\"message\":\"...\"} for what "
        "is none. The errors: too_long, too_short (a length smaller than its own header), truncated (at the end), "
        "corrupt.\n"
        "  encode   bodies in, one line of hex each; out their frames",
        "SPEC is NAME or NAME:KEY=VALUE,... Sizes take KiB, MiB, GiB; max is the limit on the whole frame, default "
        "1MiB.\n"
        "  length-field   order=big|little, width=1|2|3|4|8, offset, adjust, strip, max, over=fail|discard, "
        "prefix=HEX, fill=no|yes; a frame is offset + width + value + adjust bytes; its body is all but the first "
        "`strip` of them\n"
        "  prefix-body    the same keys, for a length in front that counts the body\n"
        "  prefix-self    for a length in front that counts itself too: the default protocol\n"
        "  header-middle  for a length in the middle of a header; the whole frame is the body\n"
        "  varint         bytes=4|5, padded=refuse|accept, max, offset, strip=0: a LEB128 length, as protobuf and MQTT "
        "have it\n"
        "  delimiter      HEX|HEX..., strip=yes|no, max: what ends with one of these\n"
        "  lines          strip, max: text lines\n"
        "  fixed          N: frames of N bytes\n"
        "  base64-lines   delimiter=HEX, max: any bytes, as base64 lines\n"
        "  marked-crc     max: FF FF, length, data, checksum, FF FE; finds the next good frame by itself\n"
        "  netstring      max: 5:hello,\n"
        "  http-chunk     max: a chunk of a body of HTTP/1.1; the last one is empty\n"
        "  cobs, slip     max: as serial lines have it, with 00 (COBS) or C0 (SLIP) behind each frame\n"
        "  dns, kafka, modbus, mqtt, smpp   max: as these protocols have it\n"
        "All of it, with the bytes: docs/framing.md.\n\n"
        "Exit status: 0 all was good, 1 the bytes or a body were bad, 2 bad options.\n\n"
        "Examples:\n"
        "  hawser-frame decode --format prefix-self < capture.bin\n"
        "  echo '00 02 68 69' | hawser-frame decode --hex --format length-field:width=2\n"
        "  hawser-frame decode --format 'delimiter:0d0a|0a,max=4KiB' < log.txt\n"
        "  tail -f trace.bin | hawser-frame decode --format marked-crc:max=4KiB\n"
        "  echo 6869 | hawser-frame encode --format varint | nc localhost 8888\n");
    line.add("format", "SPEC", "how frames are cut, see below", [&options](const std::string& text) {
        options.codec = frame::any_codec::parse(text);
        options.has_format = true;
        return true;
    });
    line.add("chunk", "N", "(decode) look at N bytes at a time; the output is the same",
             tools::into_count(options.chunk, 1, longest_chunk));
    line.add_switch("hex", "the frames, in for decode and out for encode, are hex text", options.hex);
    return line;
}

}   // namespace

int main(int argc, char** argv) {
    // The first word, if it is one, says what to do; the rest are options.
    const bool has_word = argc > 1 && argv[1][0] != '-';
    const std::string_view word = has_word ? argv[1] : "";
    frame_program::options options;
    const tools::command_line line = describe(options);
    if (has_word && word != "decode" && word != "encode")
        return line.refuse("'" + std::string(word) + "' is neither decode nor encode");
    if (const auto status = line.parse(argc - (has_word ? 1 : 0), argv + (has_word ? 1 : 0))) return *status;
    if (!has_word) return line.refuse("say what to do: decode or encode");
    if (!options.has_format) return line.refuse("--format SPEC is missing");
    return word == "decode" ? frame_program::decode(options, line) : frame_program::encode(options, line);
}
