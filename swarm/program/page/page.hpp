// page: a run as one HTML file that needs nothing else: no network, no script.
//
//   tools::write_file("run.html", to_page(kept));
//
// The parts that are the same for every run are in page_template.html.
#pragma once

#include "../results/recording.hpp"

#include <string>

namespace hawser::swarm_program {

[[nodiscard]] std::string to_page(const recording& run);

}   // namespace hawser::swarm_program
