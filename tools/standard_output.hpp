// standard_output: what a program prints, and whether it got there.
//
//   tools::watch_standard_output("hawser-describe");   // command_line does this
//   std::cout << text;
//
// At the end of the program, by main or by std::exit, what is left is written. If anything of what went through std::cout could not be
// written, the exit status is 1 whatever main has said, and one line on standard error says why; none does if nobody reads any
// more (EPIPE), as in `program | head -1`: then there is nobody to miss it.
#pragma once

#include <string>

namespace hawser::tools {

/// From now on. Of several names the last one is said.
void watch_standard_output(const std::string& name);

}  // namespace hawser::tools
