// descriptor_room: as many clients and attackers as this process may have descriptors for.
//
//   if (auto trouble = fit_descriptors(options)) return trouble;
#pragma once

#include "options.hpp"

#include <optional>
#include <string>

namespace hawser::swarm_program {

/// Raises the soft limit. Numbers that nobody has given become smaller, down to 1, and are never refused; the message is about those that
/// somebody has. No more threads than clients are left.
[[nodiscard]] std::optional<std::string> fit_descriptors(options& options);

}  // namespace hawser::swarm_program
