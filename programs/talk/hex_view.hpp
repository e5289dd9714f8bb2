// hex_view: bytes as offset, hex and text, sixteen a line, as hexdump -C shows them.
//
//   00000000  48 45 4c 4c 4f 20 57 4f  52 4c 44                 |HELLO WORLD|
#pragma once

#include <hawser/bytes.hpp>

#include <string>

namespace hawser::talk {

/// Each line ends in a newline; none for no bytes.
[[nodiscard]] std::string hex_view(bytes data);

}   // namespace hawser::talk
