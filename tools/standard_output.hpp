// standard_output: makes a program fail if what it prints is lost.
//
//   tools::watch_standard_output("hawser-describe");   // command_line does this
//   std::cout << text;
//
// At the end of the program, by main or by std::exit, std::cout is flushed. If any of its output could not be written,
// the exit status is 1, whatever main returned, and one line on standard error says why. There is no line if the output
// has lost its reader (EPIPE), as in `program | head -1`.
#pragma once

#include <string>

namespace hawser::tools {

/// Begins to watch. If it is called again, the message has the last name.
void watch_standard_output(const std::string& name);

}   // namespace hawser::tools
