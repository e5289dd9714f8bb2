// descriptor_room: limits clients and attackers to the descriptors that this process may have.
//
//   if (auto trouble = fit_descriptors(options)) return trouble;
#pragma once

#include "options.hpp"

#include <optional>
#include <string>

namespace hawser::swarm_program {

/// Raises the soft limit. Default numbers of clients and attackers are reduced to fit, down to 1; a number that was
/// given and does not fit is refused, with the returned message. Threads are reduced to the number of clients.
[[nodiscard]] std::optional<std::string> fit_descriptors(options& options);

}   // namespace hawser::swarm_program
