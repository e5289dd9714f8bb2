#include "terminal.hpp"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <iostream>
#include <string_view>

namespace hawser::swarm_program {

namespace {

winsize size_of_terminal() {
    winsize size{};
    static_cast<void>(::ioctl(STDERR_FILENO, TIOCGWINSZ, &size));
    return size;
}

}   // namespace

terminal::terminal()
    : is_terminal_(swarm_program::is_terminal(STDERR_FILENO)),
      has_output_(swarm_program::is_terminal(STDOUT_FILENO)),
      colours_(palette::for_descriptor(STDERR_FILENO)) {
    std::setlocale(LC_CTYPE, "");
    shows_unicode_ = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
}

terminal::~terminal() { wipe(); }

// The last column stays free: some terminals go to the next line when it is written.
std::size_t terminal::width() const noexcept {
    const winsize size = size_of_terminal();
    return size.ws_col > 1 ? size.ws_col - 1U : 79U;
}

std::size_t terminal::height() const noexcept {
    const winsize size = size_of_terminal();
    return size.ws_row > 1 ? size.ws_row - 1U : 23U;
}

void terminal::draw(const std::vector<std::string>& lines) {
    std::string text = "\r";
    if (drawn_ > 1) text += "\x1b[" + std::to_string(drawn_ - 1) + "A";
    for (std::size_t i = 0; i < lines.size(); ++i) text += (i > 0 ? "\n" : "") + lines[i] + "\x1b[K";
    text += "\x1b[J";
    drawn_ = lines.size();
    std::cerr << text << std::flush;
}

void terminal::wipe() {
    if (drawn_ > 0) draw({""});
    drawn_ = 0;
}

}   // namespace hawser::swarm_program
