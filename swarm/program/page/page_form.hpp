// page_form: page_form.html as it was when the program was built.
#pragma once

#include <string_view>

namespace hawser::swarm_program {

extern const std::string_view page_form;

}  // namespace hawser::swarm_program
