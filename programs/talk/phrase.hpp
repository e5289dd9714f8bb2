// phrase: what a line that somebody typed says. Pure.
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

struct phrase {
    enum class kind : unsigned char {
        nothing,   ///< a blank line
        text,      ///< `data` is to be said; over bytes without frames, with an end of line
        exact,     ///< `data` is to be said as it is
        quit,
        help,
        wrong,     ///< `data` says what is wrong
    };

    kind what = kind::nothing;
    std::string data = {};
};

[[nodiscard]] phrase read_phrase(std::string_view line);

}  // namespace hawser::talk
