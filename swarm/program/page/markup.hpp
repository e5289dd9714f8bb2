// markup: text and figures as HTML.
//
//   html += "<td>" + markup(error_text) + "</td>";
//
// No text can become markup.
#pragma once

#include <hawser/io/clock.hpp>

#include <map>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

/// Text for an element or a quoted attribute. Bytes that are no UTF-8, and control characters, become U+FFFD.
[[nodiscard]] std::string markup(std::string_view text);
/// "850 µs", "1.25 ms".
[[nodiscard]] std::string time_markup(io::duration took);
/// A coordinate or a share, without needless digits: "12.5".
[[nodiscard]] std::string number_markup(double number);

/// The template with each {{name}} replaced by its value, in which nothing is replaced again. Throws std::out_of_range
/// for a name that has no value.
[[nodiscard]] std::string filled(std::string_view html_template,
                                 const std::map<std::string, std::string, std::less<>>& values);

}   // namespace hawser::swarm_program
