// input_line: a typed line, parsed. Pure.
//
//   hello                  the bytes "hello"
//   tab\x09 and \\ too     \xNN is a byte, \\ a backslash, \r \n \t what they are in C
//   :hex 00 01 ff          these bytes exactly
//   q, quit                the end
//
// It is the inverse of hawser::escaped(): what a reply shows can be typed again.
#pragma once

#include <string>
#include <string_view>

namespace hawser::talk {

enum class input_kind : unsigned char {
    nothing,   ///< a blank line
    text,      ///< send `data`; where there are no frames, with an end of line
    exact,     ///< send `data` as it is
    quit,
    help,
    wrong,   ///< send nothing: `data` says what is wrong
};

struct input_line {
    input_kind kind = input_kind::nothing;
    std::string data = {};
};

[[nodiscard]] input_line parse_input_line(std::string_view line);

}   // namespace hawser::talk
