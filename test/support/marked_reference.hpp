// marked_reference: what marked_crc must find in a stream, told as plainly as it can be: a frame that is good is taken;
// where none begins, the next byte is looked at. With a CRC computed bit by bit. It knows the whole stream.
//
//   for (const test::found_frame& frame : test::good_marked_frames(stream, codec.max_frame())) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hawser::test {

/// CRC-32/ISO-HDLC.
[[nodiscard]] inline std::uint32_t bitwise_crc(std::string_view data) {
    std::uint32_t crc = 0xffff'ffff;
    for (const char letter : data) {
        crc ^= static_cast<unsigned char>(letter);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xedb8'8320U : 0U);
    }
    return ~crc;
}

struct found_frame {
    std::size_t offset = 0;
    std::string body;

    friend bool operator==(const found_frame&, const found_frame&) = default;
};

/// The bytes that the good frame at the front takes; 0 if there is none.
[[nodiscard]] inline std::size_t good_marked_frame(std::string_view text, std::size_t max_frame) {
    const auto number = [&text](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(text[at]) << 8 |
                                        static_cast<unsigned char>(text[at + 1]));
    };
    if (text.size() < 8 || !text.starts_with("\xff\xff")) return 0;
    const std::size_t total = number(2) + 8;
    if (total > max_frame || total > text.size() || text.substr(total - 2, 2) != "\xff\xfe") return 0;
    return number(total - 4) == bitwise_crc(text.substr(4, total - 8)) >> 16 ? total : 0;
}

[[nodiscard]] inline std::vector<found_frame> good_marked_frames(std::string_view stream, std::size_t max_frame) {
    std::vector<found_frame> all;
    for (std::size_t at = 0; at < stream.size();) {
        const std::size_t total = good_marked_frame(stream.substr(at), max_frame);
        if (total > 0) all.push_back({at, std::string(stream.substr(at + 4, total - 8))});
        at += total > 0 ? total : 1;
    }
    return all;
}

}   // namespace hawser::test
