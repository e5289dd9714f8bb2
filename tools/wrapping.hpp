// wrapping: breaks text into lines for a terminal of 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace hawser::tools {

/// The text with every line that is too long broken between words. The rest of an indented line is indented to where
/// the text behind its first gap of two or more spaces begins, as in "  --name VALUE   what it is". A word that is too
/// long stays whole.
[[nodiscard]] std::string wrapped(std::string_view text);

}   // namespace hawser::tools
