// nearest: what somebody who has mistyped a name may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace hawser::tools {

/// The name that is the least changes of a letter away, or one that the word is the beginning of; "" if none is near.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> names);

}  // namespace hawser::tools
