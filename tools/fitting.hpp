// fitting: text for a terminal of 80 columns.
#pragma once

#include <string>
#include <string_view>

namespace hawser::tools {

/// The text with every line that is too long broken between words. What is broken off an indented line goes on below what stands
/// behind its first gap of two spaces or more, as in "  --name VALUE   what it is". A word that is too long stays whole.
[[nodiscard]] std::string fitted(std::string_view text);

}  // namespace hawser::tools
