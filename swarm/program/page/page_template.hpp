// page_template: page_template.html as it was when the program was built.
#pragma once

#include <string_view>

namespace hawser::swarm_program {

extern const std::string_view page_template;

}   // namespace hawser::swarm_program
