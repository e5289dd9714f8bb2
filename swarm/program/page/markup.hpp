// markup: text and figures as HTML.
//
//   html += "<td>" + markup(error_text) + "</td>";
//
// Whatever the text is, it stays text.
#pragma once

#include <hawser/io/clock.hpp>

#include <map>
#include <string>
#include <string_view>

namespace hawser::swarm_program {

/// Text in an element or in a quoted attribute. What is no UTF-8, and control characters, become U+FFFD.
[[nodiscard]] std::string markup(std::string_view text);
/// "850 µs", "1.25 ms".
[[nodiscard]] std::string time_markup(io::duration took);
/// A place in a drawing or a share, without needless digits: "12.5".
[[nodiscard]] std::string place_markup(double number);

/// The template with each {{name}} replaced; what replaces it is not looked at again. Throws std::out_of_range for a name that
/// nothing is given for.
[[nodiscard]] std::string filled(std::string_view form, const std::map<std::string, std::string, std::less<>>& with);

}  // namespace hawser::swarm_program
