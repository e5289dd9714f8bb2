// page: a run as one HTML file that needs nothing else: no network, no script.
//
//   tools::write_file("run.html", to_page(kept));
//
// What never changes of it is page_form.html.
#pragma once

#include "../results/recording.hpp"

#include <string>

namespace hawser::swarm_program {

[[nodiscard]] std::string to_page(const recording& of);

}  // namespace hawser::swarm_program
