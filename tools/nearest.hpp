// nearest: the name that was probably meant by a mistyped one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hawser::tools {

/// The name with the smallest edit distance, or one that begins with the word; "" if none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> names);

}   // namespace hawser::tools
