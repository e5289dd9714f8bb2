// The port file: how a script learns which port the system gave.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hawser::sample {

/// Writes the ports, one a line, under another name and then renames it, so that who sees the file sees all of it.
/// Returns what went wrong, in words; empty if nothing did.
[[nodiscard]] std::string write_port_file(const std::string& path, const std::vector<std::uint16_t>& ports);

}  // namespace hawser::sample
