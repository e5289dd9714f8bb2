// byte_diagram: bytes as boxes, in ASCII.
//
//   byte_diagram({{"length", 4}, {"body", {}}})
//
//   0               4
//   +---+---+---+---+- - - - -+
//   |    length     |  body   |
//   +---+---+---+---+- - - - -+
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace hawser::inline v0::protocol {

struct byte_box {
    std::string label;
    std::optional<std::size_t> size;   ///< none: as many bytes as there are
};

/// In as many rows as it takes, without an end of line behind the last. Over each box stands its offset,
/// as long as that is known.
[[nodiscard]] std::string byte_diagram(const std::vector<byte_box>& boxes);

}   // namespace hawser::protocol
